"""What a forecast is made from: the last days up to a moment, fresh, whole and checked, and nothing later."""

import os
import re
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from small_study import STATION, small_readings

from jena_models.errors import DataInvalidError, ReadingsStaleError, RequestError
from jena_models.options.production_options import Forecasting
from jena_models.settings import Settings
from tasks.readings import newest_readings as recent
from tasks.readings.locating import locate
from tasks.readings.newest_readings import check_recent, recent_readings
from tasks.validation import validation
from tasks.workspace.stage_results import Source

SETTINGS = Settings(history_hours=12, forecasting=Forecasting(days=10))
MOMENT = datetime(2012, 3, 20, 6, 10)
"""The time of a reading of `small_readings`, with five days after it."""


@pytest.fixture
def source(home):
    """A function that writes readings to a file and locates it."""

    def written(readings, name="station.csv"):
        readings.to_csv(home / name, index_label="Date Time")
        return locate.fn(str(home / name), STATION, SETTINGS.ingestion)

    return written


def read_of(source: Source, moment=MOMENT, settings=SETTINGS, *, asked=True):
    return recent_readings.fn(source, STATION, settings, moment - STATION.local.standard_offset, asked=asked)


def table_of(ingested):
    table = pd.read_parquet(ingested.readings)
    return table.set_axis(table.index + STATION.local.standard_offset)


def test_only_the_last_days_up_to_the_moment_are_read(source):
    readings = small_readings()

    ingested = read_of(source(readings))

    table = table_of(ingested)
    assert table.index[-1] == pd.Timestamp(MOMENT)
    assert table.index[0] == pd.Timestamp(MOMENT) - pd.Timedelta(days=10) + pd.Timedelta(hours=1)
    pd.testing.assert_series_equal(
        table["T (degC)"], readings["T (degC)"].loc[table.index], check_freq=False, check_index_type=False
    )


def test_a_history_longer_than_the_days_is_read_whole(source):
    settings = Settings(history_hours=120, forecasting=Forecasting(days=1))

    table = table_of(read_of(source(small_readings()), settings=settings))

    assert len(table) == 120 + 24


@pytest.mark.slow
@examples(max_examples=15, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 2**16),
    change=st.sampled_from(["other values", "sentinels", "missing", "gone", "twice", "shuffled", "more"]),
)
def test_nothing_later_than_the_moment_has_a_say(source, seed, change):
    """Given the same readings up to a moment and any after it, then what is read, and its hash, are the same."""
    readings = small_readings()
    before, later = readings[:MOMENT], readings[readings.index > MOMENT].copy()
    generator = np.random.default_rng(seed)
    if change == "other values":
        later[:] = generator.uniform(-9999, 9999, later.shape)
    elif change == "sentinels":
        later[:] = -9999.0
    elif change == "missing":
        later = later.mask(generator.random(later.shape) < 0.7)
    elif change == "gone":
        later = later.iloc[: generator.integers(0, 3)]
    elif change == "twice":
        later = pd.concat([later, later * 2])
    elif change == "more":
        later = pd.concat([later, later.set_axis(later.index + pd.Timedelta(days=900), axis=0)])
    whole = pd.concat([before, later])
    if change == "shuffled":
        whole = whole.iloc[generator.permutation(len(whole))]

    plain, perturbed = read_of(source(readings)), read_of(source(whole, "perturbed.csv"))

    assert perturbed.source.key == plain.source.key
    assert perturbed.key == plain.key
    assert perturbed.report.cadence_minutes == 60


@pytest.mark.parametrize("column", ["T (degC)", "rh (%)", "p (mbar)", "wv (m/s)"])
def test_a_changed_reading_of_the_past_changes_the_hash(source, column):
    readings = small_readings()
    changed = readings.copy()
    changed.loc[MOMENT - timedelta(days=3), column] += 0.01

    assert read_of(source(changed, "changed.csv")).source.key != read_of(source(readings)).source.key


def test_the_same_readings_have_the_same_hash_however_late_one_asks(source):
    readings = small_readings()[:MOMENT]

    keys = {read_of(source(readings), MOMENT + timedelta(minutes=minutes)).source.key for minutes in (0, 30, 170)}

    assert len(keys) == 1


def test_a_stale_source_says_how_old_it_is_and_what_to_do(source):
    found = source(small_readings()[:MOMENT])

    with pytest.raises(ReadingsStaleError) as stale:
        read_of(found, MOMENT + timedelta(hours=3, minutes=6), asked=False)

    assert str(stale.value) == (
        f"The newest reading of {found.origin} is of 2012-03-20 06:10 +0100, 3.1 hours before now, "
        "2012-03-20 09:16 +0100, and may be at most 3 hours old: give newer readings, ask with --at "
        "2012-03-20T06:10+01:00 what would have been said then, or raise forecasting.max_age_hours."
    )
    with pytest.raises(ReadingsStaleError, match=r"3,000 days before 2020-06-06 06:10 \+0100, and"):
        read_of(found, MOMENT + timedelta(days=3000))


@pytest.mark.parametrize(("after_hours", "is_refused"), [(25, False), (27, True)])
def test_a_mean_of_a_day_may_be_a_day_older(source, after_hours, is_refused):
    station = STATION.model_copy(update={"resample_minutes": 1440.0})
    midnight = datetime(2012, 3, 20) - STATION.local.standard_offset
    until = small_readings()[: datetime(2012, 3, 20, 0, 10)]
    found = source(until)

    def asked() -> None:
        recent_readings.fn(found, station, SETTINGS, midnight + timedelta(hours=after_hours), asked=False)

    if is_refused:
        with pytest.raises(ReadingsStaleError, match="and may be at most 26 hours old"):
            asked()
    else:
        asked()


