"""What simulated stations cost: seconds and MiB for training, forecasting and watching them."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import click
import numpy as np
import pandas as pd
import psutil
import pyarrow as pa
from pyarrow.csv import write_csv

from benchmarks.processes import MEBIBYTE, ROOT
from benchmarks.report import table
from jena_models.stations import load_station
from jena_models.stations.simulated import simulate
from tasks.workspace import home_folder

YEARS: Final = 2.0
WEATHERS: Final = 20
"""Simulated series; each station has one of them, shifted, with noise of its own."""
COLUMNS: Final = ("p (mbar)", "T (degC)", "rh (%)", "wv (m/s)", "wd (deg)")
TRAIN: Final[dict[str, list[str]]] = {
    "ridge": ["train", "--set", "architectures=[persistence,ridge]"],
    "boosting": ["train", "--set", "architectures=[persistence,gradient_boosting]"],
    "shared": ["train", "--shared", "--set", "architectures=[persistence]"],
}
WORKS: Final = TRAIN | {"forecast": ["forecast"], "monitor": ["monitor"]}
SAMPLING_SECONDS: Final = 0.5
FEWEST_SHARING: Final = 2


@dataclass(frozen=True)
class Cost:
    """Of one command over all stations."""

    wall_seconds: float
    processor_seconds: float
    peak_mib: float
    """Resident, of all processes together."""
    failed: int


def costs(stations: Sequence[int], works: Sequence[str], workers: int) -> str:
    """Give what each work costs at so many stations, as Markdown."""
    rows = [["stations", "work", "wall, s", "processor, s a station", "peak, MiB", "MiB a station", "failed"]]
    rows.append(["---:", "---", *["---:"] * 5])
    for count in stations:
        file, last = simulated_fleet(count)
        for work in works:
            if work == "shared" and count < FEWEST_SHARING:
                continue
            cost = measured_command([*WORKS[work], *([] if work in TRAIN else ["--at", last])], file, workers)
            rows.append(
                [
                    f"{count:,}",
                    work,
                    f"{cost.wall_seconds:,.0f}",
                    f"{cost.processor_seconds / count:.2f}",
                    f"{cost.peak_mib:,.0f}",
                    f"{cost.peak_mib / count:,.1f}",
                    str(cost.failed),
                ]
            )
            click.echo(" ".join(rows[-1]), err=True)
    return table(rows)


def simulated_fleet(count: int) -> tuple[Path, str]:
    """Give a fleet file of so many simulated stations, written once, and the time of their last reading."""
    folder = home_folder() / f"stations-{count}"
    folder.mkdir(parents=True, exist_ok=True)
    stations: list[dict[str, Any]] = []
    last = ""
    for number in range(count):
        readings, name = _station(number), f"s{number:04d}"
        last = f"{readings.index[-1]:%Y-%m-%dT%H:%M}"
        if not (folder / f"{name}.csv").exists():
            _write(readings, folder / f"{name}.csv")
        place = {"latitude": 48 + 6 * (number % 17) / 17, "longitude": 8 + 6 * (number % 13) / 13}
        stations.append({"name": name, "source": f"{name}.csv", "elevation": 100.0 + number % 400, **place})
    file = folder / "fleet.yaml"
    fleet = {"name": "simulated", "station": "jena", "stations": stations}
    file.write_text(json.dumps(fleet), encoding="utf-8")  # which YAML reads too
    return file, last


def _write(readings: pd.DataFrame, file: Path) -> None:
    """Write a CSV; pandas takes ten times as long, which a thousand stations are too many for."""
    times = pd.DatetimeIndex(readings.index).strftime("%Y-%m-%d %H:%M:%S")
    columns = {readings.index.name: times, **{name: readings[name].round(2) for name in readings}}
    with file.open("wb") as to:
        write_csv(pa.table({name: pa.array(values) for name, values in columns.items()}), to)


def measured_command(arguments: Sequence[str], file: Path, workers: int) -> Cost:
    """Run a command of `jena fleet` and give what it cost; stations that failed are counted, and the rest is kept."""
    before, began, peak = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter(), 0.0
    command = [sys.executable, "-m", "flows.command_line", "fleet", *arguments, "--fleet", str(file)]
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen(  # noqa: S603  (the benchmark's own command)
            [*command, "--workers", str(workers), "--format", "json"],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=out,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        while process.poll() is None:
            peak = max(peak, _resident_mib(process.pid))
            time.sleep(SAMPLING_SECONDS)
        wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
        out.seek(0)
        said = out.read()
    if not said:
        raise click.ClickException(f"{' '.join(command[1:])} ended with exit code {process.returncode} and no outcome.")
    outcomes = json.loads(said)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(wall, processor, peak, sum(not each["done"] for each in outcomes))


def _resident_mib(process: int) -> float:
    total = 0
    try:
        parent = psutil.Process(process)
        for each in (parent, *parent.children(recursive=True)):
            total += each.memory_info().rss
    except psutil.NoSuchProcess:
        pass
    return total / MEBIBYTE


def _station(number: int) -> pd.DataFrame:
    """Give a station's hourly readings: weather that it shares with some, a level and noise of its own."""
    readings = _weather(number % WEATHERS).copy()
    generator = np.random.default_rng([7, number])
    noise = generator.normal(0, 0.3, len(readings)).cumsum() * 0.02
    readings["T (degC)"] += generator.normal(0, 3) + noise - noise.mean()
    readings["p (mbar)"] += generator.normal(0, 8)
    return readings


@lru_cache(maxsize=WEATHERS)
def _weather(number: int) -> pd.DataFrame:
    hourly = simulate(load_station("jena"), YEARS, 100 + number, "2014-01-01 00:10").iloc[5::6]
    readings = hourly[list(COLUMNS)]
    readings.index.name = "Date Time"
    return readings
