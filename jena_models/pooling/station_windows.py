"""What one station gives to the trees that all of them share."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from jena_models.features.histories import Histories
from jena_models.features.starting_point import latest
from jena_models.models.learner import Lesson
from jena_models.pooling.memory import MEMORY_DAYS
from jena_models.pooling.pooled_features import STEPS_WITHOUT, StationInputs, Values
from jena_models.windows.silence import Generator, Silenced, with_outages

PART_FILE: Final = "part.npz"
CHOOSING: Final = 0.25
"""Validation windows for each that may be learnt from: they only tell when to stop, and how far forecasts are off."""
SHORT_MEMORIES: Final = 0.3
"""The share of windows whose memory reaches less far back, as that of a station which has only begun to measure."""


@dataclass(frozen=True)
class StationWindows:
    """What one station gives to the pool; windows of `train` and `validation`."""

    station: str
    names: tuple[str, ...]
    """Of the features."""
    features: dict[str, Values]
    """By split, shape (windows, features)."""
    changes: dict[str, NDArray[np.float32]]
    """How the target changes until the valid time, in units of the station's scale, shape (windows,)."""
    valid_times: NDArray[np.datetime64]
    """Of the validation windows, by the station's clock without daylight saving."""
    latitude: float
    target_scale: float

    def save(self, folder: Path) -> None:
        """Write the part into a folder that is there."""
        arrays: dict[str, Any] = {f"{split}_features": values for split, values in self.features.items()}
        arrays |= {f"{split}_changes": values for split, values in self.changes.items()}
        facts: dict[str, Any] = {"station": self.station, "latitude": self.latitude, "target_scale": self.target_scale}
        with (folder / PART_FILE).open("wb") as file:
            np.savez(file, **arrays, names=np.array(self.names), valid_times=self.valid_times, **facts)

    @classmethod
    def load(cls, folder: Path) -> StationWindows:
        """Read what `save` wrote."""
        with np.load(folder / PART_FILE) as kept:
            return cls(
                station=str(kept["station"]),
                names=tuple(map(str, kept["names"])),
                features={split: kept[f"{split}_features"] for split in ("train", "validation")},
                changes={split: kept[f"{split}_changes"] for split in ("train", "validation")},
                valid_times=kept["valid_times"],
                latitude=float(kept["latitude"]),
                target_scale=float(kept["target_scale"]),
            )


@dataclass(frozen=True)
class PartsMissing:
    """How much is left out of windows, to learn to do without any reading but the target's."""

    silent_share: float
    """In how large a share of the windows one sensor, any, is made silent; in the others each may be."""
    outage_share: float
    """How large a share of the rows is taken out, in outages, for half of the windows."""


def windows_of(
    inputs: StationInputs,
    lesson: Lesson,
    valid_times: NDArray[np.datetime64],
    most: int,
    missing: PartsMissing | None = None,
) -> StationWindows:
    """Give what a station gives to a pool: all its windows, or so many of them, drawn at random.

    Args:
        inputs: how its histories become features.
        lesson: of the station.
        valid_times: what each validation window is for, by the station's clock without daylight saving.
        most: how many windows it may give to learn from; a quarter as many choose.
        missing: how much is left out of them; nothing where not given.
    """
    names = (*inputs.feature_names(lesson.train), *((STEPS_WITHOUT,) if missing else ()))
    generator = np.random.default_rng([lesson.seed, zlib.crc32(lesson.station.name.encode())])
    features, changes, kept_times = {}, {}, valid_times
    for split, histories, target, share in (
        ("train", lesson.train, lesson.train_target, 1.0),
        ("validation", lesson.validation, lesson.validation_target, CHOOSING),
    ):
        chosen = _drawn(len(histories), max(1, round(share * most)), generator)
        few, wanted = histories.part(chosen), target[chosen].astype(np.float64)
        remembered = _remembered_days(few, generator) if split == "train" else None
        if missing:
            shown, last = _with_parts_missing(few, inputs, names, lesson, missing, generator, remembered)
        else:
            shown, last = inputs.shown(few, names, remembered), latest(few, lesson.target)
        change = (wanted - last) / lesson.target_scale
        known = np.isfinite(change)
        features[split], changes[split] = shown[known], change[known].astype(np.float32)
        if split == "validation":
            kept_times = np.asarray(valid_times)[chosen][known]
    return StationWindows(
        station=lesson.station.name,
        names=names,
        features=features,
        changes=changes,
        valid_times=kept_times,
        latitude=lesson.station.latitude,
        target_scale=lesson.target_scale,
    )


def _drawn(windows: int, most: int, generator: Generator) -> slice | NDArray[np.intp]:
    """Give which of so many windows to take, in order; every so-many-th would always be of the same hours."""
    return slice(None) if windows <= most else np.sort(generator.choice(windows, most, replace=False))


def _remembered_days(histories: Histories, generator: Generator) -> NDArray[np.float64]:
    """Give how many days each history remembers, shape (histories,): of some no more than a history is long."""
    least = histories.rows.shape[1] * histories.sampling_minutes / (24 * 60)
    days = np.full(len(histories), float(MEMORY_DAYS))
    short = generator.random(len(histories)) < SHORT_MEMORIES
    days[short] = np.exp(generator.uniform(np.log(least), np.log(max(MEMORY_DAYS, least)), int(short.sum())))
    return days


def _with_parts_missing(  # noqa: PLR0917  (one caller, above)
    histories: Histories,
    inputs: StationInputs,
    names: tuple[str, ...],
    lesson: Lesson,
    missing: PartsMissing,
    generator: Generator,
    remembered: NDArray[np.float64] | None,
) -> tuple[Values, NDArray[np.float64]]:
    """Give features and last readings of histories with sensors silent, every other of them with outages too."""

    def show(shown: Histories) -> Values:
        return inputs.shown(shown, names)

    silenced = Silenced.of(show, histories, lesson.target, lesson.station)
    broken = replace(histories, readings=with_outages(histories, missing.outage_share, generator))
    of_outages = np.arange(len(histories)) % 2 == 1
    whole, cut = (inputs.shown(each, names, remembered) for each in (histories, broken))
    features = np.where(of_outages[:, None], cut, whole)
    last = np.where(of_outages, latest(broken, lesson.target), latest(histories, lesson.target))
    return silenced.at_random(features, missing.silent_share, generator), last
