"""A logger's table that a test makes up: written, proposed, and read back with what is answered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from jena_models.proposals import Proposal, propose
from jena_models.proposals.opened_source import open_source
from jena_models.reading.reading import read
from jena_models.stations.cleaned.cleaning import clean
from jena_models.stations.schema import StationSchema

TIMES = pd.date_range("2021-05-03", periods=24 * 15, freq="h")
DAYS = pd.date_range("2020-01-01", periods=400, freq="D")
RNG = np.random.default_rng(7)
T = (12 + 6 * np.cos(2 * np.pi * (TIMES.hour - 15) / 24) + RNG.normal(0, 0.5, len(TIMES))).to_numpy().round(1)
WV = RNG.integers(0, 9, len(TIMES)).astype(float)
PLACE = {"latitude": "50", "longitude": "10", "clock": "UTC", "unit:T": "degC"}

Line = Callable[[int], str]


def written(folder: Path, head: str, line: Line, count: int = len(TIMES)) -> Path:
    path = folder / "roof.csv"
    path.write_text("\n".join([head, *map(line, range(count)), ""]))
    return path


def proposed(path: Path, **answers: str) -> Proposal:
    given = {key.replace("__", ":"): value for key, value in answers.items()}
    return propose(open_source(str(path)), "roof", PLACE | given)


def read_back(path: Path, **answers: str) -> pd.DataFrame:
    proposal = proposed(path, **answers)
    assert proposal.questions == ()
    schema = StationSchema.model_validate(proposal.station)
    return clean(read(path, schema), schema)[0]


def open_keys(proposal: Proposal) -> list[str]:
    return [question.key for question in proposal.questions]
