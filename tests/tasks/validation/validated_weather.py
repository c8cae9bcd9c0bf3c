"""Three weeks of a station, ways to break them, and their validation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from jena_models.options.readings_options import Validation
from jena_models.stations import StationSchema, load_station
from jena_models.stations.cleaned.cleaning_report import CleaningReport
from jena_models.stations.formulas import derive
from tasks.validation.direct_observations import observe
from tasks.validation.expectation_runs import Observation
from tasks.validation.expectations import Expectation
from tasks.validation.validation import checked_by, validate
from tasks.workspace.stage_results import Checked, Finding, Ingested, Source
from tasks.workspace.stages import file_key

STATION = load_station("jena")
ROWS = 3000

Break = Callable[[pd.DataFrame], pd.DataFrame]


def three_weeks() -> pd.DataFrame:
    """Three weeks of a station whose columns follow from one another."""
    random = np.random.default_rng(7)
    hour = np.arange(ROWS) / 6
    given = {
        "p": 990 + np.cumsum(random.normal(0, 0.05, ROWS)),
        "T": 10 + 5 * np.sin(hour / 24 * 2 * np.pi) + random.normal(0, 0.3, ROWS),
        "rh": np.clip(75 + random.normal(0, 5, ROWS), 20, 100),
    }
    given = {quantity: values.round(2) for quantity, values in given.items()}
    wind = np.abs(random.normal(2, 1, ROWS)).round(2)
    given |= {"wv": wind, "max_wv": wind + 1, "wd": random.uniform(0, 360, ROWS).round(1)}
    columns = {
        column.name: given[column.quantity]
        if column.quantity in given
        else derive(column.quantity, given["p"], given["T"], given["rh"]).round(2)
        for column in STATION.columns
    }
    return pd.DataFrame(columns, index=pd.date_range("2020-01-01 00:10", periods=ROWS, freq="10min", name="time"))


def ingested(readings: pd.DataFrame, folder: Path) -> Ingested:
    """The readings as ingestion would hand them over, with the report of a clean file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "readings.parquet"
    readings.to_parquet(path)
    report = CleaningReport(
        rows_read=len(readings),
        rows=len(readings),
        start=readings.index[0],
        end=readings.index[-1],
        cadence_minutes=10,
        repeated_timestamps=0,
        differing_repeats=0,
        out_of_order=0,
        gaps=(),
        sentinels={},
        missing={},
        measured=STATION.names,
        derived=(),
        absent=(),
        ignored=(),
    )
    source = Source(path=path, origin="weather.csv", kind="real", key=file_key(path))
    return Ingested(readings=path, report=report, source=source, key=source.key)


def validated(
    readings: pd.DataFrame, home: Path, validation: Validation | None = None, station: StationSchema = STATION
) -> Checked:
    return validate.fn(ingested(readings, home / "ingested"), station, validation or Validation())


def answered_by_pandas(
    readings: pd.DataFrame, home: Path, validation: Validation | None = None, station: StationSchema = STATION
) -> Checked:
    """The same with the same answers in a tenth of the time, without Great Expectations' pages."""

    def answer(batch: pd.DataFrame, suite: Sequence[Expectation], site: Path) -> tuple[Observation, ...]:
        site.mkdir()
        return observe(batch, suite)

    return checked_by(answer, ingested(readings, home / "ingested"), station, validation or Validation())


def finding(checked: Checked, clause: str) -> Finding:
    return next(f for f in checked.findings if f.expectation.startswith(clause))


def at(rows: slice | list[int], **values: float) -> Break:
    """Give what puts values in some rows of columns, by their quantity."""

    def change(readings: pd.DataFrame) -> pd.DataFrame:
        for quantity, value in values.items():
            readings.loc[readings.index[rows], str(STATION.named(quantity))] = value
        return readings

    return change


def rename_time(change: Callable[[list[pd.Timestamp]], None]) -> Break:
    def applied(readings: pd.DataFrame) -> pd.DataFrame:
        time = list(readings.index)
        change(time)
        return readings.set_axis(pd.DatetimeIndex(time, name="time"))

    return applied


def swap_times(time: list[pd.Timestamp]) -> None:
    time[100], time[101] = time[101], time[100]


def repeat_a_time(time: list[pd.Timestamp]) -> None:
    time[101] = time[100]


def shake_times(time: list[pd.Timestamp]) -> None:
    time[::50] = [moment + pd.Timedelta(minutes=1) for moment in time[::50]]


def swap_columns(readings: pd.DataFrame) -> pd.DataFrame:
    return readings[[*readings.columns[1:], readings.columns[0]]]
