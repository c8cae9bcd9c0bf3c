"""Gradient boosting of a whole curve: every lead of the next two days, from the last reading on.

Trees learn how far the target will be from its last reading, in units of persistence's mean error at that lead, so that
short leads count like long ones. Around each of some leads, which lie the
closer the shorter they are, there is a booster of its own that is also shown the leads up to the next one on either
side; a lead's forecast is the mean of the two beside it, by how near it is to each on a logarithmic scale. So leads
share what they have in common, each has a model that is near to it, and none steps away from its neighbours. What is
left of steps is smoothed over leads, not in the target itself but in how far it is from its usual daily course.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from jena_models.curves.curve_inputs import CurveInputs, Matrix
from jena_models.curves.curve_windows import CurveWindows, fed_at_all_leads, fit_inputs, training_windows
from jena_models.errors import TooFewReadingsError
from jena_models.features.feature_settings import FeatureSettings
from jena_models.features.histories import Histories
from jena_models.models.learner import Forecasts, Lesson, Tell
from jena_models.models.registry import LearnerHyperparameters, learner
from jena_models.models.tree_growing import data_sets, grown, leaves_of, telling, tree_parameters
from jena_models.optional_imports import import_lean
from jena_models.options.quantities import Count, NotNegative, Part, Positive, Share
from jena_models.stations.schema import StationSchema
from jena_models.tuning.ranges import Between
from jena_models.windows.silence import SILENT_TOGETHER, Silenced

if TYPE_CHECKING:
    import lightgbm

INPUTS_FILE: Final = "inputs.json"
AT_A_TIME: Final = 1024
"""Histories whose curves are computed at a time: 30 MB of features for 48 leads."""
CHOOSING_APART: Final = 3
"""Every so-many-th validation window tells when to stop: those between say the same."""
FEW: Final = 3000
"""Where there are fewer, each does."""

Shown = tuple[NDArray[np.float32], NDArray[np.bool_]]
"""The features of histories, and of which of them the weather service is to say nothing."""


class CurveBoostingHyperparameters(LearnerHyperparameters):
    """Of the boosting of a whole curve."""

    centres_hours: tuple[Positive, ...] = (1.0, 2.0, 4.0, 6.0, 9.0, 12.0, 18.0, 24.0, 30.0, 36.0, 48.0)
    """The leads around which there is a booster each; those beyond the curve's own leads are left out."""
    rounds: Count = 250
    """The most trees of one booster."""
    patience: Count = 30
    """Stop after so many rounds without a better validation error."""
    learning_rate: Annotated[Positive, Between(0.02, 0.15, log=True)] = 0.1
    """How much of each tree counts."""
    leaves: Annotated[Count, Field(ge=2), Between(15, 127, log=True)] = 31
    """The most leaves of a tree."""
    windows_in_leaf: Annotated[Count, Between(50, 1000, log=True)] = 100
    """The fewest windows in a leaf; beyond 30, a thirtieth of all at most."""
    feature_fraction: Annotated[Part, Between(0.1, 0.8)] = 0.3
    """Share of the features that a tree may look at."""
    penalty: Annotated[NotNegative, Between(0.1, 100, log=True)] = 5.0
    """What the square of a leaf's value costs."""
    whole_share: Annotated[Share, Between(0.1, 0.9)] = 0.5
    """In how large a share of the windows every sensor speaks."""
    silent_share: Annotated[Share, Between(0.3, 0.9)] = 0.67
    """In how large a share of the others one sensor, any, is made silent, to learn to do without it."""
    outage_share: Annotated[Share, Between(0.05, 0.4)] = 0.15
    """How large a share of the rows is taken out, in outages of an hour to five days, where there are outages."""
    broken_share: Annotated[Share, Between(0.1, 0.5)] = 0.25
    """In how large a share of the windows there are."""
    most_windows: Count = 17_500
    """How many windows a booster learns from at most, drawn from all of the record for each."""
    features: FeatureSettings = FeatureSettings()
    """Which features it is given."""


