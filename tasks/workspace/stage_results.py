"""What one stage hands to the next: paths and keys, never tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from jena_models.evaluation.gates import GateVerdict
from jena_models.evaluation.leaderboard_row import LeaderboardRow
from jena_models.frozen import Frozen
from jena_models.stations.cleaned.cleaning_report import CleaningReport, Finding
from jena_models.stations.schema import StationSchema
from jena_models.training.jobs.fit_result import FitResult
from jena_models.windows.preparation import Preparation

Kind = Literal["real", "simulated"]


class Source(Frozen):
    """Readings that are there: a file, a folder of files, or a pattern that files fit."""

    path: Path
    origin: str
    """What the user would call it: the path, the address, or `simulated`."""
    kind: Kind
    key: str
    """Hash of the content, that of neighbours among it."""
    neighbours: tuple[FoundNeighbour, ...] = ()
    """The station's neighbours, in its order."""
    is_part: bool = False
    """Whether it holds the rows of one station of a fleet, from a file with those of many."""

    @property
    def told(self) -> str:
        """How a sentence about the file names it: by its address, where it was read from one; else by its path."""
        if self.is_part:
            return self.origin
        return f"read from {self.origin}" if "://" in self.origin else ""


class FoundNeighbour(Frozen):
    """Where a neighbour's readings are, or why they cannot be had."""

    name: str
    source: Source | None = None
    problem: str = ""
    """A sentence; empty where they are there."""


class Ingested(Frozen):
    """Canonical readings and the report of their cleaning."""

    readings: Path
    """Parquet: float columns in canonical order, index `time`."""
    report: CleaningReport
    source: Source
    key: str


class Checked(Frozen):
    """Readings that passed validation, what was set aside, and the verdict."""

    readings: Path
    """Parquet as in `Ingested`, without the values set aside."""
    quarantine: Path | None
    """CSV of the rows of which a value was set aside, with the reason of each; None where there are none."""
    docs: Path
    """Folder of the Data Docs; opens at index.html."""
    findings: tuple[Finding, ...]
    cadence_minutes: float
    ingested: Ingested
    key: str
    service: Path | None = None
    """Folder of the runs of the station's forecast sources; None where it names none."""
    services: tuple[str, ...] = ()
    """The names of these sources."""


class Borders(Frozen):
    """Row numbers at which the splits end, each where the next begins: train, validation, judging, test."""

    train: int
    validation: int
    """What chooses the epoch, the weights of an ensemble, hyper-parameters and the best architecture."""
    judging: int
    """What chooses nothing; equal to `validation` where there is no such part."""
    rows: int


class Divided(Frozen):
    """Checked readings and where the splits lie."""

    checked: Checked
    borders: Borders
    key: str


class Prepared(Frozen):
    """Normalized arrays on disk, and the windows of each split.

    The folder holds `features.npy` (rows, features; float32, normalized, no NaN), `target.npy` (rows; float32, in the
    target's unit, NaN where missing), `time.npy` (rows; datetime64[s]) and, for each split of `train`, `validation`,
    `judging` (which may be empty), `test`, `<split>_starts.npy` (windows; int64, the row of each window's first step).
    Step k of the window that starts at row s is row s + k * stride_rows; its target is row s + target_offset_rows.
    """

    folder: Path
    preparation: Preparation
    stride_rows: int
    target_offset_rows: int
    windows: dict[str, int]
    """Windows of each split."""
    left_out: dict[str, int]
    """Windows of each split left out because they have no target, cross a border or have too little history."""
    causes: dict[str, dict[str, int]] = Field(default_factory=dict)
    """How many of each split are left out, by why they are."""
    station: StationSchema
    """As it was when they were made; its file may say something else by now."""
    divided: Divided
    key: str

    @property
    def without_its_service(self) -> bool:
        """Whether the station has weather services, and training knows none of their runs."""
        return bool(self.divided.checked.services) and not self.preparation.services

    @property
    def last_step_row(self) -> int:
        """How many rows a window's last step lies after its first."""
        return (self.preparation.steps - 1) * self.stride_rows

    def starts(self, split: str) -> NDArray[np.int64]:
        """Give the row of each window's first step."""
        starts: NDArray[np.int64] = np.load(self.folder / f"{split}_starts.npy")
        return starts

    def rows(self, name: Literal["features", "target", "time"]) -> NDArray[Any]:
        """Give an array of all rows; only what is looked at of it is read."""
        array: NDArray[Any] = np.load(self.folder / f"{name}.npy", mmap_mode="r")
        return array


class Fit(Frozen):
    """A trained architecture.

    The folder holds `model.keras` or `learner/` (neither for persistence), `preparation.json`, `intervals.json`,
    `result.json` and `predictions.npz` with `validation`, `judging` and `test` where they hold
    any (windows; float32, in the target's unit).
    """

    folder: Path
    result: FitResult
    key: str


class Promoted(Frozen):
    """What became of the challenger, and why."""

    model: str
    """The registered model's name."""
    challenger: int | None
    """The version that stood for promotion."""
    champion: int | None
    """The champion now."""
    promoted: bool
    gates: tuple[GateVerdict, ...]
    sentence: str


class StudyResult(Frozen):
    """What a study ends with."""

    study: str
    run_id: str
    """Of the parent run."""
    leaderboard: tuple[LeaderboardRow, ...]
    promotion: Promoted
