"""Features: of the past alone, and the same wherever they are built."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jena_models.features.almanac import seasonal_waves
from jena_models.features.feature_builder import fit_features
from jena_models.features.feature_settings import FeatureSettings
from jena_models.features.groups import GROUPS
from jena_models.features.histories import Histories
from jena_models.stations import load_station

STATION = load_station("jena").model_copy(update={"week": True})
COLUMNS = STATION.names
EVERY = FeatureSettings(target_anomalies=True)
STEPS = 120


def weather(rows: int, minutes: int = 60, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Readings of every column, some missing, and their times in seconds."""
    rng = np.random.default_rng(seed)
    seconds = 1_262_304_000 + np.arange(rows) * minutes * 60
    readings = rng.normal(0, 1, (rows, len(COLUMNS))).cumsum(axis=0) * 0.2 + 10
    readings[rng.random(readings.shape) < 0.02] = np.nan
    return readings, seconds


def histories(readings, seconds, issue_rows, stride=1) -> Histories:
    rows = np.asarray(issue_rows)[:, None] + np.arange(1 - STEPS, 1) * stride
    return Histories(readings, COLUMNS, seconds, rows, 60, 1440)


READINGS, SECONDS = weather(1200)
BUILDER = fit_features(EVERY, histories(READINGS, SECONDS, [599]), "T (degC)", STATION)


@settings(max_examples=25)
@given(st.integers(STEPS - 1, 1198), st.integers(0, 2**32 - 1))
def test_readings_after_the_issue_time_change_nothing(issue_row, seed):
    before = BUILDER.build(histories(READINGS, SECONDS, [issue_row]))
    changed = READINGS.copy()
    changed[issue_row + 1 :] = np.random.default_rng(seed).normal(0, 100, changed[issue_row + 1 :].shape)

    after = BUILDER.build(histories(changed, SECONDS, [issue_row]))

    np.testing.assert_array_equal(before, after)


@settings(max_examples=25)
@given(st.integers(STEPS - 1, 1199))
def test_the_last_five_days_alone_give_what_training_was_given(issue_row):
    every = np.arange(STEPS - 1, 1200)
    trained = BUILDER.build(histories(READINGS, SECONDS, every))[issue_row - STEPS + 1]
    days = slice(issue_row - STEPS + 1, issue_row + 1)

    served = BUILDER.build(histories(READINGS[days], SECONDS[days], [STEPS - 1]))[0]

    np.testing.assert_array_equal(trained, served)


def test_what_travels_as_text_builds_the_same():
    again = type(BUILDER).model_validate_json(BUILDER.model_dump_json())
    some = histories(READINGS, SECONDS, range(300, 320))

    np.testing.assert_array_equal(again.build(some), BUILDER.build(some))


def test_a_denser_cadence_gives_the_same_features_of_the_same_hours():
    dense = np.repeat(READINGS, 6, axis=0)
    dense_seconds = SECONDS[0] + np.arange(len(dense)) * 600
    hourly = BUILDER.build(histories(READINGS, SECONDS, [500]))
    # Every sixth row of the ten-minute file, which has the hour's values
    ten_minute = BUILDER.build(histories(dense, dense_seconds, [3000], stride=6))

    np.testing.assert_array_equal(hourly, ten_minute)


def test_features_are_what_their_names_say():
    names = BUILDER.names(histories(READINGS, SECONDS, [500]))
    values = dict(zip(names, BUILDER.build(histories(READINGS, SECONDS, [500]))[0], strict=True))
    temperature, pressure = (READINGS[:, COLUMNS.index(name)] for name in ("T (degC)", "p (mbar)"))
    speed, direction = (READINGS[:, COLUMNS.index(name)] for name in ("wv (m/s)", "wd (deg)"))

    assert values["T (degC) change 6 h"] == pytest.approx(temperature[500] - temperature[494], abs=1e-4)
    assert values["T (degC) range 24 h"] == pytest.approx(
        np.nanmax(temperature[477:501]) - np.nanmin(temperature[477:501]), abs=1e-4
    )
    assert values["pressure mean 72 h"] == pytest.approx(np.nanmean(pressure[429:501]), abs=1e-4)
    east = -speed[500] * np.sin(np.radians(direction[500]))
    assert values["wind to the east 0 h ago"] == pytest.approx(east, abs=1e-4)
    assert values["hour"] == pytest.approx(SECONDS[500] % 86_400 / 3600)


@pytest.mark.parametrize("group", [group for group in GROUPS if group not in ("neighbours", "weather_service")])
def test_each_group_can_be_switched_off(group):
    every = set(BUILDER.names(histories(READINGS, SECONDS, [500])))
    without = BUILDER.model_copy(update={"settings": EVERY.model_copy(update={group: False})})

    left = set(without.names(histories(READINGS, SECONDS, [500])))

    assert left < every


def test_a_short_history_and_few_columns_leave_features_out():
    columns = ("p (mbar)", "T (degC)")
    readings = READINGS[:, [COLUMNS.index(name) for name in columns]]
    short = Histories(readings, columns, SECONDS, np.arange(490, 501)[None, :], 60, 1440)

    names = fit_features(EVERY, short, "T (degC)", STATION).names(short)

    assert "T (degC) change 6 h" in names
    assert not [name for name in names if "12 h" in name or "wind" in name]


def test_columns_share_the_waves_of_the_rows(monkeypatch):
    # Given a witness of what waves are computed
    asked, computed = [], seasonal_waves._terms

    def witness(seconds, yearly, daily):
        asked.append((len(seconds), yearly, daily))
        return computed(seconds, yearly, daily)

    monkeypatch.setattr(seasonal_waves, "_terms", witness)
    windows = histories(READINGS, SECONDS, np.arange(300, 900))

    # When
    BUILDER.build(windows)

    # Then those of all rows were, and none of them twice
    of_rows = [each for each in asked if each[0] == len(windows.row_seconds)]
    assert of_rows
    assert len(of_rows) == len(set(of_rows))