@learner("curve_boosting", CurveBoostingHyperparameters(), training_milliseconds=20_000)
class CurveBoosting:
    """Gradient boosting of every lead of a curve, which does without any reading but the target's."""

    trained_with: ClassVar[tuple[str, ...]] = ("lightgbm",)
    packages: tuple[str, ...] = ("lightgbm",)

    def __init__(self, inputs: CurveInputs, trees: Sequence[str]) -> None:
        self._inputs, self._trees = inputs, tuple(trees)

    @classmethod
    def fit(cls, lesson: Lesson, chosen: CurveBoostingHyperparameters, tell: Tell) -> Self:
        """Grow a booster around each centre, on windows with sensors, the weather service and rows left out at random.

        Raises:
            TooFewReadingsError: where nothing is known of what came.
        """
        import_lean("lightgbm")
        if lesson.later is None:
            raise TooFewReadingsError("No later readings are there to learn a curve from.")
        later, builder = lesson.later, fed_at_all_leads(lesson, lesson.feature_builder(chosen.features))
        inputs = fit_inputs(lesson, later, builder, chosen.centres_hours, chosen.silent_share)
        generator = np.random.default_rng(lesson.seed)
        shares = (chosen.whole_share, chosen.broken_share, chosen.outage_share)
        pool = chosen.most_windows * len(inputs.centres_minutes)
        training = list(training_windows(inputs, lesson, later, pool, shares, generator))
        most = chosen.most_windows / sum(map(len, training))
        choosing = lesson.validation.part(slice(None, None, CHOOSING_APART if len(lesson.validation) > FEW else 1))
        served = np.zeros(len(choosing), bool)
        validation = CurveWindows(choosing, inputs, inputs.of_histories(choosing), served, later, "validation")
        trees = []
        for number in range(len(inputs.centres_minutes)):
            near = inputs.shares[:, number] / inputs.shares[:, number].sum()
            parts = [windows.drawn(near, most * len(windows), generator) for windows in training]
            features, wanted = (np.concatenate(both) for both in zip(*parts, strict=True))
            booster = grown(
                tree_parameters(
                    chosen, windows=len(lesson.train), seed=1000 * lesson.seed + number, threads=lesson.threads
                ),
                data_sets(((features, wanted), validation.drawn(near, len(validation), generator))),
                chosen.rounds,
                chosen.patience,
                telling(
                    tell,
                    chosen.rounds,
                    number=number,
                    boosters=len(inputs.centres_minutes),
                    unit=float(inputs.errors_array @ near),
                    at_first=True,
                ),
            )
            trees.append(booster.model_to_string(num_iteration=booster.best_iteration))
        return cls(inputs, trees)

    @property
    def parameters(self) -> int:
        """How many leaves all trees have together."""
        return leaves_of(self._boosters)

    @property
    def leads_minutes(self) -> tuple[float, ...]:
        """The leads of the curve, the shortest first."""
        return self._inputs.leads_minutes

    def forecast(self, histories: Histories) -> Forecasts:
        """Give the target at the histories' own horizon, or at that of each."""
        forecasts = np.empty(len(histories), np.float32)
        for place, batch in histories.batches():
            matrix = self._inputs.of_horizons(batch, *self._as_it_is(batch))
            forecasts[place] = matrix.last + self._changes(matrix)
        return forecasts

    def curves(self, histories: Histories) -> Forecasts:
        """Give the target at every lead, shape (histories, leads); it sets out from the last reading, and is smooth."""
        return self._curves(histories, self._as_it_is)

    def curves_with_parts_missing(self, histories: Histories, station: StationSchema, seed: int) -> Forecasts:
        """Give curves of histories from which sensors are left out at random, as in training: to see how far off."""
        inputs = self._inputs
        silenced = Silenced.of(inputs.of_histories, histories, inputs.builder.target, station)
        # The service is silent as often as each sensor is.
        alone = inputs.silent_share / (1 + len(silenced.of_sensors))
        unserved_share = alone + (1 - inputs.silent_share) * SILENT_TOGETHER
        generator = np.random.default_rng(seed)

        def show(batch: Histories) -> Shown:
            features = silenced.at_random(inputs.of_histories(batch), inputs.silent_share, generator)
            return features, inputs.unserved(len(batch), unserved_share, generator)

        return self._curves(histories, show)

    def usual(self, valid_seconds: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give what the target usually is at some times, in seconds since 1970."""
        return self._inputs.usual.at(valid_seconds)

    def _as_it_is(self, histories: Histories) -> Shown:
        return self._inputs.of_histories(histories), np.zeros(len(histories), bool)

    def _curves(self, histories: Histories, show: Callable[[Histories], Shown]) -> Forecasts:
        leads = np.asarray(self.leads_minutes)
        curves = np.empty((len(histories), len(leads)), np.float32)
        for first in range(0, len(histories), AT_A_TIME):
            batch = histories.part(slice(first, first + AT_A_TIME))
            features, unserved = show(batch)
            shown, silent = np.repeat(features, len(leads), axis=0), np.repeat(unserved, len(leads))
            matrix = self._inputs.of_horizons(batch.each_at(leads), shown, silent)
            deviations = (self._changes(matrix) - matrix.course).reshape(len(batch), -1) @ self._inputs.smoothing
            curves[first : first + len(batch)] = (matrix.last + matrix.course).reshape(len(batch), -1) + deviations
        return curves

    def _changes(self, matrix: Matrix) -> NDArray[np.float64]:
        """Give how far the target will be from its last reading, shape (rows,)."""
        total = np.zeros(len(matrix.features))
        for booster, share in zip(self._boosters, self._inputs.shares_at(matrix.minutes).T, strict=True):
            near = share > 0
            if near.any():
                total[near] += share[near] * np.asarray(booster.predict(matrix.features[near]))
        return total * matrix.scale

    def save(self, folder: Path) -> None:
        """Write `inputs.json` and each booster in LightGBM's own text format, compressed."""
        (folder / INPUTS_FILE).write_text(self._inputs.model_dump_json(), encoding="utf-8")
        for number, trees in enumerate(self._trees):
            packed = gzip.compress(trees.encode(), mtime=0)  # without the time: the same trees are the same file
            # No name that stores of artifacts take for a packed file: MLflow's are had back from S3 unpacked.
            (folder / f"booster-{number:02}.txt.packed").write_bytes(packed)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote."""
        inputs = CurveInputs.model_validate_json((folder / INPUTS_FILE).read_text(encoding="utf-8"))
        packed = sorted(folder.glob("booster-*.txt.*"))  # `.gz` in earlier times
        return cls(inputs, [gzip.decompress(path.read_bytes()).decode() for path in packed])

    @cached_property
    def _boosters(self) -> tuple[lightgbm.Booster, ...]:
        import_lean("lightgbm")  # not before it is needed: it stands beside a model that may do without it
        import lightgbm

        return tuple(lightgbm.Booster(model_str=trees) for trees in self._trees)
