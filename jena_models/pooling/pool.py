"""Trees grown on several stations at once, and all that a station needs to forecast with them."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from jena_models.evaluation.intervals import Intervals, fit_intervals
from jena_models.frozen import Frozen
from jena_models.models.tree_growing import leaves_of
from jena_models.optional_imports import import_lean
from jena_models.pooling.pooled_features import PLACE, Values, needs_record
from jena_models.pooling.station_windows import StationWindows
from jena_models.whole_files import write_whole

if TYPE_CHECKING:
    import lightgbm

POOL_FILE: Final = "pool.json"
TREES_FILE: Final = "trees-{number}.txt.gz"
KEPT_IN_MEMORY: Final = 8
"""Boosters; the stations of a fleet share a few of them."""
STATION_PENALTY: Final = 50.0
"""What a split by station costs: with few windows a station it would learn each by heart."""


class PoolFacts(Frozen):
    """What is known of a pool beside its trees."""

    stations: tuple[str, ...]
    """Those that the trees were grown on; each is told by its number in this order."""
    names: tuple[str, ...]
    """Of the features, in the order that the trees take them."""
    target_scale: float
    """The median of the stations': what stands in for that of a station without a record."""
    skill: float
    """Against persistence, on the validation windows of all stations, each told apart and with its record."""
    newcomer_skill: float
    """The same without their numbers and what takes a record: as a new station is forecast."""
    newcomer_mae: float
    """Of such forecasts, in units of the target's scale."""
    newcomer_intervals: Intervals
    """Of such forecasts, in units of the target's scale."""
    mae: float | None = None
    """Of forecasts of its own stations, in units of the target's scale; None in versions of earlier times."""
    intervals: Intervals | None = None
    """Of such forecasts, in units of the target's scale; None in versions of earlier times."""
    parts_missing: bool = False
    """Whether the trees were grown on windows with parts missing, to do without any reading but the target's."""


@dataclass(frozen=True)
class Pool:
    """Trees and what is known of them."""

    facts: PoolFacts
    trees: tuple[bytes, ...]
    """Each booster in LightGBM's own text format, compressed."""

    def changes(self, features: Values) -> NDArray[np.float64]:
        """Give how the target changes until the valid time, in units of the station's scale, shape (windows,)."""
        return _said(self.trees, features)

    @property
    def leaves(self) -> int:
        """How many leaves all trees have together."""
        return leaves_of(map(_booster, self.trees))

    def save(self, folder: Path) -> None:
        """Write the pool into a folder that is there."""
        write_whole(folder / POOL_FILE, self.facts.model_dump_json())
        for number, each in enumerate(self.trees):
            (folder / TREES_FILE.format(number=number)).write_bytes(each)

    @classmethod
    def load(cls, folder: Path) -> Pool:
        """Read what `save` wrote."""
        facts = PoolFacts.model_validate_json((folder / POOL_FILE).read_text(encoding="utf-8"))
        return cls(facts, tuple(path.read_bytes() for path in sorted(folder.glob(TREES_FILE.format(number="*")))))


def grow(
    parts: Sequence[StationWindows],
    parameters: Sequence[dict[str, Any]],
    *,
    rounds: int,
    patience: int,
    unknown_share: float,
    seed: int,
    parts_missing: bool = False,
    after_round: Sequence[Callable[[Any], None]] = (),
) -> Pool:
    """Grow trees on all parts together, while the error on their validation windows falls.

    Each station counts with the square root of its windows, so that long records do not drown short ones. In a share of
    the windows a station's number, and what takes a record, are left out, so that the trees learn to do without.

    Args:
        parts: of the stations.
        parameters: LightGBM's, of each booster.
        rounds: the most trees of a booster.
        patience: stop after so many rounds without a better validation error.
        unknown_share: the share of windows that are shown as those of an unknown station.
        seed: of which windows those are.
        parts_missing: whether parts are missing from the windows.
        after_round: of each booster, called with LightGBM's environment; none where nothing is to be told.
    """
    import_lean("lightgbm")
    import lightgbm

    names = tuple(dict.fromkeys(name for part in parts for name in part.names))
    stations = tuple(part.station for part in parts)
    quietly = {"cat_smooth": STATION_PENALTY, "verbosity": -1}
    columns = [f"f{place}" for place in range(len(names))]  # its text format takes no spaces
    made: dict[str, Any] = {}
    for split in ("train", "validation"):
        generator = np.random.default_rng([seed, len(split)])
        features, changes, weights = _together(parts, names, split)
        if split == "train":
            features = _some_unknown(features, names, unknown_share, generator)
        made[split] = lightgbm.Dataset(
            features,
            changes,
            weight=weights,
            feature_name=columns,
            categorical_feature=[columns[names.index(PLACE[-1])]],
            params=quietly,
            reference=made.get("train"),
        )

    trees = []
    for number, each in enumerate(parameters):
        booster = lightgbm.train(
            quietly | each,
            made["train"],
            rounds,
            valid_sets=list(made.values()),
            valid_names=list(made),
            callbacks=[lightgbm.early_stopping(patience, verbose=False), *after_round[number : number + 1]],
        )
        text = booster.model_to_string(num_iteration=booster.best_iteration).encode()
        trees.append(gzip.compress(text, 6, mtime=0))
    return _judged(tuple(trees), parts, stations, names, parts_missing)


