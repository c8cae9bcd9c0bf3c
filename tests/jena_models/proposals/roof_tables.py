"""A station on a roof in Nebraska that a test makes up, and what is proposed for its files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from jena_models.proposals import Proposal, propose, station_text
from jena_models.proposals.opened_source import open_source
from jena_models.stations.named_stations import load_station
from jena_models.stations.schema import StationSchema

PLACE = {"latitude": "40.8", "longitude": "-96.7", "clock": "America/Chicago"}


def weather(days: int = 20) -> pd.DataFrame:
    """Hourly weather of Nebraska, stamped in UTC: it is warmest at three by the sun, half past nine by the stamps."""
    times = pd.date_range("2021-04-01", periods=24 * days, freq="h")
    hours = np.arange(len(times)) % 24
    rng = np.random.default_rng(1)
    temperature = 12 + 7 * np.cos(2 * np.pi * (hours - 21.4) / 24) + rng.normal(0, 0.5, len(times))
    humidity = np.clip(60 - 2 * (temperature - 12) + rng.normal(0, 2, len(times)), 5, 100)
    return pd.DataFrame({"time": times, "Temperature": temperature.round(1), "Humidity": humidity.round(1)})


def proposed(path: Path, **answers: str) -> Proposal:
    return propose(open_source(str(path)), "roof", {key.replace("__", ":"): value for key, value in answers.items()})


def station_of(proposal: Proposal, file: Path) -> StationSchema:
    file.write_text(station_text(proposal, "roof.csv"))
    return load_station(str(file))
