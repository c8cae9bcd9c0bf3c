"""Measures the page as its visitors see it: `python -m benchmarks.page`."""

from __future__ import annotations

import math
import os
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import click
import httpx
import numpy as np

from benchmarks.machine import cores, processor
from benchmarks.markdown import output_option, table, tell
from benchmarks.page.made_up_home import MadeUp, add_reading, make_fleet, make_home, many, write_forecasts
from benchmarks.processes import MeasurementError, peak_memory_mib, say, serving
from jena_models.frozen import Frozen
from tasks.orchestration import free_port

ALL: Final = 1000
YEAR: Final = 365
START_SECONDS: Final = 900.0
SHOWN_SECONDS: Final = 300.0
"""The longest that it may take until something new is shown: files of readings are looked at once a minute."""
WRITES_A_SECOND: Final = 2.0
"""New forecasts while it is measured: those of an hour of a thousand stations come in some minutes."""
READINGS_A_SECOND: Final = 4.0
SECONDS_A_REQUEST: Final = 0.1
"""More than one takes, its pause among it: so long new forecasts must be there to come."""


class Latency(Frozen):
    """How long one kind of answer takes."""

    what: str
    requests: int
    kib: float
    """Of the answer, packed."""
    p50_milliseconds: float
    p95_milliseconds: float
    longest_milliseconds: float


class Measured(Frozen):
    """All that was measured."""

    stations: int
    rows: int
    answers_seconds: float
    """From the start of the process to its first answer."""
    all_read_seconds: float
    """And until all stations have been read."""
    memory_mib: float
    latencies: tuple[Latency, ...]
    new_shown_seconds: float
    """From a forecast that is written to its being in the JSON, in the mean."""
    reading_shown_seconds: float
    """And from a reading that is newer than the last forecast."""


@click.command()
@click.option("--stations", default=ALL, show_default=True, help="How many stations there are.")
@click.option("--days", default=YEAR, show_default=True, help="Days of hourly forecasts that each has.")
@click.option("--leads", default=1, show_default=True, help="Rows an hour: the last is 24 hours ahead, or 48 of 48.")
@click.option("--requests", default=200, show_default=True, help="Requests of each kind.")
@output_option("page.md")
def main(*, stations: int, days: int, leads: int, requests: int, page: Path | None) -> None:
    """Measure how long pages, JSON and figures take, over HTTP on this machine, while new forecasts come."""
    with tempfile.TemporaryDirectory(prefix="jena-page-") as folder:
        found = measured(Path(folder), many(stations), days, ahead(leads), requests)
    tell(in_words(found, days, len(ahead(leads))), page, "page" if leads == 1 else "page-leads")


def ahead(leads: int) -> tuple[int, ...]:
    """Give so many hours ahead, with those that count among them."""
    return (24,) if leads == 1 else tuple(range(1, max(24, leads) + 1))


def measured(home: Path, stations: Sequence[MadeUp], days: int, leads: Sequence[int], requests: int) -> Measured:
    """Make the home, start the page, and ask it."""
    os.environ["JENA_HOME"] = str(home)
    # What comes while it is measured is an hour later at each station from one round to the next, and never of a time
    # to come: a reading of now could not be newer than that.
    kinds = _kinds([station.name for station in stations], requests)
    rounds = math.ceil(len(kinds) * requests * SECONDS_A_REQUEST * WRITES_A_SECOND / len(stations))
    start = datetime.now(UTC) - timedelta(hours=rounds)
    say(f"making {len(stations)} stations")
    make_home(home, stations, start, days, leads)
    (home / "stations").mkdir()
    file = make_fleet(home / "stations", stations, start, max_age_hours=rounds + 3)
    address = f"http://127.0.0.1:{free_port()}"
    command = ["page", "--fleet", str(file), "--port", address.rpartition(":")[2]]
    began = time.monotonic()
    answered: list[float] = []

    def all_read() -> bool:
        try:
            told = httpx.get(f"{address}/api/stations", timeout=60).json()
        except httpx.HTTPError:
            return False
        answered.append(time.monotonic() - began)
        return bool(told["stations"]) and told["unread"] == 0

    with serving(*command, answers=all_read, seconds=START_SECONDS) as process:
        with ThreadPoolExecutor(2) as pool:
            over = threading.Event()
            writer = pool.submit(_write_on, home, stations, start, rounds, leads, address, over)
            reader = pool.submit(_read_on, file.parent, stations, over)
            try:
                latencies = tuple(_latency(what, address, paths) for what, paths in kinds.items())
            finally:
                over.set()
            shown_after = writer.result()
            reader.result()
        reading_after = _readings_shown(file.parent, stations[-10:], address)
        memory = peak_memory_mib(process)
    return Measured(
        stations=len(stations),
        rows=len(stations) * 24 * days * len(leads),
        answers_seconds=answered[0],
        all_read_seconds=answered[-1],
        memory_mib=memory,
        latencies=latencies,
        new_shown_seconds=float(np.mean(shown_after)),
        reading_shown_seconds=float(np.mean(reading_after)),
    )


def _kinds(names: Sequence[str], requests: int) -> dict[str, list[str]]:
    """Give the addresses of each kind of request, in their order."""
    return {
        "the list": ["/"] * requests,
        "a station": [f"/stations/{names[(7 * n) % len(names)]}" for n in range(requests)],
        "the list again, nothing new": ["/"] * requests,
        "all stations as JSON": ["/api/stations"] * requests,
        "a station as JSON": [f"/api/stations/{names[(11 * n) % len(names)]}" for n in range(requests)],
        "figures for Prometheus": ["/metrics"] * requests,
    }