def _judged(
    trees: tuple[bytes, ...],
    parts: Sequence[StationWindows],
    stations: tuple[str, ...],
    names: tuple[str, ...],
    parts_missing: bool,
) -> Pool:
    """Give the pool with what is known of its forecasts on validation windows."""
    features, changes, _ = _together(parts, names, "validation")
    times = np.concatenate([part.valid_times for part in parts])
    errors = np.abs(changes).mean() if len(changes) else np.nan
    known, new = (changes - _said(trees, shown) for shown in (features, unknown(features, names)))
    latitude = float(np.median([part.latitude for part in parts]))
    return Pool(
        PoolFacts(
            stations=stations,
            names=names,
            target_scale=float(np.median([part.target_scale for part in parts])),
            skill=float(1 - np.abs(known).mean() / errors),
            newcomer_skill=float(1 - np.abs(new).mean() / errors),
            newcomer_mae=float(np.abs(new).mean()),
            newcomer_intervals=fit_intervals(new, times, latitude),
            mae=float(np.abs(known).mean()),
            intervals=fit_intervals(known, times, latitude),
            parts_missing=parts_missing,
        ),
        trees,
    )


def unknown(features: Values, names: Sequence[str]) -> Values:
    """Give features, shape (windows, names), as those of a station that nothing is known of but its place."""
    shown = features.copy()
    shown[:, [place for place, name in enumerate(names) if name == PLACE[-1] or needs_record(name)]] = np.nan
    return shown


def _some_unknown(features: Values, names: Sequence[str], share: float, generator: np.random.Generator) -> Values:
    """Leave out, each in a share of the windows and apart from each other, the number and what takes a record."""
    without_record = np.flatnonzero([needs_record(name) for name in names])
    chosen = np.flatnonzero(generator.random(len(features)) < share)
    features[np.ix_(chosen, without_record)] = np.nan
    # Whoever has no record has no number; some have a record and none.
    nameless = np.union1d(chosen, np.flatnonzero(generator.random(len(features)) < share / 2))
    features[nameless, names.index(PLACE[-1])] = np.nan
    return features


def _together(
    parts: Sequence[StationWindows], names: tuple[str, ...], split: str
) -> tuple[Values, NDArray[np.float32], NDArray[np.float64]]:
    rows = [len(part.changes[split]) for part in parts]
    features = np.full((sum(rows), len(names)), np.nan, dtype=np.float32)
    weights, first = np.empty(sum(rows)), 0
    for number, (part, count) in enumerate(zip(parts, rows, strict=True)):
        span = slice(first, first + count)
        features[span, [names.index(name) for name in part.names]] = part.features[split]
        features[span, names.index(PLACE[-1])] = number
        weights[span] = max(count, 1) ** -0.5
        first += count
    changes = np.concatenate([part.changes[split] for part in parts])
    return features, changes, weights / weights.mean() if len(weights) else weights


def _said(trees: Sequence[bytes], features: Values) -> NDArray[np.float64]:
    """Give the mean of what the boosters say, shape (windows,)."""
    changes: NDArray[np.float64] = np.mean(
        [np.asarray(_booster(each).predict(features, num_threads=1)) for each in trees], axis=0
    )
    return changes


def _booster(compressed: bytes) -> lightgbm.Booster:
    return _parsed(hashlib.sha256(compressed).hexdigest(), compressed)


@lru_cache(maxsize=KEPT_IN_MEMORY)
def _parsed(_key: str, compressed: bytes) -> lightgbm.Booster:
    import_lean("lightgbm")
    import lightgbm

    return lightgbm.Booster(model_str=gzip.decompress(compressed).decode())
