"""A forecast, step by step, in whichever way the steps are taken."""

from __future__ import annotations

from flows.steps.ways import Way
from jena_models.settings import Settings
from jena_models.stations import load_station
from tasks.forecasting import Forecast, draw_forecast, keep_forecast, make_forecast, moment
from tasks.readings import check_recent, locate, needed_days, recent_readings, with_services
from tasks.registry import champion_or_why_not, load_champion, model_name
from tasks.workspace import Checked


def forecast_with(way: Way, settings: Settings, at: str | None) -> Forecast:
    """Locate, read, check, forecast, keep and draw; each step is taken in the way that is given."""
    return kept_with(way, *made_with(way, settings, at), settings)


def made_with(way: Way, settings: Settings, at: str | None) -> tuple[Forecast, Checked]:
    """Give a forecast that is kept nowhere yet, and the readings that it was made from."""
    station = load_station(settings.station)
    then = moment(at, station.local)

    needed = needed_days(station, settings, then, asked=at is not None)
    found = way(locate)(settings.source, station, settings.ingestion, needed)
    readings = way(recent_readings)(found, station, settings, then, asked=at is not None)
    checked = way(check_recent)(readings, station, settings)
    checked = way(with_services)(checked, station, settings.ingestion, all_needed=False)
    model = model_name(station, settings, found.kind)
    champion = champion_or_why_not(way(load_champion), model)
    return way(make_forecast)(checked, champion, model, station, settings), checked


def kept_with(way: Way, made: Forecast, checked: Checked, settings: Settings) -> Forecast:
    """Add a forecast to the table, and draw it."""
    station = load_station(settings.station)
    kept = way(keep_forecast)(made, station, settings.forecasting.table)
    return way(draw_forecast)(kept, checked, station, settings.forecasting.pictures)
