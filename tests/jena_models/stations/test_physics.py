"""The check columns say what physics says about each reading."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jena_models.reading.reading import read
from jena_models.stations import load_station
from jena_models.stations.cleaned.cleaning import clean
from jena_models.stations.physics import (
    DEW_POINT_EXCESS,
    STEP,
    check_columns,
    formula_error,
    formula_error_name,
    hours_unchanged,
    jump_name,
    step_minutes,
    times_the_usual_change,
    unchanged_name,
)

STATION = load_station("jena")


def hours_one_by_one(values: list[float], steps: list[float], cadence_minutes: float) -> list[float]:
    """The definition, reading by reading."""
    hours = [0.0] * len(values)
    first = 0
    for row in range(1, len(values) + 1):
        if row == len(values) or values[row] != values[row - 1]:
            length = sum(min(step, cadence_minutes) for step in steps[first + 1 : row]) / 60
            hours[first:row] = [length] * (row - first)
            first = row
    return hours


@given(
    st.lists(
        st.tuples(st.sampled_from([0.0, 1.0, 2.0, float("nan")]), st.sampled_from([10.0, 20.0, 4510.0])), max_size=30
    )
)
def test_hours_unchanged_equal_their_definition(rows: list[tuple[float, float]]) -> None:
    values, steps = [value for value, _ in rows], [step for _, step in rows]

    hours = hours_unchanged(np.array(values), np.array(steps), cadence_minutes=10)

    assert hours == pytest.approx(hours_one_by_one(values, steps, 10))


def test_a_gap_in_a_run_counts_as_one_step() -> None:
    time = pd.DatetimeIndex(["2020-01-01 00:00", "2020-01-01 01:00", "2020-01-04 01:00", "2020-01-04 02:00"])

    hours = hours_unchanged(np.full(4, 5.2), step_minutes(time), cadence_minutes=60)

    assert hours.tolist() == [3, 3, 3, 3]


def test_a_resting_value_is_suspected_only_after_its_time() -> None:
    calm, steps = np.zeros(25), np.full(25, 60.0)

    assert hours_unchanged(calm, steps, 60, resting=(0.0,), resting_hours=24).max() == 0
    assert hours_unchanged(calm, steps, 60, resting=(0.0,), resting_hours=23).min() == 24


@given(st.floats(0.1, 100), st.integers(1, 199))
def test_a_jump_is_told_in_times_the_usual_change_in_whatever_unit(factor: float, row: int) -> None:
    values = np.arange(200, dtype=np.float64)
    values[row:] += 19

    times = times_the_usual_change(values * factor, np.full(200, 60.0), 60)

    assert np.nanargmax(times) == row
    assert times[row] == pytest.approx(20)


def test_nothing_is_a_jump_after_a_gap_or_where_little_is_known() -> None:
    values, steps = np.arange(200.0), np.full(200, 60.0)
    values[50:], steps[50] = values[50:] + 99, 120.0

    assert np.nanmax(times_the_usual_change(values, steps, 60)) == 1
    assert np.isnan(times_the_usual_change(values[:100], steps[:100], 60)).all()
    assert np.isnan(times_the_usual_change(np.zeros(200), steps, 60)).all()


def test_steps_are_minutes_whatever_the_resolution_of_time() -> None:
    time = pd.DatetimeIndex(["2020-01-01 00:00", "2020-01-01 00:10", "2020-01-01 01:50"])

    for unit in ("s", "us", "ns"):
        assert step_minutes(time.as_unit(unit))[1:].tolist() == [10, 100]


def test_a_thermometer_that_is_off_shows_against_the_vapour_pressure() -> None:
    # 17.57 mbar at 15.44 °C is the first row of the station's file of 2017
    readings = pd.DataFrame(
        {"p (mbar)": [980.26] * 2, "T (degC)": [15.44, 16.44], "rh (%)": [69.83] * 2, "VPmax (mbar)": [17.57] * 2},
        index=pd.date_range("2017-07-01 00:10", periods=2, freq="10min"),
    )

    error = formula_error(readings, STATION, "VPmax")

    assert error is not None
    assert abs(error[0]) < 0.01
    assert error[1] == pytest.approx(-1.15, abs=0.05)


def test_columns_that_are_absent_or_not_numbers_have_no_checks() -> None:
    readings = pd.DataFrame(
        {"T (degC)": [1.0, 2.0], "Tdew (degC)": ["cold", "colder"], "VPmax (mbar)": [6.57, 7.06]},
        index=pd.date_range("2020-01-01", periods=2, freq="h"),
    )

    checks = check_columns(readings, STATION, 60, 168)

    unchanged = [unchanged_name("T (degC)"), unchanged_name("VPmax (mbar)")]
    assert list(checks) == [STEP, *unchanged, jump_name("T (degC)")]


@pytest.mark.parametrize("file", ["jena_hourly_2009_2016.csv", "mpi_roof_2017b.zip"])
def test_real_readings_keep_to_physics_to_within_rounding(shared_data: Path, file: str) -> None:
    readings, report = clean(read(shared_data / file, STATION), STATION)

    checks = check_columns(readings, STATION, report.cadence_minutes, 168)

    assert checks[formula_error_name("VPmax (mbar)")].abs().max() < 0.011
    assert checks[formula_error_name("VPact (mbar)")].abs().max() < 0.011
    assert checks[DEW_POINT_EXCESS].max() < 0.011
    assert checks.filter(like="unchanged").to_numpy().max() < 12


@pytest.mark.parametrize(("minutes", "holds"), [(None, True), (60.0, True), (1440.0, False)])
def test_formulas_are_asked_of_readings_and_not_of_means_over_hours(minutes: float | None, holds: bool) -> None:
    station = STATION.model_copy(update={"resample_minutes": minutes})
    readings = pd.DataFrame({"T (degC)": [2.0, 12.0], "rh (%)": 80.0, "p (mbar)": 990.0, "VPmax (mbar)": [7.4, 15.0]})

    assert (formula_error(readings, station, "VPmax") is not None) == holds
