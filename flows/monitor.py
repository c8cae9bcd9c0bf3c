"""Whether the champion is still what validation promised, and what is done about it where it is not."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.forecast import Way, through_prefect
from jena_models.settings import Settings
from jena_models.stations import load_station
from tasks.forecasting import midnight, moment
from tasks.monitoring import MonitoredDay, earlier_years, judge_day, keep_day, promised, retrain_if_due, show_day
from tasks.orchestration import ending_in_a_sentence
from tasks.readings import ingest, locate
from tasks.registry import load_champion, model_name
from tasks.workspace import requested, resolve


@flow(name="monitor", timeout_seconds=3600)
@ending_in_a_sentence
def monitor(
    source: str | None = None, at: str | None = None, settings: dict[str, Any] | None = None
) -> State[MonitoredDay]:
    """Compare readings and forecasts with what came and with earlier years; ask for a retraining where it is due.

    Args:
        source: A path, folder, address, database, `simulated`, or `auto`: the official file, else a simulated one.
        at: An ISO time in the station's clock, such as 2016-12-31T06:00, to judge that day; now where not given. A day
            is judged at the midnight that begins it.
        settings: Further settings by dotted key, such as {"monitoring.patience_days": 5}.
    """
    judged = monitor_with(through_prefect, resolve(None, requested(source, settings=settings)), at)
    show_day(judged)
    return Completed(message=judged.decision.sentence, data=judged)


def monitor_with(way: Way, settings: Settings, at: str | None) -> MonitoredDay:
    """Locate, read, judge, decide and keep; each step is taken in the way that is given."""
    station = load_station(settings.station)
    end = midnight(moment(at, station.local), station.local)

    found = way(locate)(settings.source, station, settings.ingestion)
    readings = way(ingest)(found, station)
    model = model_name(station, settings, found.kind)
    champion = way(load_champion)(model)
    promise = way(promised)(champion, settings.forecasting.level)
    past = way(earlier_years)(
        champion,
        promise,
        readings,
        station,
        horizon_hours=settings.horizon_hours,
        level=settings.forecasting.level,
        end=end,
    )
    judged = way(judge_day)(
        readings,
        past,
        model_name=model,
        champion=champion,
        promise=promise,
        end=end,
        station=station,
        settings=settings,
    )
    decided = way(retrain_if_due)(judged, settings)
    return way(keep_day)(decided, settings.tracking.experiment)
