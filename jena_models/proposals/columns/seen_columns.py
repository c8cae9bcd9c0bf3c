"""The series of numbers that a source holds, in its own units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from jena_models.frozen import Frozen
from jena_models.stations.schema import Column, Question


class SeenColumn(Frozen):
    """A series of numbers that a source holds."""

    source: str
    """Its name there."""
    quantity: str
    """What it is, in words."""
    unit: str
    """What its numbers are in, as far as that is known; empty where it is asked for."""
    lowest: float
    highest: float
    missing: int
    """Rows without a value."""


def seen_columns(
    columns: Sequence[Column], series: Mapping[str, NDArray[np.float64]], questions: Sequence[Question]
) -> tuple[SeenColumn, ...]:
    """Give what a source's columns hold, in its own units; those without a value are left out."""
    asked = {question.key for question in questions}
    return tuple(
        SeenColumn(
            source=column.source,
            quantity=column.description or column.quantity,
            unit="" if f"unit:{column.quantity}" in asked else column.unit,
            lowest=float(np.nanmin(series[column.name])),
            highest=float(np.nanmax(series[column.name])),
            missing=int(np.isnan(series[column.name]).sum()),
        )
        for column in columns
        if np.isfinite(series[column.name]).any()
    )
