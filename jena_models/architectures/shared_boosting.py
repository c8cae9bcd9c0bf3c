"""Gradient boosting that stations share: grown on all of them, given to each with its own place and record."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from jena_models.features.feature_settings import FeatureSettings
from jena_models.features.histories import Histories
from jena_models.features.starting_point import latest
from jena_models.models.learner import Forecasts, Lesson, Round, Tell, mean_error
from jena_models.models.registry import LearnerHyperparameters, learner
from jena_models.models.tree_growing import telling, tree_parameters
from jena_models.options.quantities import Count, NotNegative, Part, Positive, Share
from jena_models.pooling.pool import Pool, PoolFacts, StationWindows, grow
from jena_models.pooling.pooled_features import StationInputs
from jena_models.stations.schema import StationSchema
from jena_models.tuning.ranges import Between

INPUTS_FILE: Final = "inputs.json"


class SharedBoostingHyperparameters(LearnerHyperparameters):
    """Of the boosting that stations share."""

    pool: str = ""
    """The folder of the trees that the stations of a fleet share; grown on the station alone where not given."""
    boosters: Count = 3
    """How many boosters, each with a seed of its own, the forecast is the mean of."""
    rounds: Count = 1000
    """The most trees of one booster."""
    patience: Count = 50
    """Stop after so many rounds without a better validation error."""
    learning_rate: Annotated[Positive, Between(0.02, 0.15, log=True)] = 0.05
    """How much of each tree counts."""
    leaves: Annotated[Count, Field(ge=2), Between(15, 127, log=True)] = 31
    """The most leaves of a tree."""
    windows_in_leaf: Annotated[Count, Between(50, 1000, log=True)] = 200
    """The fewest windows in a leaf."""
    feature_fraction: Annotated[Part, Between(0.1, 0.8)] = 0.4
    """Share of the features that a tree may look at."""
    window_fraction: Annotated[Part, Between(0.4, 1.0)] = 0.7
    """Share of the windows that a tree is grown on."""
    penalty: Annotated[NotNegative, Between(0.1, 100, log=True)] = 5.0
    """What the square of a leaf's value costs."""
    unknown_share: Share = 0.3
    """The share of windows that are shown as those of a station without a record, to learn to do without one."""
    most_windows: Count = 600_000
    """How many windows are learnt from at most, of all stations together."""
    features: FeatureSettings = FeatureSettings(target_anomalies=True, week=False)
    """Which features it is given, beside levels and place."""

    @property
    def size(self) -> int:
        """How many boosters there are; one that is given its trees takes no time."""
        return 1 if self.pool else self.boosters


