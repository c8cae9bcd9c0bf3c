"""Ensemble model output statistics: a normal distribution, its mean and spread from what the weather service says."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar, Final, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from jena_models.architectures.service_forecast import (
    ServiceColumn,
    ServiceForecast,
    ServiceForecastHyperparameters,
    fit_column,
)
from jena_models.evaluation.probability_scores import ROOT_PI, crps_normal
from jena_models.features.almanac.calendar import year_angle
from jena_models.features.almanac.seasonal_waves import waves_that_are_told
from jena_models.features.feature_builder import FeatureBuilder
from jena_models.features.histories import Histories
from jena_models.features.scaling import Scaling, fit_scaling
from jena_models.features.service_vector import SERVICE_ALONE
from jena_models.frozen import Frozen
from jena_models.models.learner import Forecasts, Lesson, Round, Tell, mean_error
from jena_models.models.registry import LearnerHyperparameters, learner
from jena_models.options.quantities import NotNegative

EMOS_FILE: Final = "emos.json"
SEASONS: Final = 2
"""Waves of the year in mean and spread, at most."""
MOST_WINDOWS: Final = 40_000
"""More tell nothing more of so few coefficients."""
SPREAD_LIMITS: Final = (-5.0, 5.0)
"""Of the logarithm of the spread, in the target's scale: what lies beyond is no forecast."""
ITERATIONS: Final = 300
OWN: Final = ("error", "less reading")
"""Beside the service's value: how far it was off lately."""

Values = NDArray[np.float64]
Predictors = Literal["own", "all"]


class EmosHyperparameters(LearnerHyperparameters):
    """Of EMOS; what is named more than once is chosen on validation."""

    predictors: tuple[Predictors, ...] = ("own", "all")
    """What the mean follows: the service's value of the target, its late errors and the season; or all it says."""
    penalties: Annotated[tuple[NotNegative, ...], Field(min_length=1)] = (1e-4, 1e-3, 1e-2)
    """What the square of a coefficient costs, in the target's scale."""
    curve: ServiceForecastHyperparameters = ServiceForecastHyperparameters()
    """How the service's value becomes one of the target, where it is of another quantity."""


class EmosCoefficients(Frozen):
    """All that EMOS has learnt."""

    builder: FeatureBuilder
    service: ServiceColumn
    mean_features: tuple[int, ...]
    """Which features the mean follows."""
    spread_features: tuple[int, ...]
    """Which features the logarithm of the spread follows, by their own logarithm."""
    scaling: Scaling
    mean: tuple[float, ...]
    spread: tuple[float, ...]
    target_scale: float
    predictors: Predictors
    penalty: float
    seasons: int = SEASONS
    """Waves of the year; coefficients that were kept before this was counted have all."""


