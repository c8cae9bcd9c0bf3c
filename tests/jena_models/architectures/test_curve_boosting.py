"""A curve sets out from the last reading, does not zigzag, beats persistence at each lead, and does without sensors."""

import mimetypes
from dataclasses import replace

import numpy as np
import pytest
from small_study import COLUMNS, STATION, small_readings

from jena_models.architectures.curve_boosting import CurveBoosting, CurveBoostingHyperparameters
from jena_models.features.histories import Histories
from jena_models.features.starting_point import latest
from jena_models.models.learner import Lesson
from jena_models.windows.later_targets import LaterTargets

STEPS, ROWS = 48, 3000
TARGET = "T (degC)"
LEADS = tuple(60.0 * hour for hour in range(1, 49))
ENDS = {"train": 2000, "validation": 2500, "test": 3000}


def weather() -> np.ndarray:
    """Readings of which the temperature comes back to its daily course after a disturbance, and is measured roughly."""
    rng = np.random.default_rng(3)
    table = small_readings(ROWS)
    disturbance = np.zeros(ROWS)
    for row in range(1, ROWS):
        disturbance[row] = 0.97 * disturbance[row - 1] + rng.normal(0, 0.7)
    hours = np.arange(ROWS)
    table[TARGET] = 8 + 5 * np.sin(2 * np.pi * hours / 24) + disturbance + rng.normal(0, 0.3, ROWS)
    return table.to_numpy()


WEATHER = weather()


def histories(first: int, end: int, readings: np.ndarray = WEATHER) -> Histories:
    return Histories(
        readings=readings,
        columns=COLUMNS,
        seconds=small_readings(ROWS).index.to_numpy().astype("datetime64[s]").astype(np.int64),
        rows=np.arange(first, end)[:, None] + np.arange(STEPS),
        sampling_minutes=60,
        horizon_minutes=1440.0,
    )


LATER = LaterTargets(WEATHER[:, COLUMNS.index(TARGET)].astype(np.float32), 60.0, ENDS)
TEST = histories(2500, 2900)


def targets(which: Histories, split: str) -> np.ndarray:
    return LATER.after(split, which.rows[:, -1][:, None], np.asarray(LEADS)[None])


@pytest.fixture(scope="module")
def taught():
    told = []
    train, validation = histories(0, 1900), histories(2000, 2400)
    lesson = Lesson(
        train=train,
        train_target=targets(train, "train")[:, 23].astype(np.float32),
        validation=validation,
        validation_target=targets(validation, "validation")[:, 23].astype(np.float32),
        target=TARGET,
        station=STATION,
        seed=1,
        threads=1,
        later=LATER,
        leads_minutes=LEADS,
    )
    chosen = CurveBoostingHyperparameters(rounds=60, windows_in_leaf=30, centres_hours=(3, 12, 24))
    return CurveBoosting.fit(lesson, chosen, told.append), told


@pytest.mark.slow
def test_it_beats_persistence_at_each_lead_and_clearly_from_three_hours_on(taught):
    curves, came = taught[0].curves(TEST), targets(TEST, "test")
    last = latest(TEST, TARGET)[:, None]

    error, persistence = (np.nanmean(np.abs(came - said), axis=0) for said in (curves, last))

    assert curves.shape == (400, 48)
    assert (error < 1.02 * persistence).all()
    assert (error[2:20] < 0.7 * persistence[2:20]).all()


def test_it_sets_out_from_the_last_reading_and_bends_less_than_what_is_measured(taught):
    last = latest(TEST, TARGET)[:, None]
    curves = np.concatenate([last, taught[0].curves(TEST)], axis=1)
    came = np.concatenate([last, targets(TEST, "test")], axis=1)

    # within an hour it goes no farther than the temperature does
    assert np.nanmean(np.abs(curves[:, 1] - last[:, 0])) < np.nanmean(np.abs(came[:, 1] - last[:, 0]))
    bends, measured = (np.nanmean(np.abs(np.diff(each, 2, axis=1))) for each in (curves, came))
    assert bends < 0.7 * measured


@pytest.mark.parametrize("gone", [["p (mbar)"], ["p (mbar)", "rh (%)", "wv (m/s)", "VPmax (mbar)"]])
def test_it_does_without_any_sensor_but_the_targets(taught, gone):
    readings = WEATHER.copy()
    readings[:, [COLUMNS.index(name) for name in gone]] = np.nan
    which = histories(2500, 2900, readings)

    error = np.nanmean(np.abs(targets(which, "test") - taught[0].curves(which)), axis=0)

    whole = np.nanmean(np.abs(targets(TEST, "test") - taught[0].curves(TEST)), axis=0)
    assert (error < 1.3 * whole).all()


def test_one_value_of_the_target_is_enough(taught):
    readings = WEATHER.copy()
    readings[: 2500 + STEPS - 1] = np.nan

    assert np.isfinite(taught[0].curves(histories(2500, 2501, readings))).all()


def test_what_comes_after_an_issue_time_changes_nothing(taught):
    later = WEATHER.copy()
    later[2500 + STEPS :] += 9

    np.testing.assert_array_equal(
        taught[0].curves(histories(2500, 2501, later)), taught[0].curves(histories(2500, 2501))
    )


def test_nothing_is_learnt_from_beyond_a_splits_border(taught):
    beyond = LATER.after("train", np.array([1990]), np.array([[600.0, 1440.0]]))

    assert np.isnan(beyond).all()
    np.testing.assert_array_equal(LATER.after("train", np.array([1990]), 540.0), LATER.target[[1999]])


def test_a_single_history_has_the_same_curve_as_among_others_and_one_lead_may_be_asked_for(taught):
    many = taught[0].curves(TEST)

    np.testing.assert_array_equal(taught[0].curves(TEST.part(slice(7, 8)))[0], many[7])
    np.testing.assert_allclose(taught[0].forecast(TEST), many[:, 23], atol=1.0)
    each = taught[0].forecast(replace(TEST, horizon_minutes=np.full(len(TEST), 1440.0)))
    np.testing.assert_array_equal(each, taught[0].forecast(TEST))


def test_it_is_read_back_as_it_was(taught, tmp_path):
    model, told = taught
    model.save(tmp_path)

    back = CurveBoosting.load(tmp_path)

    np.testing.assert_array_equal(back.curves(TEST), model.curves(TEST))
    assert back.leads_minutes == LEADS
    assert back.parameters > 0
    assert told[0].number == 1


def test_its_files_are_none_that_a_store_of_artifacts_unpacks(taught, tmp_path):
    """From MLflow's server in front of S3, a version with files named `.gz` never came back as it was registered."""
    taught[0].save(tmp_path)

    assert {mimetypes.guess_type(path)[1] for path in tmp_path.iterdir()} == {None}


def test_files_of_earlier_times_are_read(taught, tmp_path):
    taught[0].save(tmp_path)
    for path in tmp_path.glob("booster-*"):
        path.rename(path.with_suffix(".gz"))

    np.testing.assert_array_equal(CurveBoosting.load(tmp_path).curves(TEST), taught[0].curves(TEST))


def test_curves_with_parts_missing_are_the_same_each_time_and_worse(taught):
    once, again = (taught[0].curves_with_parts_missing(TEST, STATION, 5) for _ in range(2))

    np.testing.assert_array_equal(once, again)
    assert not np.array_equal(once, taught[0].curves(TEST))
