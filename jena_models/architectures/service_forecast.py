"""The weather service's forecast as it is; of another quantity than the target, through a curve fitted to what came."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar, Final, Literal, Self, get_args

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from jena_models.errors import TrainingError
from jena_models.features.almanac.seasonal_waves import Climatology, climatology_of
from jena_models.features.histories import Histories
from jena_models.features.service.service_curve import BINS, Centre, nearest_curve
from jena_models.features.service_inputs import service_value
from jena_models.features.starting_point import latest
from jena_models.frozen import Frozen
from jena_models.models.learner import Forecasts, Lesson, Tell, mean_error
from jena_models.models.registry import LearnerHyperparameters, learner
from jena_models.tuning.ranges import Between
from jena_models.weather_service.service_runs import known_then

SERVICE_FILE: Final = "service_forecast.json"
YEARLY_WAVES, DAILY_WAVES = 2, 3

Values = NDArray[np.float64]
WhereSilent = Literal["usual", "last reading"]


class ServiceForecastHyperparameters(LearnerHyperparameters):
    """Of the weather service's own forecast."""

    bins: Annotated[int, Field(ge=2), Between(20, 200, log=True)] = BINS
    """Of a forecast of another quantity: into how many parts of as many windows its values are divided."""
    centre: Centre = "median"
    """What the curve gives of each part: the median has the least absolute error, the mean the least square."""


class ServiceColumn(Frozen):
    """Which column of which source the forecast is made from, and how."""

    source: str
    column: str
    curve_at: tuple[float, ...] = ()
    """Values of the service's column; none where it is a forecast of the target itself."""
    curve: tuple[float, ...] = ()
    """What the target was there, in its own unit, never falling or never rising."""
    usual: Climatology
    """What stands in where no run is known, unless the last reading does."""
    target: str
    where_silent: WhereSilent = "usual"
    """What is nearer on validation; of a record of some months what is usual tells little of the next season."""

    def of(self, histories: Histories) -> Values:
        """Give the forecast, shape (histories,), NaN where no run is known.

        Where it is a forecast of the target itself, others of the target speak where this one is silent.
        """
        if not self.curve:
            return service_value(histories, self.target)
        for runs in histories.service.sources if histories.service else ():
            if runs.name == self.source and self.column in runs.columns:
                known = known_then(runs, histories.issue_seconds, histories.valid_seconds)
                return np.interp(known.values[:, runs.columns.index(self.column)], self.curve_at, self.curve)
        return np.full(len(histories), np.nan)

    def without_run(self, histories: Histories) -> Values:
        """Give what stands in where no run is known, shape (histories,), NaN where nothing was read."""
        last = latest(histories, self.target)
        if self.where_silent == "last reading":
            return last
        return np.where(np.isnan(last), np.nan, self.usual.at(histories.valid_seconds))

    def nearer_without_run(self, lesson: Lesson) -> ServiceColumn:
        """Give it with that of both which is nearer on validation."""
        both = [self.model_copy(update={"where_silent": way}) for way in get_args(WhereSilent)]
        errors = [mean_error(each.without_run(lesson.validation), lesson.validation_target) for each in both]
        return both[1] if errors[1] < errors[0] else both[0]


@learner("weather_service", ServiceForecastHyperparameters(), training_milliseconds=200)
class ServiceForecast:
    """The weather service's forecast as it is."""

    trained_with: ClassVar[tuple[str, ...]] = ()
    packages: tuple[str, ...] = ()

    def __init__(self, learnt: ServiceColumn) -> None:
        self.learnt = learnt

    @classmethod
    def fit(cls, lesson: Lesson, chosen: ServiceForecastHyperparameters, tell: Tell) -> Self:
        """Take the column that forecasts the target, else the one whose curve is nearest to it on validation.

        Raises:
            TrainingError: where the station names no forecasts.
        """
        model = cls(fit_column(lesson, chosen))
        tell(lesson.only_round(model))
        return model

    @property
    def parameters(self) -> int:
        """How many numbers were fitted: those of the curve, or one that says which column it is."""
        return max(1, len(self.learnt.curve))

    def is_fed(self, histories: Histories) -> NDArray[np.bool_]:
        """Tell of which valid times a run says what the forecast is made from, shape (histories,)."""
        return np.isfinite(self.learnt.of(histories))

    def forecast(self, histories: Histories) -> Forecasts:
        """Give what the service says of each valid time; what is usual, or the last reading, where no run is known."""
        said = self.learnt.of(histories)
        return np.where(np.isnan(said), self.learnt.without_run(histories), said).astype(np.float32)

    def save(self, folder: Path) -> None:
        """Write `service_forecast.json`."""
        (folder / SERVICE_FILE).write_text(self.learnt.model_dump_json(indent=2), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read `service_forecast.json`."""
        return cls(ServiceColumn.model_validate_json((folder / SERVICE_FILE).read_text(encoding="utf-8")))


def fit_column(lesson: Lesson, chosen: ServiceForecastHyperparameters) -> ServiceColumn:
    """Give which column the forecast is made from, and its curve where it is of another quantity than the target.

    Raises:
        TrainingError: where the station names no forecasts, or none is known of the windows to train on.
    """
    train = lesson.train
    if train.service is None:
        raise TrainingError(
            "No forecasts of a weather service are known of the windows to train on, so there is nothing to forecast "
            "with; leave out weather_service and emos, or add 'forecasts' to the station file."
        )
    usual = climatology_of(train, lesson.target, yearly=YEARLY_WAVES, daily=DAILY_WAVES)
    if lesson.knows_service:
        runs, place = train.service.forecasting(lesson.target)[0]
        plain = ServiceColumn(source=runs.name, column=runs.columns[place], usual=usual, target=lesson.target)
        return plain.nearer_without_run(lesson)
    best = nearest_curve(lesson.splits, chosen.bins, chosen.centre)
    if best is None:
        raise TrainingError(
            "No run of the weather service is known of enough windows to train on and to choose by; leave out "
            "weather_service and emos, or look at when its runs begin and end, and at their delays."
        )
    told = {"source": best.column.source, "column": best.column.column, "curve_at": best.at, "curve": best.curve}
    return ServiceColumn(usual=usual, target=lesson.target, **told).nearer_without_run(lesson)
