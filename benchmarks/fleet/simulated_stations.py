"""A fleet of simulated stations with two years of hourly readings, in files as people have them."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow.csv import write_csv

from jena_models.stations import load_station
from jena_models.stations.simulated import simulate

YEARS: Final = 2.0
WEATHERS: Final = 20
"""Simulated series; each station has one of them, shifted, with noise of its own."""
COLUMNS: Final = ("p (mbar)", "T (degC)", "rh (%)", "wv (m/s)", "wd (deg)")


def simulated_fleet(count: int, folder: Path) -> tuple[Path, str]:
    """Give a fleet file of so many simulated stations, written once, and the time of their last reading."""
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