def test_how_old_a_reading_may_be_is_a_setting(source):
    settings = SETTINGS.model_copy(update={"forecasting": Forecasting(days=10, max_age_hours=200)})

    ingested = read_of(source(small_readings()[:MOMENT]), MOMENT + timedelta(days=8), settings)

    assert table_of(ingested).index[-1] == pd.Timestamp(MOMENT)


@pytest.mark.parametrize("silent", [np.nan, -9999.0])
@pytest.mark.parametrize("column", ["T (degC)", "p (mbar)"])
def test_a_sensor_gone_silent_leaves_the_others_to_forecast_from(source, column, silent):
    readings = small_readings()[:MOMENT].copy()
    readings.loc[MOMENT - timedelta(hours=4) :, column] = silent

    table = table_of(read_of(source(readings)))

    assert table.index[-1] == pd.Timestamp(MOMENT)
    assert table[column].isna().sum() == 5


def test_rows_without_a_value_do_not_make_a_source_fresh(source):
    readings = small_readings()[:MOMENT].copy()
    readings.loc[MOMENT - timedelta(hours=4) :] = np.nan

    with pytest.raises(ReadingsStaleError, match=r"is of 2012-03-20 01:10 \+0100, 5\.0 hours before"):
        read_of(source(readings))


def test_a_moment_before_the_first_reading_is_a_wrong_request(source):
    with pytest.raises(
        RequestError,
        match=r"no reading up to 2011-01-01 00:00 \+0100: the first is of 2012-03-01 00:10 \+0100; name a later",
    ):
        read_of(source(small_readings()), datetime(2011, 1, 1))


def test_a_clock_that_is_ahead_is_told(source, caplog):
    found = source(small_readings())
    with caplog.at_level("WARNING", logger="jena"):
        read_of(found, asked=False)
        assert "readings of" in caplog.text
        assert "are later than now (2012-03-20 06:10 +0100) and are not used" in caplog.text
        caplog.clear()
        read_of(found, asked=True)
        assert "later than now" not in caplog.text


def test_a_few_days_of_readings_can_be_checked(source):
    """Given a file that holds little more than the history, when it is checked, then it may be forecast from."""
    readings = small_readings()[MOMENT - timedelta(hours=14) : MOMENT]

    checked = check_recent.fn(read_of(source(readings)), STATION, SETTINGS)

    assert len(pd.read_parquet(checked.readings)) == 15
    assert checked.quarantine is None


def test_impossible_values_are_missing_however_many_and_stop_nothing(source):
    readings = small_readings()
    readings.loc[MOMENT - timedelta(days=4) : MOMENT - timedelta(days=2), "p (mbar)"] = 10.0

    table = pd.read_parquet(check_recent.fn(read_of(source(readings)), STATION, SETTINGS).readings)

    assert len(table) == 240
    assert table["p (mbar)"].isna().sum() == 49
    assert table[["T (degC)", "rh (%)", "wv (m/s)"]].notna().all(axis=None)


def test_what_a_stuck_sensor_repeats_is_missing(source):
    readings = small_readings()
    readings.loc[MOMENT - timedelta(days=2) : MOMENT, "rh (%)"] = 61.0

    table = pd.read_parquet(check_recent.fn(read_of(source(readings)), STATION, SETTINGS).readings)

    assert table["rh (%)"].isna().sum() == 49
    assert table["T (degC)"].notna().all()


@pytest.mark.slow
def test_readings_that_stop_the_forecast_get_great_expectations_pages(source):
    """Given readings that are out of order, when they are checked, then the sentence names a page that tells all."""
    ingested = read_of(source(small_readings()))
    pd.read_parquet(ingested.readings)[::-1].to_parquet(ingested.readings)

    with pytest.raises(DataInvalidError, match="expected that time only increases") as told:
        check_recent.fn(ingested, STATION, SETTINGS)

    [page] = re.findall(r"see (/\S+/docs/index.html)\.", str(told.value))
    [detailed] = Path(page).parent.glob("validations/**/*.html")
    assert re.search(r'class="fail">fail</td><td>time only increases', Path(page).read_text(encoding="utf-8"))
    assert "Expectation" in detailed.read_text(encoding="utf-8")


def test_what_stops_nothing_is_told_without_great_expectations(source, monkeypatch):
    monkeypatch.setattr(validation, "inspect", None)
    readings = small_readings()
    readings.loc[MOMENT - timedelta(days=1), "p (mbar)"] = 10.0

    checked = check_recent.fn(read_of(source(readings)), STATION, SETTINGS)

    [page] = checked.docs.rglob("*")
    assert '<td class="quarantine">quarantine</td><td>p (mbar) lies between' in page.read_text(encoding="utf-8")


def test_the_first_reading_after_an_outage_is_fit_to_forecast_from(source):
    readings = small_readings()
    alone = readings.loc[[pd.Timestamp(MOMENT)]]

    assert len(pd.read_parquet(check_recent.fn(read_of(source(alone)), STATION, SETTINGS).readings)) == 1


def test_what_hourly_checks_leave_does_not_pile_up(source, home, monkeypatch):
    monkeypatch.setattr(recent, "KEPT", 2)
    found = source(small_readings())
    for hours in range(4):
        checked = check_recent.fn(read_of(found, MOMENT - timedelta(hours=hours)), STATION, SETTINGS)
        os.utime(checked.docs.parent, (hours, hours))
        os.utime(checked.ingested.readings.parent, (hours, hours))

    for stage in ("recent", "validate"):
        assert len(list((home / ".cache" / "forecast" / stage).iterdir())) == 2
    assert checked.readings.exists()
    assert sorted(path.name for path in (home / ".cache").iterdir()) == ["forecast"]
