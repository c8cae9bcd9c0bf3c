"""Candidates trained, chosen on validation, trained again on all that may be, and scored once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.weather_service.described_sets import Candidate, DescribedSet
from benchmarks.weather_service.records import GREGORIAN_CYCLE, Record, Windows, some_windows_of, windows_of
from jena_models.architectures import find_architecture
from jena_models.architectures.emos import Emos
from jena_models.architectures.ensemble import BLOCKS, fit_weights
from jena_models.architectures.gradient_boosting import Boosting
from jena_models.evaluation.probability_scores import crps_normal
from jena_models.models.learner import Learner, Lesson
from jena_models.windows.normalization import TEMPERATURE_DEVIATION

BLEND: Final = "blend"
"""Candidates mixed by what validation says: with weights fitted there, or the best ones alike. There each stretch is
blended by what the others say."""
MEAN: Final = "mean of learners"
"""All candidates but the service as it is, each counting the same."""
SERVICE: Final = "weather_service"
FED: Final = (SERVICE, "emos")
"""Architectures that forecast nothing where no run is known."""
LEVELS: Final = (0.8, 0.9)

Values = NDArray[np.float64]
Pair = tuple[Windows, Windows]
"""What is trained on, and what is forecast then."""


@dataclass(frozen=True)
class Forecasts:
    """What was forecast of one part, by candidate."""

    windows: Windows
    by_name: Mapping[str, Values]
    spread: Values | None
    """Standard deviation of EMOS's distribution, where it is among the candidates."""

    def part(self, picked: NDArray[np.bool_]) -> Forecasts:
        """Give the forecasts of some windows."""
        windows = replace(self.windows, target=self.windows.target[picked], series=self.windows.series[picked])
        by_name = {name: said[picked] for name, said in self.by_name.items()}
        return Forecasts(windows, by_name, None if self.spread is None else self.spread[picked])


@dataclass(frozen=True)
class Tried:
    """A record's candidates on validation and on test."""

    validation: Forecasts
    test: Forecasts
    weights: Mapping[str, float]
    """Of the blend, by candidate."""


def tried(record: Record, told: DescribedSet, threads: int = 1) -> Tried:
    """Train every candidate on what lies before each stretch of validation, and last on all that is given.

    The last training takes what validation chose: how many trees, in the mean of the stretches, and EMOS's predictors.
    Where a set is trained again every so many months, each of these trainings takes it, and no other is scored.
    """
    stretches = range(len(told.validation) - 1)
    parts = [[some_windows_of(record, told, part, each) for part in ("train", "validation")] for each in stretches]
    everything, test = (some_windows_of(record, told, part) for part in ("train", "test"))
    last = parts[-1][1]
    again = retrainings(record, told) if told.retrained_months else None
    chosen_by = [after for _, after in (again[0] if again else parts)]
    validation, stretches_of = together(chosen_by), blocks(chosen_by)
    test = together([after for _, after in again[1]]) if again else test
    chosen: dict[str, Values] = {}
    later: dict[str, Values] = {}
    spreads: list[Values | None] = [None, None]
    for candidate in told.candidates:
        hyperparameters = candidate.chosen()
        models = [
            taught(candidate, lesson_of(record, before, after, threads), hyperparameters) for before, after in parts
        ]
        found = as_chosen(models, hyperparameters)
        if again:
            made = [
                [
                    (taught(candidate, lesson_of(record, before, before, threads), found), after)
                    for before, after in part
                ]
                for part in again
            ]
        else:
            at_last = taught(candidate, lesson_of(record, everything, last, threads), found)
            made = [[(model, part[1]) for model, part in zip(models, parts, strict=True)], [(at_last, test)]]
        for by_candidate, forecasters in zip((chosen, later), made, strict=True):
            said = [limited(model, windows, record) for model, windows in forecasters]
            by_candidate[candidate.name] = np.concatenate(said)
        if isinstance(models[-1], Emos):
            spreads = [np.concatenate([_spread(*each) for each in forecasters]) for forecasters in made]
    single = Forecasts(validation, dict(chosen), spreads[0])
    by_name = weights_of(single, told)
    learners = [each.name for each in told.candidates if each.architecture != SERVICE]
    for forecasts in (chosen, later):
        forecasts[MEAN] = np.mean([forecasts[name] for name in learners], axis=0)
    chosen[BLEND] = blended_crosswise(single, told, stretches_of)
    later[BLEND] = _blended(later, by_name)
    return Tried(Forecasts(validation, chosen, spreads[0]), Forecasts(test, later, spreads[1]), by_name)


def weights_of(validation: Forecasts, told: DescribedSet) -> dict[str, float]:
    """Give each candidate's weight in the blend, by its forecasts of validation."""
    names = list(validation.by_name)
    if told.blend_of is None:
        said = [validation.by_name[name].astype(np.float32) for name in names]
        return dict(zip(names, fit_weights(said, validation.windows.target).tolist(), strict=True))
    best = sorted(names, key=lambda name: scores(validation, name)[told.score])[: told.blend_of]
    return {name: (name in best) / len(best) for name in names}


