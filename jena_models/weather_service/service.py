"""All that weather services say for a station: the runs of each of its forecast sources."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from jena_models.weather_service.service_runs import NO_RUN, Known, Runs, Seconds, known_then

Mask = NDArray[np.bool_]

ARRAYS: Final = ("issue_seconds", "available_seconds", "lead_seconds", "values", "spread")
TOLD_FILE: Final = "service.json"
LEAST_KNOWN: Final = 0.02
"""Of so much of the windows a service must say something to be learnt from."""
STALE_SECONDS: Final = 24 * 3600
"""A source gives way to one named after it whose run is newer by more than this: it misses more than one of its own."""


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

    def younger_than(self, hours: float) -> Service:
        """Give the same, of which no run that is so old when something is forecast counts."""
        return Service(tuple(replace(runs, oldest_seconds=hours * 3600) for runs in self.sources))

    def forecasting(self, station_column: str) -> tuple[tuple[Runs, int], ...]:
        """Give the sources that forecast a station's column, as the station file names them, and which column does."""
        places = ((runs, runs.place_of(station_column)) for runs in self.sources)
        return tuple((runs, place) for runs, place in places if place is not None)

    def known_of(self, station_column: str, issue_seconds: Seconds, valid_seconds: Seconds) -> Known | None:
        """Give what was known then of a station's column, arrays of shape (times, 1); None where none forecasts it.

        Of several sources the first speaks, and where it is silent or stale the next that is not.
        """
        forecasting = self.forecasting(station_column)
        if not forecasting:
            return None
        each = [_only(known_then(runs, issue_seconds, valid_seconds), place) for runs, place in forecasting]
        least = _least([known.run_seconds for known in each])
        said = each[-1]
        for known in reversed(each[:-1]):
            speaks = known.run_seconds >= least
            arrays = ("values", "spread", "run_seconds")
            said = Known(*(np.where(speaks, getattr(known, name), getattr(said, name)) for name in arrays))
        return said

    def stale(self, station_column: str, issue_seconds: Seconds, valid_seconds: Seconds) -> dict[str, Mask]:
        """Give where a source that forecasts a station's column gave way to another, by its name, shape (times,)."""
        forecasting = self.forecasting(station_column)
        if len(forecasting) < 2:  # noqa: PLR2004  (one and another)
            return {}
        each = [known_then(runs, issue_seconds, valid_seconds).run_seconds[:, place] for runs, place in forecasting]
        least, spoken = _least(each), np.zeros(len(issue_seconds), bool)
        found = {}
        for (runs, _), run in zip(forecasting, each, strict=True):
            found[runs.name] = (run != NO_RUN) & (run < least) & ~spoken
            spoken |= run >= least
        return {name: mask for name, mask in found.items() if mask.any()}

    def newest_run(self, issue_seconds: Seconds, valid_seconds: Seconds, station_column: str = "") -> Seconds:
        """Give the issue time of the run that speaks of each valid time, shape (times,); `NO_RUN` where none does.

        Args:
            issue_seconds: when something is forecast, shape (times,).
            valid_seconds: what for, shape (times,).
            station_column: what it has to speak of, as `known_of`; empty for the newest that says anything.
        """
        if station_column:
            known = self.known_of(station_column, issue_seconds, valid_seconds)
            each = [] if known is None else [known]
        else:
            each = [known_then(runs, issue_seconds, valid_seconds) for runs in self.sources]
        none = np.full((len(issue_seconds), 1), NO_RUN)
        return np.asarray(np.concatenate([none, *(known.run_seconds for known in each)], axis=1).max(axis=1))

    def is_known(self, issue_seconds: Seconds, valid_seconds: Seconds, station_column: str = "") -> bool:
        """Tell whether it says something, of a station's column or of anything, at enough times to learn from."""
        runs = self.newest_run(issue_seconds, valid_seconds, station_column)
        return float((runs != NO_RUN).sum()) > LEAST_KNOWN * len(runs)

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


def _least(run_seconds: Sequence[Seconds]) -> Seconds:
    """Give how old the run of a source may be that still speaks, by those of all of them; of one shape."""
    return np.asarray(np.maximum(np.max(run_seconds, axis=0), NO_RUN + STALE_SECONDS + 1) - STALE_SECONDS)


def _only(known: Known, place: int) -> Known:
    """Give one column of what was known."""
    one = slice(place, place + 1)
    return Known(known.values[:, one], known.spread[:, one], known.run_seconds[:, one])
