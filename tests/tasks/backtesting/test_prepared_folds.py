"""Origins on disk: what each is given is what was known then, and later readings leave it as it was."""

import numpy as np
import pandas as pd
import pytest
from small_study import STATION, checked, served, small_readings

from jena_models.errors import SettingsError, TooFewReadingsError
from jena_models.options.training_options import Backtest
from jena_models.settings import Settings
from tasks.backtesting.prepared_folds import prepare_folds

SETTINGS = Settings(
    history_hours=12,
    workers=1,
    backtest=Backtest(architectures=(), first_training_days=12, validation_days=4, retrain_days=5, leads_hours=(6,)),
)


def prepare(given, settings=SETTINGS):
    return prepare_folds.fn(given, settings, STATION)


def with_validation(days):
    return SETTINGS.model_copy(update={"backtest": SETTINGS.backtest.model_copy(update={"validation_days": days})})


def load(at, name):
    return np.load(at.prepared.folder / f"{name}.npy", mmap_mode="r")


def local(times):
    return STATION.local.standard_time(times)


def test_each_origin_is_prepared_at_each_lead(home):
    found = prepare(checked(home, small_readings()))

    assert [(at.fold.number, at.lead_hours) for at in found] == [(1, 6), (1, 24), (2, 6), (2, 24), (3, 6), (3, 24)]
    assert {at.prepared.preparation.horizon_minutes for at in found} == {360, 1440}
    assert len({at.prepared.key for at in found}) == len(found)


def test_a_window_s_target_lies_its_lead_after_its_last_step(home):
    readings = small_readings()

    for at in prepare(checked(home, readings)):
        times, starts = load(at, "time"), load(at, "test_starts")
        issued, valid = times[starts + 11], times[starts + at.prepared.target_offset_rows]
        assert (valid - issued == np.timedelta64(round(at.lead_hours), "h")).all()
        assert local(issued)[0] == np.datetime64(at.fold.origin) + np.timedelta64(10, "m")
        np.testing.assert_array_equal(load(at, "target"), readings["T (degC)"].to_numpy(np.float32)[: len(times)])


def test_features_are_normalized_by_what_is_trained_on_alone(home):
    first = prepare(checked(home, small_readings()))[0]
    rows = first.prepared.divided.borders.train

    features, times = load(first, "features"), load(first, "time")

    np.testing.assert_allclose(features[:rows].mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(features[:rows].std(axis=0), 1, atol=1e-5)
    assert local(times)[rows - 1] < np.datetime64(first.fold.validation) <= local(times)[rows]


def test_nothing_that_comes_later_changes_an_origin_nor_is_there_to_be_seen(home):
    # Given readings, and the same ones with other weather after the first origin's last target, and more of it
    readings, more = small_readings(), small_readings(rows=900)
    before = prepare(checked(home, readings))
    last = before[0].fold.until + pd.Timedelta(hours=24)
    later = more.copy()
    later.loc[:last] = readings.loc[:last]
    later.loc[later.index > last] += 7

    # When
    after = prepare(checked(home, later, "later"))

    # Then
    assert after[:2] == before[:2]
    assert len(after) > len(before)
    assert load(before[0], "time")[-1] <= np.datetime64(last)
    assert pd.read_parquet(before[0].prepared.divided.checked.readings).index[-1] <= last


@pytest.mark.parametrize("mended", [{"latitude": -50.91}, {"longitude": 30.0}, {"week": True, "holidays": "DE"}])
def test_a_station_file_that_was_mended_since_makes_other_origins_of_the_same_readings(home, mended):
    given = checked(home, small_readings())

    before = {at.prepared.key for at in prepare(given)}
    after = {at.prepared.key for at in prepare_folds.fn(given, SETTINGS, STATION.model_copy(update=mended))}

    assert not before & after


def test_rows_of_the_readings_are_the_rows_of_the_arrays(home):
    for at in prepare(checked(home, small_readings())):
        table = pd.read_parquet(at.prepared.divided.checked.readings)
        np.testing.assert_array_equal(table.index.to_numpy().astype("datetime64[s]"), load(at, "time"))
        assert at.prepared.divided.borders.rows == len(table)


def test_what_is_prepared_is_not_prepared_again(home, monkeypatch):
    given = checked(home, small_readings())
    before = prepare(given)
    monkeypatch.setattr("tasks.backtesting.prepared_folds.write_rows", lambda *_: pytest.fail("prepared twice"))
    monkeypatch.setattr("tasks.backtesting.prepared_folds.fold_windows", lambda *_: pytest.fail("prepared twice"))

    assert prepare(given) == before


def test_an_origin_that_a_gap_leaves_nothing_to_test_on_is_left_out_and_said_so(home, caplog):
    readings = small_readings()
    gap = (readings.index >= "2012-03-17 10:00") & (readings.index < "2012-03-22 18:00")

    with caplog.at_level("WARNING", logger="jena"):
        found = prepare(checked(home, readings[~gap]), with_validation(7))

    assert [at.fold.number for at in found] == [1, 1, 3, 3]
    assert "The origin 2012-03-18, 24 hours ahead, is left out: it has no test window" in caplog.text


def test_a_lead_between_two_readings_is_refused_by_the_name_of_its_setting(home):
    odd = SETTINGS.model_copy(update={"backtest": SETTINGS.backtest.model_copy(update={"leads_hours": (0.7,)})})

    with pytest.raises(SettingsError, match=r"change backtest\.leads_hours"):
        prepare(checked(home, small_readings()), odd)


def test_readings_without_a_whole_window_anywhere_are_refused(home):
    with pytest.raises(TooFewReadingsError, match="No origin of the backtest has a window"):
        prepare(checked(home, small_readings().iloc[::13]))


def test_an_origin_that_knows_no_run_to_learn_from_is_left_out_where_an_architecture_needs_them(home):
    given = served(checked(home, small_readings()), home / "late", begins_hour=220)
    asked = SETTINGS.backtest.model_copy(update={"architectures": ("emos",)})

    every, fed = prepare(given), prepare(given, SETTINGS.model_copy(update={"backtest": asked}))

    assert [at.fold.number for at in every if at.lead_hours == 24] == [1, 2, 3]
    assert [at.fold.number for at in fed if at.lead_hours == 24] == [2, 3]
