"""A station's neighbours: their station files, and the columns that their readings become."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from jena_models.errors import RequestError, SettingsError
from jena_models.stations.schema import AUTO, Column, Neighbour, StationSchema
from jena_models.stations.units import conversion, known_unit, plain_unit_of

QUANTITIES: Final = ("T", "p", "rh", "wv", "wd")
"""What is taken of a neighbour beside the target's quantity, where nothing else is asked for."""
STANDS: Final = 3.0
"""For so many of a neighbour's own steps its value may stay the same unsuspected."""


def with_neighbours(station: StationSchema, neighbours: Sequence[Neighbour]) -> StationSchema:
    """Give a station with these neighbours in place of its own, and with their columns after its own.

    Args:
        station: with or without neighbours.
        neighbours: each with its name and what its station file says, as `described` gives them.

    Raises:
        SettingsError: where two have one name, or one has no column that counts.
    """
    counts = Counter(each.name.casefold() for each in neighbours)
    if twice := [each.name for each in neighbours if counts[each.name.casefold()] > 1]:
        raise SettingsError(
            f"Two neighbours of the station '{station.name}' are named '{twice[0]}'; give one of them another 'name:'."
        )
    alone = station.alone
    columns = tuple(column for each in neighbours for column in columns_of_neighbour(alone, each))
    fleet = tuple(each for each in station.neighbours if each.station == AUTO)
    return alone.model_copy(update={"columns": (*alone.columns, *columns), "neighbours": (*neighbours, *fleet)})


def columns_of_neighbour(station: StationSchema, neighbour: Neighbour) -> tuple[Column, ...]:
    """Give the columns that a neighbour's readings become, such as `north: T (degC)`, in the station's units.

    Raises:
        SettingsError: where a column that is asked for is not one of its own, or none is left.
    """
    schema = _schema(neighbour)
    columns = tuple(
        _taken(source, neighbour.name, station, schema.step_minutes) for source in _chosen(station, neighbour, schema)
    )
    if not columns:
        raise SettingsError(
            f"The neighbour '{neighbour.name}' has no column of the target's quantity, temperature, air pressure, "
            "humidity or wind; name those that count under 'columns:'."
        )
    names = [column.name for column in columns]
    if twice := [name for name in names if names.count(name) > 1]:
        raise SettingsError(
            f"Two columns of the neighbour '{neighbour.name}' would be '{twice[0]}'; name one of them under 'columns:'."
        )
    return columns


def sources_of(station: StationSchema, neighbour: Neighbour) -> dict[str, tuple[str, float, float]]:
    """Give, for each column of a neighbour, which of its own it is made from, and by what factor and summand."""
    schema = _schema(neighbour)
    sources = _chosen(station, neighbour, schema)
    taken = [_taken(source, neighbour.name, station, schema.step_minutes) for source in sources]
    return {
        column.name: (source.name, *_counterpart(source, station)[1])
        for column, source in zip(taken, sources, strict=True)
    }


def _schema(neighbour: Neighbour) -> StationSchema:
    if neighbour.described is None:
        raise RequestError(f"The station file of the neighbour '{neighbour.name or neighbour.station}' was not read.")
    return neighbour.described


def _chosen(station: StationSchema, neighbour: Neighbour, schema: StationSchema) -> list[Column]:
    if not neighbour.columns:
        target = station.column(station.target).quantity
        wanted = {target, *QUANTITIES, schema.column(schema.target).quantity}
        return [
            c for c in schema.columns if c.quantity in wanted and c.name == _standing_for(c.quantity, station, schema)
        ]
    chosen = []
    for name in neighbour.columns:
        stands = _standing_for(name, station, schema)
        found = [column for column in schema.columns if column.name in (name, stands)]
        if not found:
            raise SettingsError(
                f"The neighbour '{neighbour.name}' has no column '{name}'; its columns are {', '.join(schema.names)}."
            )
        chosen += [column for column in found if column not in chosen]
    return chosen


def _standing_for(quantity: str, station: StationSchema, schema: StationSchema) -> str | None:
    """Give the neighbour's one column of a quantity that counts, of several such as the air's and the soil's.

    It is the one that is called as the station's own is, else the neighbour's target, else the first.
    """
    alike = [column.name for column in schema.columns if column.quantity == quantity]
    return next((name for name in (station.named(quantity), schema.target, *alike) if name in alike), None)


def _taken(source: Column, neighbour: str, station: StationSchema, step_minutes: float) -> Column:
    own, (factor, summand) = _counterpart(source, station)
    limits = sorted((source.minimum * factor + summand, source.maximum * factor + summand))
    return Column(
        name=f"{neighbour}: {source.name if own is None else own.name}",
        quantity=source.quantity,
        description=f"{source.description or source.quantity} at {neighbour}",
        minimum=limits[0],
        maximum=limits[1],
        kind="optional",
        flat_hours=max(source.flat_hours, STANDS * step_minutes / 60),
        flat_values=tuple(value * factor + summand for value in source.flat_values),
        amount_hours=source.amount_hours,
        neighbour=neighbour,
    )


def _counterpart(source: Column, station: StationSchema) -> tuple[Column | None, tuple[float, float]]:
    """Give the station's column of the same quantity, whose name and unit count, and by what factor and summand.

    There is none where the units cannot be converted.
    """
    named = station.named(source.quantity)
    own = station.column(named) if named else None
    if own is None or plain_unit_of(own.name) == plain_unit_of(source.name):
        return own, (1.0, 0.0)
    given, wanted = known_unit(plain_unit_of(source.name)), known_unit(plain_unit_of(own.name))
    how = conversion(given, wanted) if given and wanted else None
    return (own, how) if how else (None, (1.0, 0.0))
