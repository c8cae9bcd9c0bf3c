"""All that weather services say for a station: the runs of each of its forecast sources."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from jena_models.weather_service.service_runs import Known, Runs, known_then

ARRAYS: Final = ("issue_seconds", "available_seconds", "lead_seconds", "values", "spread")
TOLD_FILE: Final = "service.json"


@dataclass(frozen=True)
class Service:
    """The runs of every forecast source of a station, by one clock."""

    sources: tuple[Runs, ...]

    def shifted(self, seconds: int) -> Service:
        """Give the same by a clock that is ahead by so many seconds."""
        return Service(tuple(runs.shifted(seconds) for runs in self.sources))

    def later(self, hours: float) -> Service:
        """Give the same runs, each had so many hours later."""
        seconds = round(hours * 3600)
        each = (replace(runs, available_seconds=runs.available_seconds + seconds) for runs in self.sources)
        return Service(tuple(each))

    def forecasting(self, station_column: str) -> tuple[Runs, int] | None:
        """Give the first source that forecasts a station's column, and which of its columns does; None where none."""
        for runs in self.sources:
            place = runs.place_of(station_column)
            if place is not None:
                return runs, place
        return None

    def known_of(
        self, station_column: str, issue_seconds: NDArray[np.int64], valid_seconds: NDArray[np.int64]
    ) -> Known | None:
        """Give what was known then of a station's column, arrays of shape (times, 1); None where none forecasts it."""
        found = self.forecasting(station_column)
        if found is None:
            return None
        known, place = known_then(found[0], issue_seconds, valid_seconds), slice(found[1], found[1] + 1)
        return Known(known.values[:, place], known.spread[:, place], known.run_seconds[:, place])

    def newest_run(
        self, issue_seconds: NDArray[np.int64], valid_seconds: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.str_]]:
        """Give the issue time of the newest run that says anything of each valid time, and whose it is.

        `NO_RUN` and an empty name where none does.
        """
        seconds = np.full(len(issue_seconds), np.iinfo(np.int64).min)
        names = np.full(len(issue_seconds), "", dtype=object)
        for runs in self.sources:
            newest = known_then(runs, issue_seconds, valid_seconds).run_seconds.max(axis=1)
            better = newest > seconds
            seconds, names = np.where(better, newest, seconds), np.where(better, runs.name, names)
        return seconds, names.astype(str)

    def save(self, folder: Path) -> None:
        """Write `service.json` and the arrays of each source."""
        told = []
        for number, runs in enumerate(self.sources):
            np.savez(folder / f"runs-{number:02}.npz", **{name: getattr(runs, name) for name in ARRAYS})
            plain = {"name": runs.name, "columns": runs.columns, "of": runs.of}
            told.append(plain | {"interpolate_seconds": runs.interpolate_seconds, "step_means": runs.step_means})
        (folder / TOLD_FILE).write_text(json.dumps(told, indent=2), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Service:
        """Read what `save` wrote."""
        told: Sequence[dict[str, Any]] = json.loads((folder / TOLD_FILE).read_text(encoding="utf-8"))
        sources = []
        for number, each in enumerate(told):
            with np.load(folder / f"runs-{number:02}.npz") as kept:
                arrays = {name: kept[name] for name in ARRAYS}
            columns, of = tuple(each["columns"]), tuple(each["of"])
            far = int(each["interpolate_seconds"])
            means = tuple(each.get("step_means", ()))
            sources.append(Runs(each["name"], columns, of, interpolate_seconds=far, step_means=means, **arrays))
        return cls(tuple(sources))
