"""Values that stand for a missing one: which of them hold for the whole station, and which for one column alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from jena_models.proposals.catalogue import with_derived
from jena_models.proposals.evidence import DWARFED, repeated_beyond_chance, sentinels_among
from jena_models.reading.unit_checks import is_possible
from jena_models.stations.schema import Column
from jena_models.stations.units import known_unit

Values = NDArray[np.float64]


def shared_out_sentinels(
    columns: Sequence[Column], series: Mapping[str, Values], told: Iterable[float]
) -> tuple[tuple[float, ...], dict[str, tuple[float, ...]]]:
    """Give the sentinels of the station, which no column of it can measure, and by name those of single columns.

    A wind of 999 stands for none, beside a pressure that may well be 999.

    Args:
        columns: that the source holds.
        series: their numbers, in the source's units, by canonical name.
        told: sentinels of the source's format.
    """
    told = set(told)
    seen = {column.name: _seen(column, series[column.name]) for column in columns}
    found = told.union(*seen.values())
    everywhere = {each for each in found if not any(_can_measure(column, each) for column in with_derived([*columns]))}
    alone = {}
    for column in columns:
        impossible = {each for each in found if not _can_measure(column, each)}
        held = {each for each in impossible if each in told or (series[column.name] == each).any()}
        alone[column.name] = tuple(sorted((seen[column.name] | held) - everywhere))
    return tuple(sorted(everywhere)), alone


def _seen(column: Column, values: Values) -> set[float]:
    """Give values written by habit that no sensor gave; within the limits those that dwarf all others."""
    beyond = set(repeated_beyond_chance(values))
    largest = np.abs(values[np.isfinite(values) & ~np.isin(values, tuple(beyond))]).max(initial=0.0)
    impossible = set(sentinels_among(values, column.minimum, column.maximum))
    return {value for value in beyond if value in impossible or abs(value) > DWARFED * largest}


def _can_measure(column: Column, value: float) -> bool:
    """Tell whether a number may be a reading, as the source has it or once it is in the column's own unit."""
    unit = known_unit(column.unit)
    within = column.minimum <= value <= column.maximum
    return within or (unit is not None and is_possible(np.array([value]), unit, column))
