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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from jena_models.errors import TooFewReadingsError
from jena_models.features.curve_inputs import CurveInputs, Matrix
from jena_models.features.feature_settings import FeatureSettings
from jena_models.features.histories import Histories
from jena_models.features.silence import Generator, Silenced, Values, with_outages
from jena_models.models.learner import Forecasts, Lesson, Round, Tell
from jena_models.models.registry import LearnerHyperparameters, learner
from jena_models.optional_imports import import_lean
from jena_models.options.quantities import Count, Positive
from jena_models.stations.schema import StationSchema
from jena_models.tuning.ranges import Between

if TYPE_CHECKING:
    import lightgbm

INPUTS_FILE: Final = "inputs.json"
ROUNDS_BETWEEN_TELLING: Final = 10
AT_A_TIME: Final = 1024
"""Histories whose curves are computed at a time: 30 MB of features for 48 leads."""
CHOOSING_APART: Final = 3
"""Every so-many-th validation window tells when to stop: those between say the same."""


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
    """The fewest windows in a leaf."""
    feature_fraction: Annotated[Positive, Between(0.1, 0.8)] = 0.3
    """Share of the features that a tree may look at."""
    penalty: Annotated[Positive, Between(0.1, 100, log=True)] = 5.0
    """What the square of a leaf's value costs."""
    whole_share: Annotated[Positive, Between(0.1, 0.9)] = 0.5
    """In how large a share of the windows every sensor speaks."""
    silent_share: Annotated[Positive, Between(0.3, 0.9)] = 0.67
    """In how large a share of the others one sensor, any, is made silent, to learn to do without it."""
    outage_share: Annotated[Positive, Between(0.05, 0.4)] = 0.15
    """How large a share of the rows is taken out, in outages of an hour to five days, where there are outages."""
    broken_share: Annotated[Positive, Between(0.1, 0.5)] = 0.25
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
        """Grow a booster around each centre, on windows with sensors and rows left out at random.

        Raises:
            TooFewReadingsError: where no lead has a target in training and in validation.
        """
        import_lean("lightgbm")
        import lightgbm

        later = lesson.later
        if later is None:
            raise TooFewReadingsError("No later readings are there to learn a curve from.")
        inputs = _inputs(lesson, chosen)
        generator = np.random.default_rng(lesson.seed)
        training = list(_training_windows(inputs, lesson, chosen, generator))
        choosing = lesson.validation.part(slice(None, None, CHOOSING_APART))
        validation = [_Windows(choosing, inputs, inputs.of_histories(choosing))]
        trees = []
        for number in range(len(inputs.centres_minutes)):
            shares = inputs.shares[:, number] / inputs.shares[:, number].sum()
            sets = []
            for split, windows in (("train", training), ("validation", validation)):
                most = chosen.most_windows if split == "train" else sum(map(len, windows))
                share = min(1.0, most / sum(map(len, windows)))
                parts = [each.drawn(split, shares, share, lesson, generator) for each in windows]
                features, wanted = (np.concatenate(both) for both in zip(*parts, strict=True))
                names = [f"f{place}" for place in range(features.shape[1])]
                sets.append(lightgbm.Dataset(features, wanted, feature_name=names, params={"verbosity": -1}))
            sets[1].reference = sets[0]
            booster = lightgbm.train(
                _parameters(chosen, lesson, number),
                sets[0],
                chosen.rounds,
                valid_sets=sets,
                valid_names=["train", "validation"],
                callbacks=[
                    _telling(tell, chosen, number, len(inputs.centres_minutes), float(inputs.errors_array @ shares)),
                    lightgbm.early_stopping(chosen.patience, verbose=False),
                ],
            )
            trees.append(booster.model_to_string(num_iteration=booster.best_iteration))
        return cls(inputs, trees)

    @property
    def parameters(self) -> int:
        """How many leaves all trees have together."""
        return sum(tree["num_leaves"] for booster in self._boosters for tree in booster.dump_model()["tree_info"])

    @property
    def leads_minutes(self) -> tuple[float, ...]:
        """The leads of the curve, the shortest first."""
        return self._inputs.leads_minutes

    def forecast(self, histories: Histories) -> Forecasts:
        """Give the target at the histories' own horizon, or at that of each."""
        forecasts = np.empty(len(histories), np.float32)
        first = 0
        for batch in histories.batches():
            matrix = self._inputs.of_horizons(batch, self._inputs.of_histories(batch))
            forecasts[first : first + len(batch)] = matrix.last + self._changes(matrix)
            first += len(batch)
        return forecasts

    def curves(self, histories: Histories) -> Forecasts:
        """Give the target at every lead, shape (histories, leads); it sets out from the last reading, and is smooth."""
        return self._curves(histories, self._inputs.of_histories)

    def curves_with_parts_missing(self, histories: Histories, station: StationSchema, seed: int) -> Forecasts:
        """Give curves of histories from which sensors are left out at random, as in training: to see how far off."""
        show = self._inputs.of_histories
        silenced = Silenced.of(show, histories, self._inputs.builder.target, station)
        generator = np.random.default_rng(seed)
        return self._curves(
            histories, lambda batch: silenced.at_random(show(batch), self._inputs.silent_share, generator)
        )

    def usual(self, valid_seconds: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give what the target usually is at some times, in seconds since 1970."""
        return self._inputs.usual.at(valid_seconds)

    def _curves(self, histories: Histories, show: Any) -> Forecasts:
        leads = np.asarray(self.leads_minutes)
        curves = np.empty((len(histories), len(leads)), np.float32)
        for first in range(0, len(histories), AT_A_TIME):
            batch = histories.part(slice(first, first + AT_A_TIME))
            matrix = self._inputs.of_horizons(batch.each_at(leads), np.repeat(show(batch), len(leads), axis=0))
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
            (folder / f"booster-{number:02}.txt.gz").write_bytes(packed)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote."""
        inputs = CurveInputs.model_validate_json((folder / INPUTS_FILE).read_text(encoding="utf-8"))
        packed = sorted(folder.glob("booster-*.txt.gz"))
        return cls(inputs, [gzip.decompress(path.read_bytes()).decode() for path in packed])

    @cached_property
    def _boosters(self) -> tuple[lightgbm.Booster, ...]:
        import_lean("lightgbm")  # not before it is needed: it stands beside a model that may do without it
        import lightgbm

        return tuple(lightgbm.Booster(model_str=trees) for trees in self._trees)


@dataclass(frozen=True)
class _Windows:
    """Windows whose features of the history are known, to draw leads for."""

    histories: Histories
    inputs: CurveInputs
    features: Values

    def __len__(self) -> int:
        return len(self.histories)

    def drawn(
        self,
        split: str,
        shares: NDArray[np.float64],
        share: float,
        lesson: Lesson,
        generator: Generator,
    ) -> tuple[Values, NDArray[np.float64]]:
        """Give features and what is wanted of a share of the windows, each at a lead that is drawn for it."""
        assert lesson.later is not None  # noqa: S101  (asked by the caller)
        few = np.sort(generator.permutation(len(self))[: round(share * len(self))])
        minutes = generator.choice(np.asarray(self.inputs.leads_minutes), len(few), p=shares)
        histories = replace(self.histories.part(few), horizon_minutes=minutes)
        matrix = self.inputs.of_horizons(histories, self.features[few])
        measured = lesson.later.after(split, histories.rows[:, -1], minutes)
        wanted = (measured - matrix.last) / matrix.scale
        known = np.isfinite(wanted)
        return matrix.features[known], wanted[known]


def _training_windows(
    inputs: CurveInputs, lesson: Lesson, chosen: CurveBoostingHyperparameters, generator: Generator
) -> Iterator[_Windows]:
    """Give windows, some as they are and the others with outages, sensors silent in some of both."""
    apart = max(1, len(lesson.train) // (chosen.most_windows * len(inputs.centres_minutes)))
    windows = lesson.train.part(slice(None, None, apart))
    silenced = Silenced.of(inputs.of_histories, lesson.train, lesson.target, lesson.station)
    is_broken = generator.random(len(windows)) < chosen.broken_share
    whole, broken = (windows.part(np.flatnonzero(mask)) for mask in (~is_broken, is_broken))
    if len(broken):
        broken = replace(broken, readings=with_outages(broken, chosen.outage_share, generator))
    for histories in (whole, broken):
        features = inputs.of_histories(histories)
        shown = silenced.at_random(features, chosen.silent_share, generator)
        speak = generator.random(len(features)) < chosen.whole_share
        shown[speak] = features[speak]
        yield _Windows(histories, inputs, shown)


def _inputs(lesson: Lesson, chosen: CurveBoostingHyperparameters) -> CurveInputs:
    """Give what histories become, for those leads that have targets to learn from and to choose by."""
    later = lesson.later
    assert later is not None  # noqa: S101  (asked by the caller)
    builder = lesson.feature_builder(chosen.features)
    errors, place = {}, lesson.train.columns.index(lesson.target)
    for minutes in lesson.leads_minutes:
        found = []
        for split, histories in (("train", lesson.train), ("validation", lesson.validation)):
            now = histories.rows[:, -1]
            found.append(np.abs(later.after(split, now, minutes) - histories.readings[now, place]))
        if all(np.isfinite(part).any() for part in found):
            errors[minutes] = float(np.nanmean(found[0]))
    if not errors:
        raise TooFewReadingsError("No lead of the curve has a target in training and in validation; set leads_hours.")
    least = max(errors.values()) * 1e-6 or 1.0
    return CurveInputs(
        builder=builder,
        leads_minutes=tuple(errors),
        errors=tuple(max(error, least) for error in errors.values()),
        centres_minutes=_centres(tuple(errors), chosen),
        silent_share=chosen.silent_share,
    )


def _centres(leads_minutes: tuple[float, ...], chosen: CurveBoostingHyperparameters) -> tuple[float, ...]:
    """Give the leads nearest to those that were chosen, the first and the last among them."""
    first, last = leads_minutes[0], leads_minutes[-1]
    leads = np.asarray(leads_minutes)
    within = [60 * hours for hours in chosen.centres_hours if first < 60 * hours < last]
    nearest = {float(leads[np.abs(leads - centre).argmin()]) for centre in within}
    return tuple(sorted({first, last, *nearest}))


def _parameters(chosen: CurveBoostingHyperparameters, lesson: Lesson, number: int) -> dict[str, Any]:
    return {
        "objective": "regression_l1",
        "metric": "l1",
        "num_leaves": chosen.leaves,
        "learning_rate": chosen.learning_rate,
        "min_data_in_leaf": chosen.windows_in_leaf,
        "feature_fraction": chosen.feature_fraction,
        "lambda_l2": chosen.penalty,
        "extra_trees": True,
        "num_threads": lesson.threads or 0,
        "seed": 1000 * lesson.seed + number,
        "deterministic": True,
        "force_col_wise": True,
        "verbosity": -1,
    }


def _telling(tell: Tell, chosen: CurveBoostingHyperparameters, number: int, boosters: int, error: float) -> Any:
    def after_round(environment: Any) -> None:
        done = environment.iteration + 1
        if done % ROUNDS_BETWEEN_TELLING == 0 or done == 1:
            errors = {name: error * value for name, _, value, *_ in environment.evaluation_result_list}
            every = boosters * chosen.rounds
            tell(Round(number * chosen.rounds + done, every, errors["train"], errors["validation"]))

    return after_round
