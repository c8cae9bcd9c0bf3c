"""A day under watch, step by step, in whichever way the steps are taken."""

from __future__ import annotations

from flows.steps.ways import Way
from jena_models.settings import Settings
from jena_models.stations import load_station
from tasks.forecasting import begun_day
from tasks.monitoring import MonitoredDay, earlier_years, judge_day, keep_day, promised, retrain_if_due
from tasks.readings import ingest, known_service, locate
from tasks.registry import Champion, champion_or_lost, load_champion, model_name


def monitor_with(way: Way, settings: Settings, at: str | None) -> MonitoredDay:
    """Locate, read, judge, decide and keep; each step is taken in the way that is given."""
    station = load_station(settings.station)
    end = begun_day(at, station.local)

    found = way(locate)(settings.source, station, settings.ingestion)
    readings = way(ingest)(found, station)
    model = model_name(station, settings, found.kind)
    loaded = champion_or_lost(way(load_champion), model)
    service = way(known_service)(readings, station, settings.ingestion)
    champion = loaded.fed(service) if isinstance(loaded, Champion) else None
    promise = way(promised)(champion, settings.forecasting.level)
    past = way(earlier_years)(champion, promise, readings, station, settings=settings, end=end)
    judged = way(judge_day)(
        readings,
        past,
        model_name=model,
        champion=champion or loaded,
        promise=promise,
        end=end,
        station=station,
        settings=settings,
        service=service,
    )
    decided = way(retrain_if_due)(judged, settings)
    return way(keep_day)(decided, settings.tracking.experiment)
