"""Gradient boosting for histories of which parts are missing: it does without any reading but the target's."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from jena_models.features.feature_builder import FeatureBuilder
from jena_models.features.feature_settings import FeatureSettings
from jena_models.features.histories import Histories
from jena_models.features.starting_point import latest
from jena_models.frozen import Frozen
from jena_models.models.learner import Forecasts, Lesson, Tell
from jena_models.models.registry import LearnerHyperparameters, learner
from jena_models.models.tree_growing import data_sets, grown, leaves_of, telling, tree_parameters
from jena_models.optional_imports import import_lean
from jena_models.options.quantities import Count, NotNegative, Part, Positive, Share
from jena_models.stations.schema import StationSchema
from jena_models.tuning.ranges import Between
from jena_models.windows.silence import Generator, Silenced, Values, with_outages, with_steps_unknown

if TYPE_CHECKING:
    import lightgbm

INPUTS_FILE: Final = "inputs.json"
BOOSTER_FILE: Final = "booster.txt"


class PartialBoostingHyperparameters(LearnerHyperparameters):
    """Of the boosting that does without any reading but the target's."""

    rounds: Count = 500
    """The most trees."""
    patience: Count = 30
    """Stop after so many rounds without a better validation error."""
    learning_rate: Annotated[Positive, Between(0.02, 0.15, log=True)] = 0.07
    """How much of each tree counts."""
    leaves: Annotated[Count, Field(ge=2), Between(15, 127, log=True)] = 63
    """The most leaves of a tree."""
    windows_in_leaf: Annotated[Count, Between(50, 1000, log=True)] = 150
    """The fewest windows in a leaf; beyond 30, a thirtieth of all at most."""
    feature_fraction: Annotated[Part, Between(0.1, 0.8)] = 0.3
    """Share of the features that a tree may look at."""
    penalty: Annotated[NotNegative, Between(0.1, 100, log=True)] = 5.0
    """What the square of a leaf's value costs."""
    silent_share: Annotated[Share, Between(0.3, 0.9)] = 0.67
    """In how large a share of the windows one sensor, any, is made silent, to learn to do without it."""
    outage_share: Annotated[Share, Between(0.05, 0.4)] = 0.15
    """How large a share of the rows is taken out, in outages of an hour to five days, for half of the windows."""
    most_windows: Count = 100_000
    """How many windows are learnt from at most, evenly over the record."""
    features: FeatureSettings = FeatureSettings()
    """Which features it is given."""


class PartialInputs(Frozen):
    """How histories become what the trees see."""

    builder: FeatureBuilder
    silent_share: float
    """In how large a share of the windows one sensor was silent."""
    target_scale: float = 1.0
    """How much of the target counts as one in what the trees say."""