def blended_crosswise(validation: Forecasts, told: DescribedSet, stretches: NDArray[np.intp]) -> Values:
    """Give what the blend says of each stretch with weights of the other stretches, as the ensemble is judged.

    By weights that had seen the target a blend would be chosen over candidates that have not.
    """
    said = np.empty(len(validation.windows))
    for stretch in np.unique(stretches):
        within = stretches == stretch
        said[within] = _blended(validation.by_name, weights_of(validation.part(~within), told))[within]
    return said


def blocks(parts: Sequence[Windows]) -> NDArray[np.intp]:
    """Tell which part each window is of; where there is but one, which of eight blocks in the order of time."""
    if len(parts) > 1:
        return np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    times = parts[0].histories.valid_seconds % GREGORIAN_CYCLE
    return np.argsort(np.argsort(times, kind="stable")) * BLOCKS // len(times)


def _blended(forecasts: Mapping[str, Values], weights: Mapping[str, float]) -> Values:
    return np.asarray(np.sum([weight * forecasts[name] for name, weight in weights.items()], axis=0))


def retrainings(record: Record, told: DescribedSet) -> tuple[list[Pair], list[Pair]]:
    """Give what is trained on and what is then forecast, month by month, through validation and through the test.

    A training sees only what was measured when the first of its forecasts was issued.
    """
    assert told.retrained_months  # noqa: S101 - the caller asked
    assert not isinstance(told.test, str)  # noqa: S101 - holes are refused with it
    found = []
    for first, end in ((told.validation[0], told.validation[-1]), told.test):
        borders = tuple(pd.date_range(first, end, freq=pd.DateOffset(months=told.retrained_months)).to_pydatetime())
        borders = borders if borders[-1] == end else (*borders, end)
        asked = told.model_copy(update={"validation": borders})
        known = tuple(border - timedelta(hours=max(told.leads_hours)) for border in borders)
        given = told.model_copy(update={"validation": known})
        pairs = [
            (windows_of(record, given, "train", each), windows_of(record, asked, "validation", each))
            for each in range(len(borders) - 1)
        ]
        found.append([pair for pair in pairs if len(pair[1])])
    return found[0], found[1]


def scores(forecasts: Forecasts, name: str, series: int | None = None) -> dict[str, float]:
    """Give MAE, RMSE and, with EMOS's spread about the forecast, CRPS and the share within 80 and 90 %."""
    from scipy.stats import norm

    picked = slice(None) if series is None else forecasts.windows.series == series
    said, came = forecasts.by_name[name][picked], forecasts.windows.target[picked].astype(np.float64)
    off = said - came
    found = {"windows": float(len(off)), "mae": float(np.abs(off).mean()), "rmse": float(np.sqrt((off**2).mean()))}
    if forecasts.spread is None:
        return found
    spread = forecasts.spread[picked]
    known = np.isfinite(spread)
    found["crps"] = float(crps_normal(said[known], spread[known], came[known]).mean())
    for level in LEVELS:
        reach = norm.ppf((1 + level) / 2) * spread[known]
        found[f"within_{level * 100:.0f}"] = float((np.abs(off[known]) <= reach).mean())
    return found


def lesson_of(record: Record, train: Windows, validation: Windows, threads: int) -> Lesson:
    """Give what a candidate learns from."""
    scale = float(np.nanstd(record.measured[:, record.target_place])) / TEMPERATURE_DEVIATION
    return Lesson(
        train=train.histories,
        train_target=train.target,
        validation=validation.histories,
        validation_target=validation.target,
        target=record.station.target,
        station=record.station,
        seed=20,
        threads=threads,
        target_scale=scale,
    )


def taught(candidate: Candidate, lesson: Lesson, chosen: Any) -> Learner:
    """Train a candidate."""
    learner = find_architecture(candidate.architecture).learner
    assert learner is not None  # noqa: S101 - a candidate is a learner
    return learner.fit(lesson, chosen, lambda _: None)


def as_chosen(models: Sequence[Learner], chosen: Any) -> Any:
    """Give hyper-parameters that stand for what validation chose, so that it may be trained on too."""
    if isinstance(models[-1], Emos):
        found = [model.learnt for model in models if isinstance(model, Emos)]
        predictors = Counter(each.predictors for each in found).most_common(1)[0][0]
        penalty = float(np.exp(np.mean([np.log(each.penalty) for each in found])))
        return chosen.model_copy(update={"predictors": (predictors,), "penalties": (penalty,)})
    if isinstance(models[-1], Boosting):
        rounds = max(1, round(np.mean([model.rounds for model in models if isinstance(model, Boosting)])))
        return chosen.model_copy(update={"rounds": rounds, "patience": rounds})
    return chosen


def _spread(model: Learner, windows: Windows) -> Values:
    assert isinstance(model, Emos)  # noqa: S101 - the caller asked
    return model.distribution(windows.histories)[1]


def together(parts: Sequence[Windows]) -> Windows:
    """Give the targets and series of several parts; the histories are those of the first."""
    target, series = (np.concatenate([getattr(part, name) for part in parts]) for name in ("target", "series"))
    return Windows(parts[0].histories, target, series)


def limited(model: Learner, windows: Windows, record: Record) -> Values:
    """Give a model's forecasts of windows, within what the target can be."""
    return record.limited(model.forecast(windows.histories).astype(np.float64))
