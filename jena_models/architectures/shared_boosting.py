"""Gradient boosting that stations share: grown on all of them, given to each with its own place and record."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar, Final, Self

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
from jena_models.pooling.pool import Pool, PoolFacts, grow, unknown
from jena_models.pooling.pooled_features import StationInputs
from jena_models.pooling.station_windows import PartsMissing, StationWindows, windows_of
from jena_models.stations.schema import StationSchema
from jena_models.tuning.ranges import Between

INPUTS_FILE: Final = "inputs.json"
TOLD: Final = 1000
"""Training windows that show how far trees are off which were given, and not grown here."""
SHORT_RECORD_DAYS: Final = 180
"""A training record of fewer does not say what is usual in the rest of the year, nor how much the target varies."""
OF_FALLBACK: Final = 6
"""Of so many windows the fallback learns from one: it speaks where parts are missing, which is seldom."""


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
    """The fewest windows in a leaf; beyond 30, a thirtieth of all at most."""
    feature_fraction: Annotated[Part, Between(0.1, 0.8)] = 0.4
    """Share of the features that a tree may look at."""
    window_fraction: Annotated[Part, Between(0.4, 1.0)] = 0.7
    """Share of the windows that a tree is grown on."""
    penalty: Annotated[NotNegative, Between(0.1, 100, log=True)] = 5.0
    """What the square of a leaf's value costs."""
    unknown_share: Share = 0.3
    """The share of windows of which the trees are not told the station, to learn to do without."""
    most_windows: Count = 600_000
    """How many windows are learnt from at most, of all stations together."""
    silent_share: Share = 0.67
    """In how large a share of the fallback's windows one sensor, any, is made silent, to learn to do without it."""
    outage_share: Share = 0.15
    """How large a share of the rows is taken out, in outages, for half of the fallback's windows."""
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
        """Take the trees of the pool, or grow them on this station alone; what a record is for, validation says."""
        inputs = _inputs(lesson, chosen)
        pool = Pool.load(Path(chosen.pool)) if chosen.pool else _alone(lesson, chosen, tell)
        stations, names = pool.facts.stations, pool.facts.names
        number = stations.index(lesson.station.name) if lesson.station.name in stations else None
        inputs = inputs.model_copy(update={"number": number})
        with_record = inputs.shown(lesson.validation, names)
        is_short = np.ptp(lesson.train.issue_seconds) < SHORT_RECORD_DAYS * 86_400
        scale = pool.facts.target_scale if is_short else inputs.target_scale
        without = inputs.model_copy(update={"has_record": False, "number": None, "target_scale": scale})
        last = latest(lesson.validation, inputs.builder.target)
        errors = [
            mean_error(_forecasts(last, pool, features, shown_by), lesson.validation_target)
            for features, shown_by in ((with_record, inputs), (unknown(with_record, names), without))
        ]
        has_record = errors[0] <= errors[1] and not is_short
        taught = cls(inputs if has_record else without, pool)
        if chosen.pool:
            every = slice(None, None, max(1, len(lesson.train) // TOLD))
            mae = mean_error(taught.forecast(lesson.train.part(every)), lesson.train_target[every])
            tell(Round(1, 1, mae, errors[0 if has_record else 1]))
        return taught

    @classmethod
    def for_newcomer(cls, folder: Path, columns: tuple[str, ...], station: StationSchema) -> Self:
        """Give the trees of a pool to a station that they were not grown on, and that has columns but no record."""
        pool, features = Pool.load(folder), SharedBoostingHyperparameters().features
        return cls(StationInputs.of_newcomer(features, columns, station, pool.facts.target_scale), pool)

    def saying(self, folder: Path) -> Self:
        """Give the same station with the trees of another pool, which was grown on the same stations."""
        return type(self)(self._inputs, Pool.load(folder))

    @property
    def facts(self) -> PoolFacts:
        """What is known of the trees."""
        return self._pool.facts

    @property
    def has_record(self) -> bool:
        """Whether the station's record counts for what is usual there."""
        return self._inputs.has_record

    @property
    def target_scale(self) -> float:
        """How much of the target, in its own unit, counts as one in what the trees say."""
        return self._inputs.target_scale

    @property
    def parameters(self) -> int:
        """How many leaves all trees have together."""
        return self._pool.leaves(has_record=self._inputs.has_record)

    def forecast(self, histories: Histories) -> Forecasts:
        """Give the target's last reading and the mean change that the trees foretell."""
        features = self._inputs.shown(histories, self._pool.facts.names)
        return _forecasts(latest(histories, self._inputs.builder.target), self._pool, features, self._inputs)

    def usual(self, valid_seconds: NDArray[np.int64]) -> NDArray[np.float64] | None:
        """Give what the target usually is at some times, in seconds since 1970; None where no record tells."""
        return (
            self._inputs.builder.climatologies[self._inputs.builder.target].at(valid_seconds)
            if self._inputs.has_record
            else None
        )

    def save(self, folder: Path) -> None:
        """Write `inputs.json` and, of the pool, the trees that speak for the station."""
        (folder / INPUTS_FILE).write_text(self._inputs.model_dump_json(), encoding="utf-8")
        self._pool.save(folder, has_record=self._inputs.has_record)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote."""
        inputs = StationInputs.model_validate_json((folder / INPUTS_FILE).read_text(encoding="utf-8"))
        return cls(inputs, Pool.load(folder))


def parts_of(
    lesson: Lesson,
    chosen: SharedBoostingHyperparameters,
    stations: int,
    valid_times: NDArray[np.datetime64],
    *,
    with_fallback: bool = False,
) -> tuple[StationWindows, StationWindows | None]:
    """Give what a station gives to a pool, and to its fallback, which learns from fewer windows with parts missing.

    Args:
        lesson: of the station.
        chosen: hyper-parameters; of the windows of `most_windows` each station gives its share at most.
        stations: how many there are.
        valid_times: what each validation window is for, by the station's clock without daylight saving.
        with_fallback: whether it gives to a fallback.
    """
    inputs, most = _inputs(lesson, chosen), max(1, chosen.most_windows // stations)
    whole = windows_of(inputs, lesson, valid_times, most)
    if not with_fallback:
        return whole, None
    missing = PartsMissing(chosen.silent_share, chosen.outage_share)
    return whole, windows_of(inputs, lesson, valid_times, max(1, most // OF_FALLBACK), missing)


def grown_on(
    parts: list[StationWindows],
    chosen: SharedBoostingHyperparameters,
    seed: int,
    threads: int,
    tell: Tell | None = None,
    *,
    parts_missing: bool = False,
) -> Pool:
    """Give the pool of several stations' parts; one booster where parts are missing from them."""
    boosters = 1 if parts_missing else chosen.boosters
    together = 2 * boosters  # newcomers have as many of their own
    windows = sum(len(part.changes["train"]) for part in parts)
    return grow(
        parts,
        [
            tree_parameters(
                chosen,
                windows=windows,
                seed=1000 * seed + number,
                threads=threads,
                window_fraction=chosen.window_fraction,
            )
            for number in range(boosters)
        ],
        rounds=chosen.rounds,
        patience=chosen.patience,
        unknown_share=chosen.unknown_share,
        seed=seed,
        parts_missing=parts_missing,
        after_round=[telling(tell, chosen.rounds, number=number, boosters=together) for number in range(together)]
        if tell
        else [],
    )


def _alone(lesson: Lesson, chosen: SharedBoostingHyperparameters, tell: Tell) -> Pool:
    """Give the trees of one station, as there is no pool."""
    seconds = lesson.validation.valid_seconds
    part, _ = parts_of(lesson, chosen, 1, seconds.astype("datetime64[s]"))

    def in_unit(round_: Round) -> None:
        scale = lesson.target_scale
        tell(Round(round_.number, round_.of, scale * round_.mae, scale * round_.val_mae))

    return grown_on([part], chosen, lesson.seed, lesson.threads or 0, in_unit)


def _inputs(lesson: Lesson, chosen: SharedBoostingHyperparameters) -> StationInputs:
    builder = lesson.feature_builder(chosen.features)
    return StationInputs.of(builder, lesson.train.columns, lesson.station, lesson.target_scale)


def _forecasts(
    last: NDArray[np.float64], pool: Pool, features: NDArray[np.float32], inputs: StationInputs
) -> Forecasts:
    forecasts: Forecasts = (last + pool.changes(features, has_record=inputs.has_record) * inputs.target_scale).astype(
        np.float32
    )
    return forecasts
