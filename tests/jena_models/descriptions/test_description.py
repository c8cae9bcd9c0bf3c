"""The figures of a column in a line: what is true of directions, and of values far below one."""

from datetime import UTC, datetime

import pandas as pd
import pytest
from measured_light import later, measured, station_at

from jena_models.descriptions.description import describe_readings
from jena_models.descriptions.rendering import render
from jena_models.stations import load_station
from jena_models.stations.cleaned.cleaning_report import CleaningReport

STATION = load_station("jena")


def report_of(*columns: str) -> CleaningReport:
    return CleaningReport(
        rows_read=4,
        rows=4,
        start=datetime(2020, 1, 1, tzinfo=UTC),
        end=datetime(2020, 1, 1, 3, tzinfo=UTC),
        cadence_minutes=60,
        repeated_timestamps=0,
        differing_repeats=0,
        out_of_order=0,
        gaps=(),
        sentinels={},
        missing={},
        measured=columns,
        derived=(),
        absent=(),
        ignored=(),
    )


def described(**columns: list[float]):
    readings = pd.DataFrame(columns, index=pd.date_range("2020-01-01", periods=4, freq="h", name="time"))
    report = report_of(*columns)
    return describe_readings(readings.assign(**{STATION.target: 1.0}), report, STATION, "here.csv", "real")


def test_the_mean_of_directions_about_north_is_north():
    wind = described(**{"wd (deg)": [350.0, 10.0, 340.0, 20.0]}).statistics["wd (deg)"]

    assert min(wind.mean, 360 - wind.mean) == pytest.approx(0, abs=1e-3)
    assert wind.standard_deviation == pytest.approx(15.9, abs=0.01)
    assert (wind.minimum, wind.maximum) == (10, 350)


def test_values_far_below_one_keep_the_digits_that_tell_them_apart():
    given = described(**{"sh (g/kg)": [0.00412, 0.00413, 0.00471, 0.00474]})

    assert given.statistics["sh (g/kg)"].maximum == 0.00474
    line = next(line for line in render(given).splitlines() if line.startswith("sh"))
    assert "0.00412" in line


def test_the_clock_is_told_with_its_days_and_what_is_wrong():
    readings, station = measured(50.91, 11.569), station_at(50.91, 11.569, clock="UTC+01:00")
    report = report_of(*readings).model_copy(update={"cadence_minutes": 10.0})

    right = describe_readings(readings, report, station, "here.csv", "real")
    wrong = describe_readings(later(readings, 60), report, station, "here.csv", "real")

    of_days = "the sun from 2015-03-01 to 2015-04-29, by radiation (W/m**2) of 60 days"
    assert f"min ahead of {of_days}" in render(right)
    assert "wrong" not in render(right)
    assert f"min ahead of {of_days}" in render(wrong)
    assert "wrong by more than half a step and 35 min: it fits 'clock: UTC+02:00'" in render(wrong)
    assert "Clock" not in render(describe_readings(readings[["T (degC)"]], report, station, "here.csv", "real"))
