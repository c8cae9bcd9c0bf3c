"""What is asked directly comes out as Great Expectations finds it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from jena_models.options.readings_options import Validation
from jena_models.stations import load_station
from jena_models.stations.formulas import saturation_vapour_pressure
from jena_models.stations.physics import check_columns
from tasks.validation.direct_observations import OF_THE_TABLE, OF_VALUES, observe
from tasks.validation.expectation_runs import inspect
from tasks.validation.expectations import TIME, Expectation, expectations

STATION = load_station("jena")
CADENCE = 60.0


def readings(rows: int = 500) -> pd.DataFrame:
    random = np.random.default_rng(7)
    columns = {
        name: random.normal(size=rows).cumsum() * 0.1 + middle
        for name, middle in (("p (mbar)", 990.0), ("T (degC)", 8.0), ("rh (%)", 60.0), ("wv (m/s)", 9.0))
    }
    columns["VPmax (mbar)"] = saturation_vapour_pressure(columns["T (degC)"])
    columns["max. wv (m/s)"] = columns["wv (m/s)"] + 1
    table = pd.DataFrame(columns, index=pd.date_range("2020-01-01", periods=rows, freq="h", name=TIME))
    return table[[name for name in STATION.names if name in table]]


def clean(_: pd.DataFrame) -> None:
    """Leave the readings as they are."""


def impossible(table: pd.DataFrame) -> None:
    table.iloc[40:43, table.columns.get_loc("T (degC)")] = 99.0
    table.iloc[100, table.columns.get_loc("max. wv (m/s)")] = 0.0


def full_of_holes(table: pd.DataFrame) -> None:
    table.iloc[::5, table.columns.get_loc("rh (%)")] = np.nan
    table.iloc[::2, table.columns.get_loc("wv (m/s)")] = np.nan


def stuck(table: pd.DataFrame) -> None:
    table.iloc[50:300, table.columns.get_loc("p (mbar)")] = 991.0


def repeated(table: pd.DataFrame) -> None:
    times = table.index.to_numpy().copy()
    times[7], times[20] = times[6], times[25]
    table.index = pd.DatetimeIndex(times, name=TIME)


def suite_of(table: pd.DataFrame) -> tuple[pd.DataFrame, tuple[Expectation, ...]]:
    validation = Validation(within_limits=0.99)
    checks = check_columns(table, STATION, CADENCE, validation.resting_hours)
    batch = pd.concat([table, checks], axis=1).rename_axis(TIME).reset_index()
    return batch, expectations(table, checks, STATION, validation, CADENCE)


@pytest.mark.slow
@pytest.mark.parametrize("spoil", [clean, impossible, full_of_holes, stuck, repeated])
def test_every_expectation_comes_out_as_great_expectations_finds_it(spoil: Callable, tmp_path) -> None:
    table = readings()
    spoil(table)
    batch, suite = suite_of(table)

    for mine, theirs in zip(observe(batch, suite), inspect(batch, suite, tmp_path), strict=True):
        clause = theirs.expectation.clause
        assert (clause, mine.holds, mine.broken_by) == (clause, theirs.holds, theirs.broken_by)
        assert (clause, mine.positions.tolist()) == (clause, sorted(theirs.positions.tolist()))


def test_every_kind_that_the_suite_knows_is_answered() -> None:
    _, suite = suite_of(readings())

    assert {expectation.kind for expectation in suite} <= OF_THE_TABLE.keys() | OF_VALUES.keys()
