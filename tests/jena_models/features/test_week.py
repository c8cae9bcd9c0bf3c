"""Weeks and public holidays: the days they are, and whether they are of use."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from jena_models.errors import SettingsError
from jena_models.features.almanac.week import day_number, public_holidays, weekday
from jena_models.features.feature_settings import FeatureSettings
from jena_models.features.histories import Histories
from jena_models.models.learner import Lesson
from jena_models.stations.schema import Column, StationSchema

STEPS, HOURS, SPLIT = 48, 24 * 7 * 70, 24 * 7 * 50
FIRST = int(np.datetime64("2018-01-01T00:00", "s").astype(np.int64))
SECONDS = FIRST + 3600 * np.arange(HOURS)
LOAD = StationSchema(
    name="load",
    title="A town",
    credit="made up",
    latitude=50.0,
    longitude=11.0,
    clock="Europe/Berlin",
    cadence_minutes=60,
    target="load",
    target_name="load",
    columns=(Column(name="load", quantity="load", minimum=-1e6, maximum=1e6, kind="required"),),
    holidays="DE",
)


def lesson(values: np.ndarray, station: StationSchema = LOAD) -> Lesson:
    readings = values[:, None].astype(np.float64)

    def part(first: int, last: int) -> tuple[Histories, np.ndarray]:
        issued = np.arange(first + STEPS, last - 24)
        rows = issued[:, None] + np.arange(1 - STEPS, 1)
        return Histories(readings, ("load",), SECONDS, rows, 60, 1440), values[issued + 24].astype(np.float32)

    train, train_target = part(0, SPLIT)
    validation, validation_target = part(SPLIT, HOURS)
    return Lesson(train, train_target, validation, validation_target, "load", station, seed=1, threads=1)


def day_and_noise() -> np.ndarray:
    return 100 + 20 * np.sin(2 * np.pi * np.arange(HOURS) / 24) + np.random.default_rng(2).normal(0, 2, HOURS)


def off() -> np.ndarray:
    days = day_number(SECONDS)
    return (weekday(days) >= 5) | np.isin(days, public_holidays("DE", 2018, 2030))


def test_weekdays_and_holidays_are_those_of_the_calendar():
    days = np.array(["2018-05-10", "2018-05-12", "2018-05-14", "2024-10-03"], "datetime64[D]").astype(np.int64)

    assert weekday(days).tolist() == [3, 5, 0, 3]
    assert np.isin(days, public_holidays("DE", 2018, 2024)).tolist() == [True, False, False, True]
    assert set(public_holidays("DE", 2018, 2018)) < set(public_holidays("DE-TH", 2018, 2018))


@pytest.mark.parametrize(
    ("calendar", "sentence"),
    [("DEU1", "No public holidays are known of 'DEU1'"), ("DE-XX", "No public holidays are known of 'XX' in DE")],
)
def test_a_calendar_that_is_not_known_is_refused(calendar, sentence):
    with pytest.raises(SettingsError, match=sentence):
        public_holidays(calendar, 2018, 2019)


def test_they_are_among_the_features_where_validation_finds_them_useful():
    taught = lesson(day_and_noise() - 40 * off())

    builder = taught.feature_builder(FeatureSettings())

    assert builder.follows_week
    assert {"Sunday then", "holiday now", "day before a holiday then"} <= set(builder.names(taught.train))


@pytest.mark.parametrize(
    ("values", "changes"),
    [(day_and_noise(), {}), (day_and_noise() - 40 * off(), {"holidays": "", "week": False})],
    ids=["nothing follows them", "the station file does not ask"],
)
def test_they_are_left_out_otherwise(values, changes):
    taught = lesson(values, LOAD.model_copy(update=changes))

    builder = taught.feature_builder(FeatureSettings())

    assert not builder.follows_week
    assert not [name for name in builder.names(taught.train) if "day off" in name or "Sunday" in name]


def test_a_builder_knows_holidays_without_the_library_and_for_years_to_come(monkeypatch):
    builder = lesson(day_and_noise() - 40 * off()).feature_builder(FeatureSettings())
    monkeypatch.setitem(sys.modules, "holidays", None)
    kept = type(builder).model_validate_json(builder.model_dump_json())

    last = int(np.datetime64("2026-10-02T00:00", "s").astype(np.int64))
    seconds = last + 3600 * np.arange(1 - STEPS, 1)
    history = Histories(np.full((STEPS, 1), 100.0), ("load",), seconds, np.arange(STEPS)[None], 60, 1440)
    features = dict(zip(kept.names(history), kept.build(history)[0], strict=True))

    assert (features["holiday now"], features["holiday then"]) == (0, 1)
