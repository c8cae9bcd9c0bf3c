"""What a station gives to the trees that all share: all its windows or a few, whole or with parts missing."""

from dataclasses import replace

import numpy as np
import pytest

from jena_models.features.feature_builder import fit_features
from jena_models.features.feature_settings import FeatureSettings
from jena_models.features.histories import Histories
from jena_models.models.learner import Lesson
from jena_models.pooling.memory import NAMES
from jena_models.pooling.pooled_features import STEPS_WITHOUT, StationInputs
from jena_models.pooling.station_windows import PartsMissing, windows_of
from jena_models.stations import load_station

COLUMNS = ("p (mbar)", "T (degC)", "wv (m/s)")
ROWS, STEPS, HORIZON = 1200, 24, 6
STATION = load_station("jena")


@pytest.fixture(scope="module")
def lesson():
    rng = np.random.default_rng(1)
    readings = np.column_stack([rng.normal(990, 3, ROWS), rng.normal(8, 4, ROWS), np.abs(rng.normal(2, 1, ROWS))])
    histories = Histories(
        readings=readings,
        columns=COLUMNS,
        seconds=np.arange(ROWS) * 3600 + 1_400_000_000 // 3600 * 3600,
        rows=np.arange(ROWS - STEPS - HORIZON)[:, None] + np.arange(STEPS),
        sampling_minutes=60,
        horizon_minutes=60 * HORIZON,
    )
    target = readings[histories.rows[:, -1] + HORIZON, 1].astype("f4")
    return Lesson(
        train=histories.part(slice(0, 900)),
        train_target=target[:900],
        validation=histories.part(slice(900, None)),
        validation_target=target[900:],
        target="T (degC)",
        station=STATION,
        seed=1,
        threads=1,
    )


@pytest.fixture(scope="module")
def inputs(lesson):
    settings = FeatureSettings(target_anomalies=True, week=False)
    builder = fit_features(settings, lesson.train, lesson.target, STATION)
    return StationInputs.of(builder, COLUMNS, STATION, 1.0)


def times_of(lesson):
    return lesson.validation.valid_seconds.astype("datetime64[s]")


def test_a_station_gives_all_its_windows_where_they_may_be_so_many(lesson, inputs):
    given = windows_of(inputs, lesson, times_of(lesson), 4 * len(lesson.train))

    assert len(given.changes["train"]) == len(lesson.train)
    assert np.array_equal(given.valid_times, times_of(lesson))


def test_few_windows_of_many_are_of_all_hours_and_the_same_each_time(lesson, inputs):
    # Given 900 hourly windows, of which every 24th would be of one hour
    given = windows_of(inputs, lesson, times_of(lesson), 37)
    again = windows_of(inputs, lesson, times_of(lesson), 37)

    hours = given.features["train"][:, given.names.index("hour")]
    assert len(hours) == 37
    assert len(np.unique(np.round(hours))) > 12
    assert len(given.valid_times) == len(given.changes["validation"]) == 9
    assert np.array_equal(given.features["train"], again.features["train"], equal_nan=True)


def test_stations_give_windows_of_other_times(lesson, inputs):
    other = replace(lesson, station=STATION.model_copy(update={"name": "other"}))

    one, two = (windows_of(inputs, each, times_of(lesson), 37) for each in (lesson, other))

    assert not np.array_equal(one.changes["train"], two.changes["train"])


def test_some_windows_to_learn_from_remember_less_than_a_month(lesson, inputs):
    given = windows_of(inputs, lesson, times_of(lesson), 4 * len(lesson.train))
    whole = {split: inputs.shown(getattr(lesson, split), given.names) for split in ("train", "validation")}

    apart = {
        split: (given.features[split] != whole[split]) & ~np.isnan(whole[split]) for split in ("train", "validation")
    }
    remembers = [given.names.index(name) for name in NAMES]

    assert 0.2 < apart["train"][300:, remembers].any(axis=1).mean() < 0.35
    assert not np.delete(apart["train"], remembers, axis=1).any()
    assert not apart["validation"].any()


def test_a_fallback_is_given_windows_with_sensors_and_rows_missing(lesson, inputs):
    few = PartsMissing(silent_share=0.67, outage_share=0.3)
    given = windows_of(inputs, lesson, times_of(lesson), 800, few)
    features, without = given.features["train"], given.names.index(STEPS_WITHOUT)

    pressure = np.isnan(features[:, given.names.index("pressure")])
    wind = np.isnan(features[:, given.names.index("wind speed")])
    assert 0.2 < pressure.mean() < 0.9
    assert 0.2 < wind.mean() < 0.9
    assert (pressure != wind).any()
    assert np.isfinite(given.changes["train"]).all()
    assert (features[:, without] == 0).mean() > 0.5
    assert (features[:, without] > 0).any()
