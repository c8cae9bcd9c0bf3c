"""Shared trees as a station has them: how far they are off is told of stations like it, in the scale they speak in."""

import math
import shutil

import pytest
from small_pool import CHOSEN, lesson, small_pool
from small_study import STATION, last_days, small_prepared, small_readings

from jena_models.architectures.shared_boosting import SharedBoosting
from jena_models.evaluation.intervals import Intervals
from jena_models.forecaster import Forecaster
from jena_models.models.model_files import LEARNER_FOLDER, save_learner
from jena_models.stations.schema import Column
from tasks.fleet.pool_parts import FALLBACK_FOLDER
from tasks.fleet.pooled_fits import fallback_fit, newcomer_fit
from tasks.fleet.standing import SHARED
from tasks.workspace import Fit


@pytest.fixture
def pool(tmp_path, home):
    folder = small_pool(tmp_path / "pool")
    shutil.copytree(folder, tmp_path / "fallback")
    shutil.move(tmp_path / "fallback", folder / FALLBACK_FOLDER)
    return folder


def champion(pool, days: int, folder) -> Fit:
    taught = SharedBoosting.fit(lesson("c", days, 3), CHOSEN.model_copy(update={"pool": str(pool)}), lambda _: None)
    folder.mkdir()
    save_learner(taught, SHARED, folder)
    return Fit.model_construct(folder=folder, key=f"champion{days}")


def intervals(fit: Fit) -> Intervals:
    return Intervals.model_validate_json((fit.folder / "intervals.json").read_text())


@pytest.mark.parametrize(("days", "has_record"), [(300, True), (90, False)])
def test_a_fallback_is_as_far_off_as_stations_with_such_a_record(pool, tmp_path, days, has_record):
    prepared = small_prepared(tmp_path / "prepared")
    chosen = champion(pool, days, tmp_path / "champion")
    model = SharedBoosting.load(chosen.folder / LEARNER_FOLDER)

    fit = fallback_fit(chosen, pool, prepared, STATION)

    facts, scale = model.facts, model.target_scale
    assert model.has_record == has_record
    assert (scale == facts.target_scale) != has_record
    told = facts.intervals if has_record else facts.newcomer_intervals
    assert fit.result.val_mae == pytest.approx(scale * (facts.mae if has_record else facts.newcomer_mae))
    assert fit.result.val_skill == (facts.skill if has_record else facts.newcomer_skill)
    assert intervals(fit).below[0][0] == pytest.approx([scale * each for each in told.below[0][0]])


def test_a_newcomer_is_told_in_the_scale_of_the_pool(pool, tmp_path):
    fit = newcomer_fit(pool, small_prepared(tmp_path / "prepared"), STATION)

    facts = SharedBoosting.load(fit.folder / LEARNER_FOLDER).facts
    assert fit.result.val_mae == pytest.approx(facts.target_scale * facts.newcomer_mae)


def test_without_trees_for_missing_parts_there_is_no_fallback(pool, tmp_path):
    shutil.rmtree(pool / FALLBACK_FOLDER)

    chosen = champion(pool, 300, tmp_path / "champion")

    assert fallback_fit(chosen, pool, small_prepared(tmp_path / "prepared"), STATION) is None


def test_a_silent_neighbour_does_not_silence_trees_that_are_shown_none(pool, tmp_path):
    # Given a station that starts with the model for all, and has a neighbour
    hill = Column(name="hill: T (degC)", quantity="T", minimum=-60, maximum=60, kind="optional", neighbour="hill")
    station = STATION.model_copy(update={"columns": (*STATION.columns, hill)})
    told = small_prepared(tmp_path / "prepared").preparation
    more = {"columns": (*told.columns, hill.name), "mean": (*told.mean, 8.0)}
    told = told.model_copy(update=more | {"standard_deviation": (*told.standard_deviation, 5.0)})
    version = Forecaster(told, station, SharedBoosting.for_newcomer(pool, told.columns, station))
    readings = last_days(small_readings(), 3)

    # When the neighbour is silent
    spoken = version.forecast(readings.assign(**{hill.name: 7.0}))
    silent = version.forecast(readings.assign(**{hill.name: math.nan}))

    # Then the station's own readings say what they said
    assert silent["forecast"].tolist() == spoken["forecast"].tolist()
    assert silent["missing"].tolist() == [""]