@learner("partial_boosting", PartialBoostingHyperparameters(), training_milliseconds=15_000)
class PartialBoosting:
    """Gradient boosting that does without any reading but the target's."""

    trained_with: ClassVar[tuple[str, ...]] = ("lightgbm",)
    packages: tuple[str, ...] = ("lightgbm",)

    def __init__(self, inputs: PartialInputs, trees: str) -> None:
        self._inputs, self._builder, self._trees = inputs, inputs.builder, trees

    @classmethod
    def fit(cls, lesson: Lesson, chosen: PartialBoostingHyperparameters, tell: Tell) -> Self:
        """Grow trees on windows with sensors and rows left out at random, while the validation error falls."""
        import_lean("lightgbm")
        builder = lesson.feature_builder(chosen.features)
        silenced = Silenced.of(partial(with_steps_unknown, builder), lesson.train, builder.target, lesson.station)
        shown = []
        for number, (histories, target) in enumerate(lesson.splits):
            generator = np.random.default_rng([lesson.seed, number])
            features, change = _windows(builder, silenced, histories, target, chosen, generator)
            shown.append((features, change / lesson.target_scale))
        booster = grown(
            tree_parameters(chosen, windows=len(lesson.train), seed=lesson.seed, threads=lesson.threads),
            data_sets(shown),
            chosen.rounds,
            chosen.patience,
            telling(tell, chosen.rounds, unit=lesson.target_scale, at_first=True),
        )
        inputs = PartialInputs(builder=builder, silent_share=chosen.silent_share, target_scale=lesson.target_scale)
        return cls(inputs, booster.model_to_string())

    @property
    def parameters(self) -> int:
        """How many leaves all trees have together."""
        return leaves_of([self._booster])

    def forecast(self, histories: Histories) -> Forecasts:
        """Give what the service says, or the last reading, and the change to it that the trees foretell."""
        return self._from(with_steps_unknown(self._builder, histories), histories)

    def forecast_with_parts_missing(self, histories: Histories, station: StationSchema, seed: int) -> Forecasts:
        """Give forecasts of histories from which sensors are left out at random, as in training: to see how far off."""
        features = with_steps_unknown(self._builder, histories)
        silenced = Silenced.of(partial(with_steps_unknown, self._builder), histories, self._builder.target, station)
        generator = np.random.default_rng(seed)
        return self._from(silenced.at_random(features, self._inputs.silent_share, generator), histories)

    def usual(self, valid_seconds: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give what the target usually is at some times, in seconds since 1970."""
        return self._builder.climatologies[self._builder.target].at(valid_seconds)

    def _from(self, features: Values, histories: Histories) -> Forecasts:
        changes = np.asarray(self._booster.predict(features)) * self._inputs.target_scale
        forecasts: Forecasts = (_starts(self._builder, features, histories) + changes).astype(np.float32)
        return forecasts

    def save(self, folder: Path) -> None:
        """Write `inputs.json` and the trees in LightGBM's own text format."""
        (folder / INPUTS_FILE).write_text(self._inputs.model_dump_json(), encoding="utf-8")
        (folder / BOOSTER_FILE).write_text(self._trees, encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote."""
        inputs = PartialInputs.model_validate_json((folder / INPUTS_FILE).read_text(encoding="utf-8"))
        return cls(inputs, (folder / BOOSTER_FILE).read_text(encoding="utf-8"))

    @cached_property
    def _booster(self) -> lightgbm.Booster:
        # Not before it is needed: it stands beside a model that hardly ever does without it, and its library is slow.
        import_lean("lightgbm")
        import lightgbm

        return lightgbm.Booster(model_str=self._trees)


def _windows(  # noqa: PLR0917  (one caller, above)
    builder: FeatureBuilder,
    silenced: Silenced,
    histories: Histories,
    target: Forecasts,
    chosen: PartialBoostingHyperparameters,
    generator: Generator,
) -> tuple[Values, NDArray[np.float64]]:
    """Give features and changes of windows, of each once as it is and once with outages, sensors silent in both."""
    apart = max(1, -(-2 * len(histories) // chosen.most_windows))
    whole, wanted = histories.part(slice(None, None, apart)), target[::apart].astype(np.float64)
    broken = replace(whole, readings=with_outages(whole, chosen.outage_share, generator))
    features = [
        silenced.at_random(with_steps_unknown(builder, each), chosen.silent_share, generator)
        for each in (whole, broken)
    ]
    changes = [wanted - _starts(builder, *each) for each in zip(features, (whole, broken), strict=True)]
    known = np.isfinite(np.concatenate(changes))
    return np.concatenate(features)[known], np.concatenate(changes)[known]


def _starts(builder: FeatureBuilder, features: Values, histories: Histories) -> NDArray[np.float64]:
    """Give what changes are foretold to, shape (histories,): the last reading, or what the service says.

    Where features were made that know nothing of the service, nor does this.
    """
    last = latest(histories, builder.target)
    if builder.first is None:
        return last
    names = np.array([*builder.names(histories), ""])
    is_silent = np.isnan(features[:, np.isin(names, builder.service)]).all(axis=1)
    said = builder.said(histories)
    return np.where(is_silent | np.isnan(said), last, said)
