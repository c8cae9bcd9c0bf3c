"""How long a million rows take to read, and how much memory, in each way that files are written.

    python -m benchmarks.startup.reading_speed [--rows 1000000]

Each is read in a process of its own; memory is what the process holds at most beyond what it held before.
"""

from __future__ import annotations

import multiprocessing
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click
import numpy as np
import pandas as pd

from benchmarks.markdown import table
from benchmarks.processes import MEBIBYTE, peak_memory_mib
from jena_models.reading.reading import read
from jena_models.stations.named_stations import load_station
from jena_models.stations.units import conversion

LETTERS: Final = np.array(
    ["N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW"]
)
MEGABYTE: Final = 1e6


@dataclass(frozen=True)
class Taken:
    """What reading one file took."""

    rows: int
    seconds: float
    """By the clock."""
    core_seconds: float
    """That cores worked, all together; others on the machine do not lengthen it."""
    file_megabytes: float
    table_megabytes: float
    peak_megabytes: float
    """At most, beyond what there was before."""

    @property
    def times_the_table(self) -> float:
        """Give the memory as a multiple of the table that comes out."""
        return self.peak_megabytes / self.table_megabytes


def weather(rows: int) -> pd.DataFrame:
    """Give made-up readings every ten minutes, indexed by time."""
    rng = np.random.default_rng(1)
    times = pd.date_range("2001-01-01 00:10", periods=rows, freq="10min", unit="s")
    columns = {
        "p (mbar)": rng.normal(990, 5, rows).round(2),
        "T (degC)": rng.normal(8, 8, rows).round(2),
        "rh (%)": rng.uniform(30, 100, rows).round(1),
        "wv (m/s)": rng.uniform(0, 9, rows).round(2),
    }
    return pd.DataFrame(columns, index=times)


def _written(readings: pd.DataFrame, times: Mapping[str, object], separator: str = ",", decimal: str = ".") -> str:
    told: dict[str, object] = {str(name): readings[name].to_numpy() for name in readings}
    return pd.DataFrame({**times, **told}).to_csv(index=False, sep=separator, decimal=decimal)


def _times(readings: pd.DataFrame) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(readings.index)


def _iso(readings: pd.DataFrame) -> pd.Series:
    return pd.Series(np.datetime_as_string(readings.index.to_numpy().astype("datetime64[s]")))


def _dotted(readings: pd.DataFrame) -> dict[str, object]:
    return {"Date Time": _times(readings).strftime("%d.%m.%Y %H:%M:%S")}


WAYS: Final[Mapping[str, Callable[[pd.DataFrame], str]]] = {
    "the official file's": lambda r: _written(r, _dotted(r)),
    "ISO": lambda r: _written(r, {"time": _iso(r)}),
    "ISO with an offset": lambda r: _written(r, {"time": _iso(r) + "+01:00"}),
    "seconds since 1970": lambda r: _written(r, {"time": _times(r).astype(np.int64)}),
    "semicolons and decimal commas": lambda r: _written(r, _dotted(r), ";", ","),
    "tabs": lambda r: _written(r, _dotted(r), "\t"),
    "spaces, date and time apart": lambda r: _written(
        r.set_axis(["p_mbar", "T_degC", "rh", "wv_m/s"], axis="columns"),
        {"date": _times(r).strftime("%Y-%m-%d"), "time": _times(r).strftime("%H:%M:%S")},
    ).replace(",", "   "),
    "year, month, day, hour, minute": lambda r: _written(
        r, {part: getattr(_times(r), part) for part in ("year", "month", "day", "hour", "minute")}
    ),
    "AM and PM": lambda r: _written(r, {"time": _times(r).strftime("%m/%d/%Y %I:%M %p")}),
    "compass letters": lambda r: _written(
        r.assign(**{"wd (deg)": LETTERS[np.arange(len(r)) % len(LETTERS)]}), _dotted(r)
    ),
}
"""By what is said of them."""


def measured(way: str, rows: int, folder: Path) -> Taken:
    """Give what reading so many rows takes, in a fresh process."""
    path = folder / "readings.csv"
    path.write_text(WAYS[way](weather(rows)), encoding="utf-8")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])  # what all of them import, which takes longer than to read
    with ProcessPoolExecutor(1, context) as alone:
        return alone.submit(_read, path).result()


def _read(path: Path) -> Taken:
    station = load_station("jena")
    small = path.with_name("first.csv")
    small.write_text(WAYS["ISO"](weather(200)), encoding="utf-8")
    read(small, station)  # what is imported late is in before the clock starts
    conversion("degF", "degC")
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before, began, worked = peak_memory_mib(), time.perf_counter(), time.process_time()
    found = read(path, station).table
    return Taken(
        rows=len(found),
        seconds=time.perf_counter() - began,
        core_seconds=time.process_time() - worked,
        file_megabytes=path.stat().st_size / MEGABYTE,
        table_megabytes=float(found.memory_usage().sum()) / MEGABYTE,
        peak_megabytes=(peak_memory_mib() - before) * MEBIBYTE / MEGABYTE,
    )


@click.command()
@click.option("--rows", default=1_000_000, show_default=True, help="How many to read.")
def main(rows: int) -> None:
    """Print a table."""
    found = []
    for way in WAYS:
        with tempfile.TemporaryDirectory() as folder:
            taken = measured(way, rows, Path(folder))
        times = [f"{taken.seconds:.2f}", f"{taken.core_seconds:.2f}"]
        found.append([way, f"{taken.file_megabytes:.0f}", *times, f"{taken.times_the_table:.1f}"])
        click.echo(" ".join(found[-1]), err=True)
    click.echo(table("written with | file (MB) | seconds | of a core | memory, times the table", found))


if __name__ == "__main__":
    main()
