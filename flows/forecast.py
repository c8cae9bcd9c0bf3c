"""What the champion says of the next day, from the newest readings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, Protocol, TypeVar

from prefect import Task, flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from jena_models.settings import Settings
from jena_models.stations import load_station
from tasks.forecasting import Forecast, draw_forecast, keep_forecast, make_forecast, moment, sentence
from tasks.orchestration import ending_in_a_sentence
from tasks.readings import check_recent, locate, recent_readings
from tasks.registry import champion_or_why_not, load_champion, model_name
from tasks.workspace import requested, resolve

Given = ParamSpec("Given")
Result = TypeVar("Result")


class Way(Protocol):
    """How a step is taken."""

    def __call__(self, step: Task[Given, Result], /) -> Callable[Given, Result]:
        """Give the function to call for a task."""


def through_prefect(step: Task[Given, Result], /) -> Callable[Given, Result]:
    """Take a step as a task run: with its retries and time-out, and seen in Prefect."""
    return step


def at_once(step: Task[Given, Result], /) -> Callable[Given, Result]:
    """Take a step as the plain function that it is, in less time than an orchestrator takes to start."""
    return step.fn


@flow(name="forecast", timeout_seconds=1800)
@ending_in_a_sentence
def forecast(
    source: str | None = None, at: str | None = None, settings: dict[str, Any] | None = None
) -> State[Forecast]:
    """Let the champion forecast from the newest readings, and add what it says to the table of forecasts.

    Args:
        source: A path, folder, address, database, `simulated`, or `auto`: the official file, else a simulated one.
        at: An ISO time in the station's clock, such as 2016-12-31T23:10, to say what would have been said then; now
            where not given.
        settings: Further settings by dotted key, such as {"forecasting.max_age_hours": 6}.
    """
    made = forecast_with(through_prefect, resolve(None, requested(source, settings=settings)), at)
    return Completed(message=sentence(made), data=made)


def forecast_with(way: Way, settings: Settings, at: str | None) -> Forecast:
    """Locate, read, check, forecast, keep and draw; each step is taken in the way that is given."""
    station = load_station(settings.station)
    then = moment(at, station.local)

    found = way(locate)(settings.source, station, settings.ingestion)
    readings = way(recent_readings)(found, station, settings, then, asked=at is not None)
    checked = way(check_recent)(readings, station, settings)
    model = model_name(station, settings, found.kind)
    champion = champion_or_why_not(way(load_champion), model)
    made = way(make_forecast)(checked, champion, model, station, settings)
    kept = way(keep_forecast)(made, station)
    return way(draw_forecast)(kept, checked, station, settings.forecasting.pictures)
