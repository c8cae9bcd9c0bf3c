"""A station of a fleet: its station file, with the name, the place and the rows that the fleet gives it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from jena_models.errors import SettingsError
from jena_models.fleet.fleet_file import FleetFile, FleetStation
from jena_models.stations.forecast_sources import ForecastSource
from jena_models.stations.named_stations import found_beside
from jena_models.stations.schema import AUTO, StationSchema

PLACE: Final = "{station}"
"""Stands in a template for what tells a station's runs from those of the others: its value, or its name."""


def placed_station(each: FleetStation, fleet: FleetFile, template: StationSchema) -> StationSchema:
    """Give the schema of one station of a fleet.

    Raises:
        SettingsError: where what the fleet says of it cannot be.
    """
    changed: dict[str, Any] = {"name": each.name}
    if each.title or template.name != each.name:
        changed["title"] = each.title or f"{template.title}: {each.name}"
    for name in ("latitude", "longitude", "elevation", "clock"):
        if (given := getattr(each, name)) not in (None, ""):
            changed[name] = given
    own = {} if each.source or not fleet.station_column else {fleet.station_column: (each.value or each.name,)}
    if chosen := template.select | own | each.select:
        changed["select"] = chosen
    if own:
        # The station's own source has its own rows alone; those of the neighbours that it names are in the whole.
        changed["neighbours"] = tuple(
            other if other.source or other.station == AUTO else other.model_copy(update={"source": fleet.source})
            for other in template.neighbours
        )
    if template.forecasts:
        folder = Path(each.station or fleet.station).parent
        changed["forecasts"] = tuple(_of(each, source, folder) for source in template.forecasts)
    try:
        return StationSchema.model_validate(dict(template) | changed)
    except ValidationError as error:
        reason = str(error.errors()[0]["msg"]).removeprefix("Value error, ")
        raise SettingsError(f"{each.name} of the fleet cannot be a station: {reason}.") from None


def _of(each: FleetStation, source: ForecastSource, folder: Path) -> ForecastSource:
    """Give a weather service's runs as those of one station, where the template leaves a place for it."""
    value = each.value or each.name
    select = {column: tuple(text.replace(PLACE, value) for text in texts) for column, texts in source.select.items()}
    changed: dict[str, Any] = {"select": select}
    if PLACE in source.source:
        changed["source"] = found_beside(source.source.replace(PLACE, value), folder)
    return source.model_copy(update=changed)
