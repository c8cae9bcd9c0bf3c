"""What the champion says of the next day, from the newest readings."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.steps.forecast_steps import forecast_with
from flows.steps.ways import through_prefect
from tasks.forecasting import Forecast, sentence
from tasks.orchestration import ending_in_a_sentence
from tasks.workspace import requested, resolve


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