def _latency(what: str, address: str, paths: Sequence[str]) -> Latency:
    seconds, sizes, tag = [], [], ""
    with httpx.Client(timeout=60, headers={"accept-encoding": "gzip"}) as visitor:
        for path in paths:
            headers = {"if-none-match": tag} if what.endswith("nothing new") and tag else {}
            began = time.perf_counter()
            with visitor.stream("GET", address + path, headers=headers) as answer:
                sizes.append(sum(len(piece) for piece in answer.iter_raw()))
            seconds.append(time.perf_counter() - began)
            if answer.status_code not in (200, 304):
                raise MeasurementError(f"{path} was answered with {answer.status_code}")
            tag = answer.headers.get("etag", "")
            time.sleep(0.02)  # people and programs do not ask without a pause
    milliseconds = 1000 * np.array(seconds)
    return Latency(
        what=what,
        requests=len(paths),
        kib=float(np.median(sizes)) / 1024,
        p50_milliseconds=float(np.median(milliseconds)),
        p95_milliseconds=float(np.quantile(milliseconds, 0.95)),
        longest_milliseconds=float(milliseconds.max()),
    )


def _write_on(  # noqa: PLR0917
    home: Path,
    stations: Sequence[MadeUp],
    start: datetime,
    rounds: int,
    leads: Sequence[int],
    address: str,
    over: threading.Event,
) -> list[float]:
    """Add a forecast to one station after another, round by round; gives how long each of some took to be shown."""
    took = []
    for number in range(rounds * len(stations)):
        if over.is_set():
            break
        place, later = number % len(stations), start + timedelta(hours=1 + number // len(stations))
        station = stations[place]
        # Fourteen days are what a look reads at most; the months before stay as they are.
        write_forecasts(home, station, place, later, 14, leads)
        if number % 10 == 0:
            took.append(_seconds_until_shown(address, station, later))
        over.wait(1 / WRITES_A_SECOND)
    return took


def _seconds_until_shown(address: str, station: MadeUp, later: datetime) -> float:
    written = time.monotonic()
    newest = f"{later - timedelta(hours=station.silent_hours):%Y-%m-%dT%H}"
    with httpx.Client(timeout=60) as program:
        while newest not in str(program.get(f"{address}/api/stations/{station.name}").json()["reading_time"]):
            if time.monotonic() - written > SHOWN_SECONDS:
                raise MeasurementError(f"a new forecast of {station.name} was not shown in {SHOWN_SECONDS:.0f} s")
            time.sleep(0.1)
    return time.monotonic() - written


def _read_on(folder: Path, stations: Sequence[MadeUp], over: threading.Event) -> None:
    """Add a reading to one station's file after another."""
    number = len(stations) // 2  # far from those that get a new forecast
    while not over.wait(1 / READINGS_A_SECOND):
        number += 1
        add_reading(folder, stations[number % len(stations)], datetime.now(UTC))


def _readings_shown(folder: Path, stations: Sequence[MadeUp], address: str) -> list[float]:
    """Add a reading to some stations' files, and give how long each took to be shown, in seconds."""
    measured_at = datetime.now(UTC)
    left = {station.name for station in stations}
    for station in stations:
        add_reading(folder, station, measured_at)
    began, took = time.monotonic(), []
    with httpx.Client(timeout=60) as program:
        while left and time.monotonic() - began < SHOWN_SECONDS:
            for name in sorted(left):
                newest = program.get(f"{address}/api/stations/{name}").json()["newest"]
                if newest and f"{measured_at:%Y-%m-%dT%H:%M:%S}" in newest["time"]:
                    took.append(time.monotonic() - began)
                    left.discard(name)
            time.sleep(0.5)
    if left:
        raise MeasurementError(f"new readings of {', '.join(sorted(left))} were not shown in {SHOWN_SECONDS:.0f} s")
    return took


def in_words(found: Measured, days: int, leads: int) -> str:
    """Give what was measured as a part of a page."""
    asked = {"stations": (found.stations, ALL), "days": (days, YEAR), "leads": (leads, 1)}
    told = [f"--{name} {value}" for name, (value, usual) in asked.items() if value != usual]
    command = " ".join(["python -m benchmarks.page", *told])
    rows = f"{leads} {'row' if leads == 1 else 'rows'} an hour"
    latencies = (
        [
            each.what,
            f"{each.kib:,.0f}",
            f"{each.p50_milliseconds:.1f}",
            f"{each.p95_milliseconds:.1f}",
            f"{each.longest_milliseconds:.0f}",
        ]
        for each in found.latencies
    )
    lines = [
        f"{found.stations:,} stations with {days} days of hourly forecasts each, {rows}: {found.rows:,} rows. Measured "
        f"on {datetime.now(UTC):%Y-%m-%d} with `{command}` on {cores()} cores of {processor()}, page "
        f"and visitors on the same machine (load at the end: {os.getloadavg()[0]:.1f}).",
        "",
        table("what | KiB | p50 (ms) | p95 (ms) | longest (ms)", latencies),
        "",
        f"{found.latencies[0].requests} requests of each kind, one after another, while {WRITES_A_SECOND:g} new "
        f"forecasts and up to {READINGS_A_SECOND:g} new readings a second come. The page answers "
        f"{found.answers_seconds:.1f} s after its start and has read every one after {found.all_read_seconds:.0f} s; "
        f"it holds {found.memory_mib:.0f} MiB at most. A new forecast is shown after {found.new_shown_seconds:.1f} s "
        f"in the mean, a reading that is newer than the last forecast after {found.reading_shown_seconds:.0f} s.",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