@learner("emos", EmosHyperparameters(), training_milliseconds=5_000)
class Emos:
    """A normal distribution about the weather service's forecast, fitted by its CRPS."""

    trained_with: ClassVar[tuple[str, ...]] = ()
    packages: tuple[str, ...] = ()

    def __init__(self, learnt: EmosCoefficients) -> None:
        self.learnt = learnt

    @classmethod
    def fit(cls, lesson: Lesson, chosen: EmosHyperparameters, tell: Tell) -> Self:
        """Fit mean and spread together by the least CRPS, for each set of predictors and penalty; keep the best.

        Gneiting, Raftery, Westveld and Goldman (2005), Monthly Weather Review 133; the least is found by L-BFGS.

        Raises:
            TrainingError: where the station names no forecasts.
        """
        service = fit_column(lesson, chosen.curve)
        builder = lesson.feature_builder(SERVICE_ALONE)
        names = builder.names(lesson.train)
        ways = [(predictors, penalty) for predictors in chosen.predictors for penalty in chosen.penalties]
        best: tuple[float, Emos | None] = (np.inf, None)
        every = slice(None, None, max(1, -(-len(lesson.train) // MOST_WINDOWS)))
        train, target = lesson.train.part(every), lesson.train_target[every].astype(np.float64)
        features, later = builder.build(train), builder.build(lesson.validation)
        said = _said(service, builder, train)
        # A wave that half a year was fitted to is anything in the other half.
        seasons = waves_that_are_told(train.valid_seconds[np.isfinite(said)], SEASONS)
        for number, (predictors, penalty) in enumerate(ways, start=1):
            spread = tuple(place for place, name in enumerate(names) if name.endswith(" spread"))
            mean = tuple(place for place, name in enumerate(names) if _is_asked(name, predictors))
            model = cls(
                _fitted(
                    EmosCoefficients(
                        builder=builder,
                        service=service,
                        mean_features=mean,
                        spread_features=spread,
                        scaling=fit_scaling(_inputs(features, mean, spread, said)),
                        mean=(),
                        spread=(),
                        target_scale=lesson.target_scale,
                        predictors=predictors,
                        penalty=penalty,
                        seasons=seasons,
                    ),
                    features,
                    train,
                    target,
                )
            )
            score = model._score(later, lesson.validation, lesson.validation_target)
            mae = mean_error(model._distribution(features, train)[0].astype(np.float32), target)
            val = mean_error(
                model._distribution(later, lesson.validation)[0].astype(np.float32), lesson.validation_target
            )
            tell(Round(number, len(ways), mae, val))
            best = min(best, (score, model), key=lambda pair: pair[0])
        assert best[1] is not None  # noqa: S101 - there is a way at least
        return best[1]  # type: ignore[return-value]

    @property
    def parameters(self) -> int:
        """How many coefficients were fitted."""
        return len(self.learnt.mean) + len(self.learnt.spread)

    def is_fed(self, histories: Histories) -> NDArray[np.bool_]:
        """Tell of which valid times a run says what the mean sets out from, shape (histories,)."""
        return np.isfinite(self.learnt.service.of(histories))

    def forecast(self, histories: Histories) -> Forecasts:
        """Give the mean of each distribution; the service's forecast as it is known, else what is usual."""
        mean = self.distribution(histories)[0]
        plain = ServiceForecast(self.learnt.service).forecast(histories)
        return np.where(np.isnan(mean), plain, mean).astype(np.float32)

    def distribution(self, histories: Histories) -> tuple[Values, Values]:
        """Give mean and standard deviation of the normal distribution of each, NaN where no run is known."""
        return self._distribution(self.learnt.builder.build(histories), histories)

    def _distribution(self, features: NDArray[np.float32], histories: Histories) -> tuple[Values, Values]:
        learnt, said = self.learnt, _said(self.learnt.service, self.learnt.builder, histories)
        inputs = learnt.scaling(_inputs(features, learnt.mean_features, learnt.spread_features, said))
        of_mean, of_spread = _columns(inputs.astype(np.float64), learnt, histories)
        mean = said + learnt.target_scale * (of_mean @ np.asarray(learnt.mean))
        spread = np.exp(np.clip(of_spread @ np.asarray(learnt.spread), *SPREAD_LIMITS)) * learnt.target_scale
        return mean, np.where(np.isnan(mean), np.nan, spread)

    def _score(self, features: NDArray[np.float32], histories: Histories, target: NDArray[np.floating]) -> float:
        mean, spread = self._distribution(features, histories)
        return float(np.nanmean(crps_normal(mean, spread, target.astype(np.float64))))

    def save(self, folder: Path) -> None:
        """Write `emos.json`."""
        (folder / EMOS_FILE).write_text(self.learnt.model_dump_json(), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read `emos.json`."""
        return cls(EmosCoefficients.model_validate_json((folder / EMOS_FILE).read_text(encoding="utf-8")))


def _said(service: ServiceColumn, builder: FeatureBuilder, histories: Histories) -> Values:
    """Give what the mean sets out from: where another source speaks, what the first is to be expected to say."""
    return service.of(histories) if service.curve else builder.said(histories)


def _is_asked(name: str, predictors: Predictors) -> bool:
    if name.endswith(" spread"):
        return False
    return predictors == "all" or any(part in name for part in OWN)


def _inputs(
    features: NDArray[np.float32], mean: tuple[int, ...], spread: tuple[int, ...], said: Values
) -> NDArray[np.float32]:
    """Give what is scaled: the service's value, the features of the mean, and the logarithms of the spreads."""
    given = features[:, list(spread)].astype(np.float64)
    logarithms = np.log(np.where(given > 0, given, np.nan))
    return np.column_stack([said, features[:, list(mean)], logarithms]).astype(np.float32)


def _columns(inputs: Values, learnt: EmosCoefficients, histories: Histories) -> tuple[Values, Values]:
    """Give the columns that mean and spread follow, the first a constant."""
    angle = year_angle(histories.valid_seconds)
    season = [wave(number * angle) for number in range(1, learnt.seasons + 1) for wave in (np.sin, np.cos)]
    constant = np.ones(len(inputs))
    first_spread = 1 + len(learnt.mean_features)
    of_mean = np.column_stack([constant, *season, inputs[:, :first_spread]])
    of_spread = np.column_stack([constant, *season, inputs[:, :1], inputs[:, first_spread:]])
    return of_mean, of_spread


def _fitted(
    begun: EmosCoefficients, features: NDArray[np.float32], train: Histories, target: Values
) -> EmosCoefficients:
    """Give the coefficients of the least mean CRPS, in the target's scale; all but the constants have their price."""
    from scipy.optimize import minimize
    from scipy.special import ndtr

    said = _said(begun.service, begun.builder, train)
    known = np.isfinite(said) & np.isfinite(target)
    inputs = begun.scaling(_inputs(features, begun.mean_features, begun.spread_features, said)).astype(np.float64)
    of_mean, of_spread = (columns[known] for columns in _columns(inputs, begun, train))
    off = (target - said)[known] / begun.target_scale
    count, width = len(off), of_mean.shape[1]

    def loss(weights: Values) -> tuple[float, Values]:
        mean, spread = weights[:width], weights[width:]
        logarithm = of_spread @ spread
        deviation = np.exp(np.clip(logarithm, *SPREAD_LIMITS))
        distance = (off - of_mean @ mean) / deviation
        likely, density = 2 * ndtr(distance) - 1, np.exp(-0.5 * distance**2) / np.sqrt(2 * np.pi)
        score = deviation * (distance * likely + 2 * density - 1 / ROOT_PI)
        by_mean, by_spread = -likely, deviation * (2 * density - 1 / ROOT_PI)
        by_spread = np.where((logarithm > SPREAD_LIMITS[0]) & (logarithm < SPREAD_LIMITS[1]), by_spread, 0.0)
        slope = np.concatenate([of_mean.T @ by_mean, of_spread.T @ by_spread]) / count
        free = weights.copy()
        free[[0, width]] = 0.0
        return float(score.mean() + begun.penalty * (free**2).sum()), slope + 2 * begun.penalty * free

    start = np.zeros(width + of_spread.shape[1])
    start[width] = np.log(max(float(np.std(off)), 1e-3))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": ITERATIONS}).x
    return begun.model_copy(update={"mean": tuple(found[:width].tolist()), "spread": tuple(found[width:].tolist())})
