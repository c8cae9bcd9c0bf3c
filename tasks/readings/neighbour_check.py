"""Whether a station's neighbours, and forecasts of others, can be read, before anything is trained on them."""

from __future__ import annotations

from jena_models.errors import JenaError
from jena_models.neighbours.distances import place_of
from jena_models.options.readings_options import Ingestion
from jena_models.reading.reading import read
from jena_models.stations import StationSchema
from jena_models.stations.cleaned.cleaning import clean
from jena_models.stations.ready_services import FETCHED
from jena_models.stations.schema import Neighbour
from tasks.readings.forecast_runs.services import describe_services
from tasks.readings.ingestion import ingest
from tasks.readings.locating import OUTSIDE_A_FLEET, locate


def checked_neighbours(
    station: StationSchema, source: str | None, ingestion: Ingestion
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give a line for each neighbour that can be read, and a sentence for each that cannot.

    Args:
        station: with its neighbours.
        source: of the station; without it, it is not known at which of its times there are readings of a neighbour.
        ingestion: how long to wait for addresses.

    Raises:
        JenaError: where the station's own source cannot be read.
    """
    if source is None:
        found = [_alone(station, each, ingestion) for each in station.named_neighbours]
        asks = [OUTSIDE_A_FLEET] if station.asks_fleet else []  # where there is a source, locating it says so
        return (*asks, *(line for line, _ in found if line)), tuple(problem for _, problem in found if problem)
    joined = ingest.fn(locate.fn(source, station, ingestion), station).report.neighbours
    return (
        tuple(f"Neighbour {each.in_words()}." for each in joined if not each.problem),
        tuple(f"neighbour '{each.name}': {each.problem}" for each in joined if each.problem),
    )


def require_forecasts(station: StationSchema, source: str, ingestion: Ingestion) -> None:
    """Make sure that a station's forecast sources can be read beside its readings, but for those that are fetched.

    Raises:
        JenaError: where one of them, or the readings, cannot be read.
    """
    named = tuple(each for each in station.forecasts if each.source != FETCHED)
    if named:
        readings = ingest.fn(locate.fn(source, station, ingestion), station)
        describe_services(readings, station.model_copy(update={"forecasts": named}), ingestion)


def _alone(station: StationSchema, neighbour: Neighbour, ingestion: Ingestion) -> tuple[str, str]:
    schema = neighbour.described
    if schema is None:
        return "", f"The station file of the neighbour '{neighbour.name}' was not read."
    named = f"Neighbour {neighbour.name}, {place_of(station, schema)}"
    if not neighbour.source:
        return f"{named}: is read from the station's own source; name that with --source to try it.", ""
    try:
        found = locate.fn(neighbour.source, schema, ingestion)
        _, report = clean(read(found.path, schema, found.told), schema)
    except JenaError as error:
        return "", f"neighbour '{neighbour.name}': {error}"
    return f"{named}: {report.rows:,} readings from {report.start:%Y-%m-%d} to {report.end:%Y-%m-%d}.", ""
