"""A backtest's runs: what they hold, that they are gone on with, and that they are no study's."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_study import STATION, small_prepared, small_readings

from jena_models.backtesting.backtest_scores import chosen, score_forecasts
from jena_models.errors import RequestError, SettingsError
from jena_models.options.training_options import Backtest, Training
from jena_models.settings import Settings
from tasks.backtesting.backtest_table import render
from tasks.backtesting.conduct import (
    backtesting,
    begin_backtest,
    conclude_backtest,
    earlier_backtest,
    train_at_fold,
    trainings,
)
from tasks.backtesting.prepared_folds import prepare_folds
from tasks.backtesting.requested_backtest import backtest_request, backtested
from tasks.studies.leaderboard import rows
from tasks.tracking.artifacts import names_of, table_of
from tasks.tracking.store import client
from tasks.workspace.requested_settings import resolve

pytestmark = pytest.mark.slow

TRAINED = "ridge"
SETTINGS = Settings(
    history_hours=12,
    workers=1,
    training=Training(epochs=1, batches_per_epoch=4, batch_size=16),
    backtest=Backtest(
        architectures=(TRAINED,), first_training_days=12, validation_days=4, retrain_days=5, leads_hours=(6,)
    ),
)


def prepared_folds(home: Path):
    path = home / "checked.parquet"
    small_readings().to_parquet(path)
    checked = small_prepared(home / "rest").divided.checked.model_copy(update={"readings": path})
    return prepare_folds.fn(checked, SETTINGS, STATION)


def children(run_id):
    experiment = client().get_run(run_id).info.experiment_id
    return client().search_runs([experiment], f"tags.`mlflow.parentRunId` = '{run_id}'")


def test_told_to_end_as_it_begins_a_backtest_leaves_no_run_behind(home):
    folds, opened = prepared_folds(home), []

    def begin_and_be_told_to_end(folds, settings):
        opened.append(begin_backtest.fn(folds, settings))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), backtesting(begin_and_be_told_to_end, folds, SETTINGS):
        pass

    assert client().get_run(opened[0].run_id).info.status == "KILLED"


def test_a_backtest_is_interrupted_goes_on_and_is_kept_whole(home, monkeypatch):
    # Given a backtest that is interrupted after eight of its twelve trainings
    folds = prepared_folds(home)
    assert earlier_backtest(folds, SETTINGS) is None
    done = []

    def train_eight(begun):
        done.extend(train_at_fold.fn(each, begun, SETTINGS) for each in trainings(folds, SETTINGS)[:8])
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), backtesting(begin_backtest.fn, folds, SETTINGS) as begun:
        train_eight(begun)
    assert client().get_run(begun.run_id).info.status == "KILLED"
    assert earlier_backtest(folds, SETTINGS) is None

    # When it is run again
    told = []
    monkeypatch.setattr("tasks.training.fit.logger.log", lambda _, text, *given: told.append(text % given))
    with backtesting(begin_backtest.fn, folds, SETTINGS) as again:
        trained = [train_at_fold.fn(each, again, SETTINGS) for each in trainings(folds, SETTINGS)]
    result = conclude_backtest.fn(again, trained, STATION, SETTINGS)

    # Then it is the same run, and nothing that was finished was trained again
    assert again == begun
    assert trained[:8] == done
    assert len([line for line in told if "is taken from an earlier training" in line]) == 8

    # and each origin and lead is scored beside persistence
    assert result.backtest == begun.identity
    assert [fold.number for fold in result.folds] == [1, 2, 3]
    assert {(score.architecture, score.lead_hours) for score in chosen(result.scores, "origin")} == {
        (name, lead) for name in ("persistence", TRAINED) for lead in (6, 24)
    }

    # and the runs hold all of it
    parent = client().get_run(begun.run_id)
    assert parent.info.status == "FINISHED"
    assert parent.data.tags["role"] == "backtest"
    assert parent.data.tags["best_architecture"] == TRAINED
    assert {"backtest.json", "scores.parquet", "forecasts.parquet", "settings.yaml"} <= names_of(begun.run_id)
    forecasts = table_of(begun.run_id, "forecasts.parquet")
    assert score_forecasts(forecasts, STATION.latitude) == result.scores
    pd.testing.assert_frame_equal(
        table_of(begun.run_id, "scores.parquet"), pd.DataFrame([score.model_dump() for score in result.scores])
    )
    by_name = {run.data.tags["architecture"]: run for run in children(begun.run_id)}
    assert set(by_name) == {"persistence", TRAINED}
    assert {run.info.status for run in by_name.values()} == {"FINISHED"}
    steps = client().get_metric_history(by_name[TRAINED].info.run_id, "origin/skill_lead_06h")
    assert [(metric.step, metric.value) for metric in steps] == [
        (number, score.skill) for number, score in enumerate(chosen(result.scores, "origin", 6, TRAINED), start=1)
    ]
    assert pd.Timestamp(steps[0].timestamp, unit="ms") == pd.Timestamp(result.folds[0].origin)

    # and the same backtest is not run again, while another one is
    assert earlier_backtest(folds, SETTINGS) == result
    assert earlier_backtest(folds, SETTINGS.model_copy(update={"seed": 9})) is None

    # and it is no study
    with pytest.raises(RequestError, match="jena train"):
        rows()

    # and a person can read it
    text = render(result)
    assert result.sentence in " ".join(text.split())
    for group in ("2012-03-13", "spring", "23", "persistence", f"{TRAINED} skill"):
        assert group in text


def test_forecasts_are_those_of_the_model_that_was_trained_before_them(home):
    folds = prepared_folds(home)
    begun = begin_backtest.fn(folds, SETTINGS)
    trained = [train_at_fold.fn(each, begun, SETTINGS) for each in trainings(folds, SETTINGS)[: len(folds)]]

    conclude_backtest.fn(begun, trained, STATION, SETTINGS)

    forecasts, measured = table_of(begun.run_id, "forecasts.parquet"), small_readings()["T (degC)"]
    measured.index += STATION.local.standard_offset
    assert (forecasts["issue_time"] >= forecasts["origin"]).all()
    np.testing.assert_allclose(forecasts["measured"], measured[forecasts["valid_time"]], rtol=1e-6)
    np.testing.assert_allclose(forecasts["forecast"], measured[forecasts["issue_time"]], rtol=1e-4)
    assert not forecasts.duplicated(["lead_hours", "issue_time"]).any()


def test_architectures_that_are_named_are_the_backtest_s(home):
    chosen_settings = resolve("quick", backtest_request("simulated", ["lstm", "persistence", "lstm"], 2, {"seed": 3}))

    assert backtested(chosen_settings) == ("persistence", "lstm")
    assert chosen_settings.architectures == resolve("quick").architectures
    assert (chosen_settings.source, chosen_settings.workers, chosen_settings.seed) == ("simulated", 2, 3)


def test_an_unknown_architecture_is_refused(home):
    with pytest.raises(SettingsError, match="did you mean 'dense'"):
        backtested(resolve("quick", backtest_request(architectures=["densee"])))
