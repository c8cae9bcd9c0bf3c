"""What a file of readings holds, in numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from jena_models.descriptions.clock_by_sun import ClockBySun, clock_by_sun
from jena_models.descriptions.periods import LEAST_CYCLES, find_periods_hours
from jena_models.exactness import digits_for
from jena_models.frozen import Frozen
from jena_models.stations.cleaned.cleaning_report import CleanedRows, CleaningReport
from jena_models.stations.cleaned.even_steps import DIRECTIONS
from jena_models.stations.schema import StationSchema
from jena_models.weather_service.run_descriptions import ServiceDescription

YEAR_HOURS: Final = 8766.0
DAY_HOURS: Final = 24.0
DIGITS: Final = 4
"""That are kept after the point, of a column whose values are spread by about 1."""


class ColumnStatistics(Frozen):
    """One column in a line, in its own unit."""

    mean: float
    """Of a direction that of its unit vectors, as the standard deviation is (Mardia, 1972)."""
    standard_deviation: float
    minimum: float
    lower_quartile: float
    median: float
    upper_quartile: float
    maximum: float
    missing: int


class ColumnsFound(Frozen):
    """The station's columns, by where their values come from."""

    measured: tuple[str, ...]
    derived: tuple[str, ...]
    """By formula."""
    missing: tuple[str, ...]
    """Neither measured nor to be derived; left out of the features."""
    ignored: tuple[str, ...]
    """Of the file, not known to the station."""


class Figures(Frozen):
    """The two figures of the target."""

    whole_series: Path
    first_ten_days: Path


class Description(CleanedRows):
    """A file of readings: its range, what was mended, its columns, its periods."""

    source: str
    kind: str
    """`real` or `simulated`."""
    station: str
    columns: ColumnsFound
    statistics: dict[str, ColumnStatistics]
    """One for each column, measured or derived."""
    target: str
    periods_hours: tuple[float, ...]
    """Periods found in the target, the strongest first."""
    periods_remark: str
    """Why the day or the year could not be looked for; empty where they could."""
    figures: Figures | None = None
    services: tuple[ServiceDescription, ...] = ()
    """Of each forecast source of the station."""
    clock: ClockBySun | None = None
    """How far the station's clock is from the sun; None where no light is measured that tells."""


def describe_readings(
    readings: pd.DataFrame, report: CleaningReport, station: StationSchema, source: str, kind: str
) -> Description:
    """Give the description of canonical readings, without figures."""
    return Description(
        **{name: getattr(report, name) for name in CleanedRows.model_fields},
        source=source,
        kind=kind,
        station=station.name,
        columns=ColumnsFound(
            measured=report.measured, derived=report.derived, missing=report.absent, ignored=report.ignored
        ),
        statistics=_statistics(readings, station),
        target=station.target,
        periods_hours=find_periods_hours(readings[station.target]),
        clock=clock_by_sun(readings, station, report.cadence_minutes),
        periods_remark=_remark((report.end - report.start).total_seconds() / 3600),
    )


def _statistics(readings: pd.DataFrame, station: StationSchema) -> dict[str, ColumnStatistics]:
    directed = {column.name for column in station.columns if column.quantity in DIRECTIONS}
    return {str(name): _line(readings[name], turns=name in directed) for name in readings.columns}


def _line(values: pd.Series, *, turns: bool) -> ColumnStatistics:
    mean, deviation = _of_angles(values) if turns else (float(values.mean()), float(values.std(ddof=0)))
    lower, median, upper = values.quantile([0.25, 0.5, 0.75]).tolist()
    digits = max(DIGITS, digits_for(deviation or abs(mean), DIGITS))
    return ColumnStatistics(
        mean=round(mean, digits),
        standard_deviation=round(deviation, digits),
        minimum=round(float(values.min()), digits),
        lower_quartile=round(lower, digits),
        median=round(median, digits),
        upper_quartile=round(upper, digits),
        maximum=round(float(values.max()), digits),
        missing=int(values.isna().sum()),
    )


def _of_angles(values: pd.Series) -> tuple[float, float]:
    """Give the mean direction and the circular standard deviation, in degrees."""
    angles = np.radians(values.dropna().to_numpy(np.float64))
    if not angles.size:
        return np.nan, np.nan
    east, north = float(np.sin(angles).mean()), float(np.cos(angles).mean())
    length = min(max(float(np.hypot(east, north)), float(np.finfo(np.float64).tiny)), 1.0)
    return float(np.degrees(np.arctan2(east, north))) % 360, float(np.degrees(np.sqrt(-2 * np.log(length))))


def _remark(span_hours: float) -> str:
    names = [
        name for name, hours in (("day", DAY_HOURS), ("year", YEAR_HOURS)) if span_hours < 0.98 * LEAST_CYCLES * hours
    ]
    if not names:
        return ""
    span = f"{span_hours / YEAR_HOURS:.1f} years" if span_hours >= YEAR_HOURS / 2 else f"{span_hours / 24:.0f} days"
    return f"The {' and the '.join(names)} cannot be told in {span}: a period has to come round twice."
