"""Which stations the page shows: the small interface by which a fleet gives its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from jena_models.errors import RequestError
from jena_models.page.station_facts import Fault
from jena_models.settings import Settings
from jena_models.stations import StationSchema, load_station
from tasks.forecasting import forecasts_table
from tasks.registry import model_meant


@dataclass(frozen=True)
class ShownStation:
    """One station of the page."""

    name: str
    """What its addresses end with; letters, digits, points and dashes."""
    title: str
    model: str
    """The registered model's name."""
    station: StationSchema
    settings: Settings
    """Its own: the source, the horizon that counts, how old its readings may be."""
    table: str = ""
    """The one table of a fleet in which its rows are too, and where they come first; empty where there is none."""


@dataclass(frozen=True)
class Listed:
    """The stations as they are now."""

    stations: Sequence[ShownStation]
    faults: tuple[Fault, ...] = ()
    """What is listed and cannot be shown."""


Stations = Callable[[], Listed]
"""Gives them; the page asks at every look, so that one may come or go while it runs."""


def shown_stations(settings: Settings, stations: Sequence[str] = ()) -> Stations:
    """Give the stations that settings name.

    Args:
        settings: with one station and its source.
        stations: names or files of several, all of them with these settings; the settings' own where there are none.

    Raises:
        SettingsError: where a station is not there or does not describe one.
        RequestError: where two of them have one name.
    """
    schemas = [load_station(named) for named in stations or (settings.station,)]
    names = [schema.name for schema in schemas]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise RequestError(f"Two of the stations are called '{twice}'; give one of them another name in its file.")

    def forecast_last(model: str) -> float:
        return forecasts_table(settings.forecasting.table).last_written(model) or 0

    def now() -> Listed:
        models = [model_meant(schema, settings, forecast_last) for schema in schemas]
        return Listed(
            [
                ShownStation(schema.name, schema.title, model, schema, settings)
                for schema, model in zip(schemas, models, strict=True)
            ]
        )

    now()
    return now
