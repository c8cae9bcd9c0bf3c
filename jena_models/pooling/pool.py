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
TREES_FILE: Final = "trees-{number}.txt.packed"
NEWCOMER_TREES_FILE: Final = "newcomer-trees-{number}.txt.packed"
"""Named unlike packed files, which MLflow would have back from S3 unpacked."""
KEPT_IN_MEMORY: Final = 8
"""Boosters; the stations of a fleet share a few of them."""
STATION_PENALTY: Final = 50.0
"""What a split by station costs: with few windows a station it would learn each by heart."""

Examples = tuple[Values, NDArray[np.float32], NDArray[np.float64]]
"""Features, changes and weights of windows."""


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
    """Of the newcomers' trees on the same windows, without their numbers and what takes a record."""
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
    newcomer_trees: tuple[bytes, ...] = ()
    """The same, grown without what takes a record; none in versions of earlier times, whose trees did for both."""

    def changes(self, features: Values, *, has_record: bool) -> NDArray[np.float64]:
        """Give how the target changes until the valid time, in units of the station's scale, shape (windows,).

        Args:
            features: shape (windows, names).
            has_record: whether they are of a station with a record; else what takes one is to be NaN, see `unknown`.
        """
        return _said(self._trees(has_record), features)

    def leaves(self, *, has_record: bool) -> int:
        """Give how many leaves all trees have together that speak for a station."""
        return leaves_of(map(_booster, self._trees(has_record)))

    def save(self, folder: Path, *, has_record: bool | None = None) -> None:
        """Write the pool into a folder that is there, all of it or the trees that speak for one station."""
        write_whole(folder / POOL_FILE, self.facts.model_dump_json())
        for name, trees, of_record in (
            (TREES_FILE, self.trees, True),
            (NEWCOMER_TREES_FILE, self.newcomer_trees or self.trees, False),
        ):
            if has_record in {None, of_record}:
                for number, each in enumerate(trees):
                    (folder / name.format(number=number)).write_bytes(each)

    @classmethod
    def load(cls, folder: Path) -> Pool:
        """Read what `save` wrote."""
        facts = PoolFacts.model_validate_json((folder / POOL_FILE).read_text(encoding="utf-8"))
        # They ended in `.gz` in earlier times.
        named = [Path(name.format(number="*")).with_suffix(".*").name for name in (TREES_FILE, NEWCOMER_TREES_FILE)]
        files = [sorted(folder.glob(pattern)) for pattern in named]
        return cls(facts, *(tuple(path.read_bytes() for path in each) for each in files))

    def _trees(self, has_record: bool) -> tuple[bytes, ...]:
        return self.trees if has_record else self.newcomer_trees or self.trees


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

    Those of stations with a record are told which station it is but in a share of the windows, so that they do for one
    that came later. Newcomers have trees of their own, which never see that or what takes a record: trees that see
    both in turn say less of newcomers. Each station counts with the square root of its windows, so that long records do
    not drown short ones.

    Args:
        parts: of the stations.
        parameters: LightGBM's, of each booster.
        rounds: the most trees of a booster.
        patience: stop after so many rounds without a better validation error.
        unknown_share: the share of windows of which the trees are not told the station.
        seed: of which windows those are.
        parts_missing: whether parts are missing from the windows.
        after_round: of each booster, called with LightGBM's environment; none where nothing is to be told. Those of
            stations with a record come first, those of newcomers after them.
    """
    names = tuple(dict.fromkeys(name for part in parts for name in part.names))
    together = {split: _together(parts, names, split) for split in ("train", "validation")}
    features, boosters = together["train"][0], len(parameters)
    nameless = np.random.default_rng([seed, len("train")]).random(len(features)) < unknown_share
    features[nameless, names.index(PLACE[-1])] = np.nan
    trees = _boosters(together, names, parameters, rounds=rounds, patience=patience, after_round=after_round[:boosters])
    for features, *_ in together.values():
        features[:, _of_a_record(names)] = np.nan  # in place: of a thousand stations a copy is 300 MB
    newcomer_trees = _boosters(
        together, names, parameters, rounds=rounds, patience=patience, after_round=after_round[boosters:]
    )
    return _judged(trees, newcomer_trees, parts, names, parts_missing)


def _boosters(
    together: dict[str, Examples],
    names: tuple[str, ...],
    parameters: Sequence[dict[str, Any]],
    *,
    rounds: int,
    patience: int,
    after_round: Sequence[Callable[[Any], None]],
) -> tuple[bytes, ...]:
    """Grow a booster for each of some parameters."""
    import_lean("lightgbm")
    import lightgbm

    quietly = {"cat_smooth": STATION_PENALTY, "verbosity": -1}
    columns = [f"f{place}" for place in range(len(names))]  # its text format takes no spaces
    made: dict[str, Any] = {}
    for split, (features, changes, weights) in together.items():
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
    return tuple(trees)


def _judged(
    trees: tuple[bytes, ...],
    newcomer_trees: tuple[bytes, ...],
    parts: Sequence[StationWindows],
    names: tuple[str, ...],
    parts_missing: bool,
) -> Pool:
    """Give the pool with what is known of its forecasts on validation windows."""
    features, changes, _ = _together(parts, names, "validation")
    times = np.concatenate([part.valid_times for part in parts])
    errors = np.abs(changes).mean() if len(changes) else np.nan
    known, new = changes - _said(trees, features), changes - _said(newcomer_trees, unknown(features, names))
    latitude = float(np.median([part.latitude for part in parts]))
    return Pool(
        PoolFacts(
            stations=tuple(part.station for part in parts),
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
        newcomer_trees,
    )


def unknown(features: Values, names: Sequence[str]) -> Values:
    """Give features, shape (windows, names), as those of a station that nothing is known of but its place."""
    shown = features.copy()
    shown[:, _of_a_record(names)] = np.nan
    return shown


def _of_a_record(names: Sequence[str]) -> list[int]:
    """Give where the features are that say which station it is, or take its record."""
    return [place for place, name in enumerate(names) if name == PLACE[-1] or needs_record(name)]


def _together(parts: Sequence[StationWindows], names: tuple[str, ...], split: str) -> Examples:
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