@learner("shared_boosting", SharedBoostingHyperparameters(), training_milliseconds=20_000)
class SharedBoosting:
    """Gradient boosting that stations share."""

    trained_with: ClassVar[tuple[str, ...]] = ("lightgbm",)
    packages: tuple[str, ...] = ("lightgbm",)

    def __init__(self, inputs: StationInputs, pool: Pool) -> None:
        self._inputs, self._pool = inputs, pool

    @classmethod
    def fit(cls, lesson: Lesson, chosen: SharedBoostingHyperparameters, tell: Tell) -> Self:
        """Take the trees of the pool, or grow them on this station alone; what its record is for, validation says."""
        inputs = _inputs(lesson, chosen)
        pool = Pool.load(Path(chosen.pool)) if chosen.pool else _alone(inputs, lesson, chosen, tell)
        stations = pool.facts.stations
        number = stations.index(lesson.station.name) if lesson.station.name in stations else None
        tried = [
            cls(inputs.model_copy(update={"has_record": has_record, "number": number if has_record else None}), pool)
            for has_record in (True, False)
        ]
        errors = [mean_error(model.forecast(lesson.validation), lesson.validation_target) for model in tried]
        best = int(np.argmin(errors))
        if chosen.pool:
            shown = lesson.train.part(slice(None, None, max(1, len(lesson.train) // 5000)))
            mae = mean_error(tried[best].forecast(shown), lesson.train_target[:: max(1, len(lesson.train) // 5000)])
            tell(Round(1, 1, mae, errors[best]))
        return tried[best]

    @classmethod
    def for_newcomer(cls, folder: Path, columns: tuple[str, ...], station: StationSchema) -> Self:
        """Give the trees of a pool to a station that they were not grown on, and that has no record.

        Args:
            folder: of the pool.
            columns: canonical names of what the station measures.
            station: its schema.
        """
        pool, features = Pool.load(folder), SharedBoostingHyperparameters().features
        return cls(StationInputs.of_newcomer(features, columns, station, pool.facts.target_scale), pool)

    @property
    def facts(self) -> PoolFacts:
        """What is known of the trees."""
        return self._pool.facts

    @property
    def parameters(self) -> int:
        """How many leaves all trees have together."""
        return self._pool.leaves

    def forecast(self, histories: Histories) -> Forecasts:
        """Give the target's last reading and the mean change that the trees foretell."""
        features = self._inputs.shown(histories, self._pool.facts.names)
        changes: NDArray[np.float64] = self._pool.changes(features) * self._inputs.target_scale
        forecasts: Forecasts = (latest(histories, self._inputs.builder.target) + changes).astype(np.float32)
        return forecasts

    def save(self, folder: Path) -> None:
        """Write `inputs.json` and the pool."""
        (folder / INPUTS_FILE).write_text(self._inputs.model_dump_json(), encoding="utf-8")
        self._pool.save(folder)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote."""
        inputs = StationInputs.model_validate_json((folder / INPUTS_FILE).read_text(encoding="utf-8"))
        return cls(inputs, Pool.load(folder))


def part_of(lesson: Lesson, chosen: SharedBoostingHyperparameters, stations: int, valid_times: Any) -> StationWindows:
    """Give what a station gives to a pool.

    Args:
        lesson: of the station.
        chosen: hyper-parameters; of the windows of `most_windows` each station gives its share at most.
        stations: how many there are.
        valid_times: what each validation window is for, by the station's clock without daylight saving.
    """
    inputs, most = _inputs(lesson, chosen), max(1, chosen.most_windows // stations)
    names, features, changes, kept_times = inputs.feature_names(lesson.train), {}, {}, valid_times
    for split, histories, target in (
        ("train", lesson.train, lesson.train_target),
        ("validation", lesson.validation, lesson.validation_target),
    ):
        every = slice(None, None, -(-len(histories) // most))
        few, wanted = histories.part(every), target[every].astype(np.float64)
        change = (wanted - latest(few, lesson.target)) / lesson.target_scale
        known = np.isfinite(change)
        features[split] = inputs.shown(few, names)[known]
        changes[split] = change[known].astype(np.float32)
        if split == "validation":
            kept_times = np.asarray(valid_times)[every][known]
    return StationWindows(
        station=lesson.station.name,
        names=names,
        features=features,
        changes=changes,
        valid_times=kept_times,
        latitude=lesson.station.latitude,
        target_scale=lesson.target_scale,
    )


def grown_on(
    parts: list[StationWindows],
    chosen: SharedBoostingHyperparameters,
    seed: int,
    threads: int,
    tell: Tell | None = None,
) -> Pool:
    """Give the pool of several stations' parts."""
    return grow(
        parts,
        [
            tree_parameters(chosen, seed=1000 * seed + number, threads=threads, window_fraction=chosen.window_fraction)
            for number in range(chosen.boosters)
        ],
        rounds=chosen.rounds,
        patience=chosen.patience,
        unknown_share=chosen.unknown_share,
        seed=seed,
        after_round=[
            telling(tell, chosen.rounds, number=number, boosters=chosen.boosters) for number in range(chosen.boosters)
        ]
        if tell
        else [],
    )


def _alone(inputs: StationInputs, lesson: Lesson, chosen: SharedBoostingHyperparameters, tell: Tell) -> Pool:
    del inputs
    seconds = lesson.validation.valid_seconds
    part = part_of(lesson, chosen, 1, seconds.astype("datetime64[s]"))

    def in_unit(round_: Round) -> None:
        scale = lesson.target_scale
        tell(Round(round_.number, round_.of, scale * round_.mae, scale * round_.val_mae))

    return grown_on([part], chosen, lesson.seed, lesson.threads or 0, in_unit)


def _inputs(lesson: Lesson, chosen: SharedBoostingHyperparameters) -> StationInputs:
    builder = lesson.feature_builder(chosen.features)
    return StationInputs.of(builder, lesson.train.columns, lesson.station, lesson.target_scale)
