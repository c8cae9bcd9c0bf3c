"""Curves of the past that a training leaves, of some windows of each split, and what came at each of their leads."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from jena_models.whole_files import whole_file

CURVES_FILE: Final = "curves.npz"
MOST_WINDOWS: Final = 2500
"""Of a split; evenly over it."""
DAY_STEPS: Final = 144
"""Windows apart by a number that has no divisor with this in common are of all hours of the day."""

Curves = NDArray[np.float32]
Values = NDArray[np.float64]
Positions = NDArray[np.intp]


def some_of(windows: int) -> Positions:
    """Give the numbers of at most `MOST_WINDOWS` windows, evenly over all and over the hours of the day."""
    apart = max(1, -(-windows // MOST_WINDOWS))
    while math.gcd(apart, DAY_STEPS) > 1:
        apart += 1
    return np.arange(0, windows, apart)


@dataclass(frozen=True)
class PastCurves:
    """Of some windows of each split that was scored."""

    leads_minutes: tuple[float, ...]
    positions: Mapping[str, Positions]
    """The number of each window in its split, by split, shape (windows,)."""
    curves: Mapping[str, Curves]
    """By split, shape (windows, leads), in the target's unit."""
    with_parts_missing: Mapping[str, Curves]
    """The same, where sensors were left out of the histories at random; of validation alone."""

    @classmethod
    def load(cls, folder: Path) -> PastCurves:
        """Read what `keep` wrote into a folder."""
        with np.load(folder / CURVES_FILE) as kept:
            of = {name: kept[name] for name in kept.files}
        return cls(
            leads_minutes=tuple(of["leads_minutes"].tolist()),
            positions=_named(of, "positions"),
            curves=_named(of, "curves"),
            with_parts_missing=_named(of, "missing"),
        )

    def keep(self, folder: Path) -> None:
        """Write all into a folder, whole or not at all."""
        arrays: dict[str, Any] = {"leads_minutes": np.asarray(self.leads_minutes)}
        for kind, parts in (
            ("positions", self.positions),
            ("curves", self.curves),
            ("missing", self.with_parts_missing),
        ):
            arrays |= {f"{kind}_{split}": part for split, part in parts.items()}
        with whole_file(folder / CURVES_FILE) as beside, beside.open("wb") as file:
            np.savez(file, **arrays)


@dataclass(frozen=True)
class Truth:
    """What came at each lead of some windows."""

    measured: Values
    """Shape (windows, leads), NaN where missing or beyond the split."""
    last: Values
    """The target's last reading: what persistence says of every lead; shape (windows,)."""
    valid_times: NDArray[np.datetime64]
    """By the station's clock without daylight saving, shape (windows, leads)."""

    def where(self, chosen: NDArray[np.bool_] | slice) -> Truth:
        """Give some of the windows."""
        return Truth(self.measured[chosen], self.last[chosen], self.valid_times[chosen])


def joined(parts: list[Truth]) -> Truth:
    """Give what came of some windows after what came of others."""
    measured, last, times = zip(*((part.measured, part.last, part.valid_times) for part in parts), strict=True)
    return Truth(np.concatenate(measured), np.concatenate(last), np.concatenate(times))


def _named(arrays: Mapping[str, Any], kind: str) -> dict[str, Any]:
    return {name.removeprefix(f"{kind}_"): part for name, part in arrays.items() if name.startswith(f"{kind}_")}
