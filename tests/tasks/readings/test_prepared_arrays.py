"""Splitting and normalizing: what the stages hand over, and the book's two persistence figures."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from small_study import STATION, checked, served, small_readings

from jena_models.errors import SettingsError, TooFewReadingsError
from jena_models.options.readings_options import Split
from jena_models.settings import Settings
from jena_models.weather_service.service import Service
from tasks.readings.prepared_arrays import normalize
from tasks.readings.split import split_chronologically
from tasks.training.fit import fit_architecture

SETTINGS = Settings(history_hours=12, workers=1)


def prepare(given, settings=SETTINGS):
    return normalize.fn(split_chronologically.fn(given, settings), settings, STATION)


def load(prepared, name):
    return np.load(prepared.folder / f"{name}.npy", mmap_mode="r")


def test_features_are_normalized_by_the_training_rows_alone(home):
    readings = small_readings()
    later = readings.copy()
    later.iloc[300:] += 5

    one, other = prepare(checked(home, readings)), prepare(checked(home, later, "later"))

    assert one.preparation == other.preparation
    features = load(one, "features")
    assert features.dtype == np.float32
    np.testing.assert_allclose(features[:300].mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(features[:300].std(axis=0), 1, atol=1e-5)


def test_the_target_stays_in_its_unit_and_lies_where_the_handover_says(home):
    readings = small_readings()

    prepared = prepare(checked(home, readings))

    # Step k of the window at row s is row s + k; its target comes 24 hours after the last of the 12 steps.
    starts = load(prepared, "validation_starts")
    assert (prepared.stride_rows, prepared.target_offset_rows) == (1, 35)
    np.testing.assert_allclose(load(prepared, "target")[starts + 35], readings["T (degC)"].to_numpy()[starts + 35])
    measured = readings[list(prepared.preparation.columns)].iloc[starts[0] : starts[0] + 12]
    first = load(prepared, "features")[starts[0] : starts[0] + 12]
    mean, deviation = np.array(prepared.preparation.mean), np.array(prepared.preparation.standard_deviation)
    np.testing.assert_allclose(first * deviation + mean, measured, rtol=1e-4, atol=1e-3)
    np.testing.assert_array_equal(load(prepared, "time"), readings.index.to_numpy())


def test_no_history_and_no_target_of_contiguous_windows_lies_in_another_split(home):
    prepared = prepare(checked(home, small_readings()))

    spans = {"train": (0, 300), "validation": (300, 375), "judging": (375, 450), "test": (450, 600)}
    for split, (first, end) in spans.items():
        starts = load(prepared, f"{split}_starts")
        assert starts[0] == first
        assert starts[-1] + prepared.target_offset_rows == end - 1
        assert prepared.windows[split] == len(starts)
        assert prepared.left_out[split] == 24


def test_all_of_validation_can_be_left_to_choose_by(home):
    prepared = prepare(checked(home, small_readings()), SETTINGS.model_copy(update={"split": Split(judging=0)}))

    assert prepared.divided.borders.validation == prepared.divided.borders.judging == 450
    assert prepared.windows["judging"] == len(load(prepared, "judging_starts")) == 0


@pytest.mark.parametrize("gone", ["the rows", "their values"])
def test_a_missing_row_and_a_row_without_values_are_the_same(home, gone):
    # Given readings of which ten in a row are missing within the training rows
    readings = small_readings(610)
    hole = readings.index[100:110]
    if gone == "the rows":
        readings = readings.drop(hole)
    else:
        readings.loc[hole] = np.nan

    prepared = prepare(checked(home, readings))

    # Then windows end before the hole or begin with less of it than may be missing, and none is for a time within it
    starts = load(prepared, "train_starts")
    issued, valid = starts + 11, starts + prepared.target_offset_rows
    assert not np.isin(valid, np.arange(100, 110)).any()
    assert np.isin([99, 100, 101, 102], issued).all(), "up to three hours after the last reading"
    assert not np.isin(issued, np.arange(103, 114)).any(), "too old, then too little"
    assert prepared.causes["train"] == {
        "the target lies beyond the border": 24,
        "the target was not measured": 10,
        "the newest value of the target is too old": 7,
        "too little of the target is known": 10,
    }
    assert sum(prepared.causes["train"].values()) == prepared.left_out["train"]
    assert load(prepared, "time").shape == (610,)
    assert (np.diff(load(prepared, "time")) == np.timedelta64(1, "h")).all()


def test_a_record_without_holes_is_handed_on_as_it_is(home):
    given = checked(home, small_readings())

    assert split_chronologically.fn(given, SETTINGS).checked == given


def test_a_column_that_tells_nothing_is_left_out_and_named(home, caplog):
    readings = small_readings()
    readings["rh (%)"] = np.nan
    readings.iloc[:300, readings.columns.get_loc("wv (m/s)")] = 2.5

    with caplog.at_level("WARNING", "jena"):
        prepared = prepare(checked(home, readings))

    assert prepared.preparation.columns == ("p (mbar)", "T (degC)", "VPmax (mbar)")
    assert "only ever the same one in the readings to train on: rh (%), wv (m/s)." in caplog.text


def test_missing_readings_leave_no_hole_in_the_features_and_no_window_in_their_place(home):
    readings = small_readings()
    readings.iloc[50:53, readings.columns.get_loc("T (degC)")] = np.nan

    prepared = prepare(checked(home, readings))

    assert np.isfinite(load(prepared, "features")).all()
    targets = load(prepared, "target")[load(prepared, "train_starts") + prepared.target_offset_rows]
    assert np.isfinite(targets).all()
    assert prepared.left_out["train"] == 24 + 3


def test_the_same_windows_are_found_once(home, monkeypatch):
    given = checked(home, small_readings())
    first = prepare(given)
    monkeypatch.setattr("tasks.readings.prepared_arrays._prepare", lambda *_: pytest.fail("prepared twice"))

    assert prepare(given, SETTINGS.model_copy(update={"seed": 3})) == first


def test_too_few_readings_are_refused_and_leave_nothing_behind(home):
    with pytest.raises(TooFewReadingsError, match="The validation split has 13 readings, and one window needs 36"):
        prepare(checked(home, small_readings(100)))

    assert not list((home / ".cache" / "prepare").iterdir())


@pytest.mark.parametrize("windows", ["contiguous", "indexed"])
def test_persistence_on_the_hourly_file_has_the_books_two_figures(home, shared_data, windows):
    # Given the eight years of the book, every sixth row
    table = pd.read_csv(shared_data / "jena_hourly_2009_2016.csv")
    time = pd.to_datetime(table.pop("Date Time"), format="%d.%m.%Y %H:%M:%S")
    readings = table.astype(float).set_index(pd.DatetimeIndex(time, name="time"))

    # When
    prepared = prepare(checked(home, readings), Settings(windows=windows, workers=1, split=Split(judging=0)))
    result = fit_architecture("persistence", prepared, Settings(workers=1)).result

    # Then
    assert result.val_mae == pytest.approx(2.44, abs=0.005)
    assert result.test_mae == pytest.approx(2.62, abs=0.005)


def test_what_training_knows_of_a_weather_service_is_said_with_the_preparation(home, caplog):
    given = checked(home, small_readings())

    whole = prepare(served(given, home / "whole"))
    assert "to set out from" not in caplog.text
    clouds = prepare(served(given, home / "clouds", target_begins_hour=360))

    assert "do not say enough of T (degC) to set out from" in caplog.text
    assert (whole.preparation.services, whole.preparation.service_column) == (("nwp",), "T (degC)")
    assert (clouds.preparation.services, clouds.preparation.service_column) == (("nwp",), "")


@pytest.mark.parametrize("begins_hour", [300, 400])
def test_a_weather_service_that_begins_after_training_is_none_to_the_models(home, begins_hour, caplog):
    prepared = prepare(served(checked(home, small_readings()), home / "late", begins_hour=begins_hour))

    assert (prepared.preparation.services, prepared.divided.checked.service) == ((), None)
    assert prepared.without_its_service
    assert "The runs of nwp say nothing of the windows to train on or to choose by" in caplog.text


def test_of_a_weather_service_that_does_not_reach_the_horizon_it_is_said_how_far_it_does(home, caplog):
    given = served(checked(home, small_readings()), home / "short")
    runs = Service.load(given.service).sources[0]
    near = runs.lead_seconds <= 6 * 3600
    cut = replace(runs, lead_seconds=runs.lead_seconds[near], values=runs.values[:, near], spread=runs.spread[:, near])
    Service((cut,)).save(given.service)

    prepared = prepare(given.model_copy(update={"key": "short"}))

    assert prepared.without_its_service
    hours = f"{prepared.preparation.horizon_minutes / 60:g}"
    assert f"They reach 6 h ahead, and the horizon is {hours} h: shorten horizon_hours to use them." in caplog.text


def test_a_direction_is_refused_as_a_target(home):
    readings = small_readings().assign(**{"wd (deg)": np.arange(600) % 360.0})
    given = split_chronologically.fn(checked(home, readings), SETTINGS)
    station = STATION.model_copy(update={"target": "wd (deg)"})

    with pytest.raises(SettingsError, match="components to the east and to the north"):
        normalize.fn(given, SETTINGS, station)
