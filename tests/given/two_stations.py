"""Two stations of which the one has the other's weather a day later, for the tests of neighbours."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import yaml

START = pd.Timestamp("2015-01-01")
LEAD_HOURS = 24


def weather(hours: int, seed: int = 3) -> pd.DataFrame:
    """The west's temperature, and the east's, which is the same weather a day later; in UTC, hourly."""
    generator = np.random.default_rng(seed)
    spells = np.zeros(hours + LEAD_HOURS)
    for hour in range(1, len(spells)):
        spells[hour] = 0.97 * spells[hour - 1] + generator.normal(0, 0.8)
    clock = np.arange(hours)
    usual = 10 + 6 * np.sin(2 * np.pi * (clock / 24 - 0.3)) - 10 * np.cos(2 * np.pi * clock / 8766)
    noise = generator.normal(0, 0.2, (hours, 2))
    index = pd.date_range(START, periods=hours, freq="h", name="time")
    west, east = usual + spells[LEAD_HOURS:] + noise[:, 0], usual + spells[:hours] + noise[:, 1]
    return pd.DataFrame({"west": west.round(2), "east": east.round(2)}, index=index)


def write_station(folder: Path, file: str, **more: object) -> Path:
    """A station file that reads one column, named T, of its own file."""
    told = {
        "name": file,
        "title": file.title(),
        "credit": "made up",
        "latitude": 50.0,
        "longitude": {"west": 5.0, "east": 10.0}.get(file, 7.0),
        "clock": "UTC",
        "cadence_minutes": 60,
        "target": "T (degC)",
        "target_name": "temperature",
        "columns": [
            {"name": "T (degC)", "quantity": "T", "kind": "required", "minimum": -60, "maximum": 60, "unit": "degC"}
        ],
    }
    path = folder / f"{file}.yaml"
    path.write_text(yaml.safe_dump(told | more), encoding="utf-8")
    return path


def write_readings(folder: Path, name: str, values: pd.Series) -> Path:
    path = folder / f"{name}.csv"
    values.rename("T").rename_axis("time").to_csv(path)
    return path
