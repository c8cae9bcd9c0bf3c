"""What forecasts where parts of a history are missing does so with any of them, and knows which features they make."""

from dataclasses import replace

import numpy as np
import pytest
from small_study import COLUMNS, STATION, small_readings

from jena_models.architectures.partial_boosting import PartialBoosting, PartialBoostingHyperparameters
from jena_models.features.histories import Histories
from jena_models.models.learner import Lesson
from jena_models.windows.silence import sensors

STEPS = 24
TARGET = "T (degC)"


def histories(first: int, end: int, readings: np.ndarray | None = None) -> Histories:
    table = small_readings(1500)
    return Histories(
        readings=table.to_numpy() if readings is None else readings,
        columns=COLUMNS,
        seconds=table.index.to_numpy().astype("datetime64[s]").astype(np.int64),
        rows=np.arange(first, end)[:, None] + np.arange(STEPS),
        sampling_minutes=60,
        horizon_minutes=1440,
    )


def targets(first: int, end: int) -> np.ndarray:
    return small_readings(1500)[TARGET].to_numpy(np.float32)[np.arange(first, end) + STEPS + 23]


@pytest.fixture(scope="module")
def taught():
    told = []
    lesson = Lesson(
        train=histories(0, 1000),
        train_target=targets(0, 1000),
        validation=histories(1000, 1400),
        validation_target=targets(1000, 1400),
        target=TARGET,
        station=STATION,
        seed=1,
        threads=1,
    )
    chosen = PartialBoostingHyperparameters(rounds=40, windows_in_leaf=20)
    return PartialBoosting.fit(lesson, chosen, told.append), told


def without(columns: list[str], rows: slice = slice(None)) -> Histories:
    readings = small_readings(1500).to_numpy().copy()
    for name in columns:
        readings[rows, COLUMNS.index(name)] = np.nan
    return histories(1100, 1400, readings)


def test_a_sensor_takes_along_what_is_computed_from_it():
    columns = ("p (mbar)", "T (degC)", "Tpot (K)", "Tdew (degC)", "rh (%)", "VPmax (mbar)", "rho (g/m**3)", "wv (m/s)")

    assert sensors(columns, TARGET, STATION) == {
        "p (mbar)": ("p (mbar)", "Tpot (K)", "rho (g/m**3)"),
        "rh (%)": ("Tdew (degC)", "rh (%)", "rho (g/m**3)"),
        "wv (m/s)": ("wv (m/s)",),
    }


@pytest.mark.parametrize(
    "gone", [[], ["p (mbar)"], ["rh (%)"], ["wv (m/s)"], ["p (mbar)", "rh (%)", "wv (m/s)", "VPmax (mbar)"]]
)
def test_it_forecasts_without_any_sensor_but_the_targets(taught, gone):
    forecasts = taught[0].forecast(without(gone))

    error = np.abs(forecasts - targets(1100, 1400)).mean()
    persistence = np.abs(
        small_readings(1500)[TARGET].to_numpy()[np.arange(1100, 1400) + STEPS - 1] - targets(1100, 1400)
    )
    assert np.isfinite(forecasts).all()
    assert error < 1.2 * persistence.mean()


def test_one_value_of_the_target_is_enough(taught):
    alone = without(list(COLUMNS), slice(0, 1200))

    forecasts = taught[0].forecast(replace(alone, rows=(1200 + np.arange(1 - STEPS, 1))[None]))

    assert np.isfinite(forecasts).all()


def test_it_is_read_back_as_it_was_and_says_what_is_usual(taught, tmp_path):
    model, told = taught
    model.save(tmp_path)

    back = PartialBoosting.load(tmp_path)

    np.testing.assert_array_equal(back.forecast(without(["rh (%)"])), model.forecast(without(["rh (%)"])))
    usual = back.usual(histories(0, 1000).valid_seconds)
    assert abs(usual.mean() - small_readings(1000)[TARGET].mean()) < 1
    assert told[0].number == 1
    assert back.parameters > 0


def test_forecasts_with_parts_missing_are_the_same_each_time_and_made_from_less(taught, monkeypatch):
    whole, shown = histories(1100, 1400), []
    predict = taught[0]._booster.predict
    monkeypatch.setattr(taught[0]._booster, "predict", lambda given: (shown.append(given), predict(given))[1])

    once, again = (taught[0].forecast_with_parts_missing(whole, STATION, 5) for _ in range(2))
    taught[0].forecast(whole)

    np.testing.assert_array_equal(once, again)
    missing = [np.isnan(features).any(axis=1).mean() for features in shown]
    assert missing[0] == missing[1] > missing[2] + 0.2
