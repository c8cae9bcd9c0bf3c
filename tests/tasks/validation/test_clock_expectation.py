"""A clock that is off warns, with what is likely to be wrong, and stops nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from measured_light import LIGHT, later, measured
from validated_weather import STATION, answered_by_pandas, finding, three_weeks, validated

from jena_models.stations.schema import Column

RADIATION = Column(name=LIGHT, quantity="radiation", minimum=-20, maximum=1500, kind="optional", flat_values=(0,))
WITH_LIGHT = STATION.model_copy(update={"columns": (*STATION.columns, RADIATION)})
CLAUSE = "the clock keeps to the sun, by radiation (W/m**2), to within half a step and 35 minutes"


@pytest.fixture(scope="module")
def readings() -> pd.DataFrame:
    weather = three_weeks()
    light = measured(STATION.latitude, STATION.longitude, days=22, start="2020-01-01")[LIGHT]
    return weather.assign(**{LIGHT: light.reindex(weather.index)})


def shifted(readings: pd.DataFrame, minutes: float) -> pd.DataFrame:
    return later(readings, minutes).rename_axis("time")


def test_a_right_clock_passes(readings: pd.DataFrame, home: Path) -> None:
    found = finding(answered_by_pandas(readings, home, station=WITH_LIGHT), CLAUSE)

    assert (found.outcome, found.rows) == ("pass", 0)


@pytest.mark.parametrize("ask", [answered_by_pandas, pytest.param(validated, marks=pytest.mark.slow)])
def test_a_clock_an_hour_off_warns_and_all_readings_stay(
    readings: pd.DataFrame, home: Path, ask, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = shifted(readings, 60)

    checked = ask(wrong, home, station=WITH_LIGHT)

    found = finding(checked, CLAUSE)
    assert found.outcome == "warn"
    assert found.rows > 0.9 * len(readings)
    assert found.sentence.endswith(": it fits 'clock: UTC+02:00'")
    assert "such as clock ahead of the sun (min) " in found.sentence
    assert {f.outcome for f in checked.findings} == {"pass", "warn"}
    assert checked.quarantine is None
    pd.testing.assert_frame_equal(pd.read_parquet(checked.readings), wrong, check_freq=False)
    assert f"Validation (warn): {found.sentence}." in caplog.text


def test_a_clock_that_was_set_anew_is_told_from_the_day_on(readings: pd.DataFrame, home: Path) -> None:
    wrong = later(readings, 120, "2020-01-13").rename_axis("time")

    found = finding(answered_by_pandas(wrong, home, station=WITH_LIGHT), CLAUSE)

    assert found.outcome == "warn"
    assert found.example.endswith("2020-01-13 00:00:00") or found.example.endswith("2020-01-12 00:00:00")
    assert ": the clock was set anew about 2020-01-1" in found.sentence


def test_where_no_light_is_measured_nothing_is_asked(readings: pd.DataFrame, home: Path) -> None:
    dark = readings.assign(**{LIGHT: np.nan})

    for table, station in ((readings.drop(columns=LIGHT), STATION), (dark, WITH_LIGHT)):
        checked = answered_by_pandas(table, home, station=station)
        assert not any("sun" in f.expectation for f in checked.findings)
