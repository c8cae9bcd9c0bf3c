import json
import logging
import shutil

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from made_once import empty_store
from small_study import COLUMNS, SETTINGS, STATION, open_architecture_run, open_study, small_fit, small_prepared

from jena_models.errors import RequestError
from jena_models.windows.preparation import Preparation
from tasks.studies import input_importance as importance
from tasks.studies import study_report as report
from tasks.studies.leaderboard import render, rows
from tasks.studies.report_contents import gather
from tasks.studies.study_run import finish_study
from tasks.tracking import runs as tracking
from tasks.tracking.artifacts import json_of, text_of
from tasks.tracking.store import client
from tasks.workspace.folders.project_folders import cache_folder, home_folder
from tasks.workspace.stage_results import LeaderboardRow, Promoted

pytestmark = pytest.mark.slow

PROMOTED = Promoted(
    model="m", challenger=None, champion=None, promoted=False, gates=(), sentence="None was registered."
)


ERRORS = {"dense": 1.0, "lstm": 1.05, "persistence": 9.0}


@pytest.fixture
def store(home):
    shutil.copy(empty_store(), home / "mlflow.db")
    return client()


@pytest.fixture
def prepared(home, store):
    return small_prepared(cache_folder() / "prepare" / "abc")


def study(prepared, errors: dict[str, float], finish: bool = True, settings=SETTINGS):
    """A finished study of architectures whose forecasts are off by so much."""
    begun = open_study(settings, prepared)
    target = np.load(prepared.folder / "target.npy")
    for number, (architecture, error) in enumerate(errors.items()):
        fit = small_fit(cache_folder() / "fit" / f"{architecture}-{settings.seed}", prepared, architecture)
        rng, forecasts = np.random.default_rng(number), {}
        for split in ("validation", "test"):
            measured = target[np.load(prepared.folder / f"{split}_starts.npy") + prepared.target_offset_rows]
            forecasts[split] = measured + error * rng.standard_normal(len(measured)).astype(np.float32)
        np.savez(fit.folder / "predictions.npz", **forecasts)
        figures = dict.fromkeys(("val_mae", "test_mae"), 0.8 * error)
        fit = fit.model_copy(update={"result": fit.result.model_copy(update=figures)})
        run_id = open_architecture_run(begun, architecture, settings, prepared)
        tracking.finish_architecture_run(run_id, fit, prepared)
    if finish:
        finish_study(begun, prepared, rows(begun.identity), PROMOTED, STATION, report=True)
    return begun


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A home with a finished study of `ERRORS`, its prepared arrays, and the study."""
    folder = tmp_path_factory.mktemp("finished")
    shutil.copy(empty_store(), folder / "mlflow.db")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JENA_HOME", str(folder))
        prepared = small_prepared(cache_folder() / "prepare" / "abc")
        return folder, prepared, study(prepared, ERRORS)


@pytest.fixture
def finished(home, made, monkeypatch):
    """The study and its prepared arrays, where the tests' own home would be; it is left as it was."""
    folder, prepared, begun = made
    monkeypatch.setenv("JENA_HOME", str(folder))
    return begun, prepared


def test_the_page_is_attached_to_the_study_and_written_from_the_store_alone(finished, tmp_path):
    begun, _ = finished
    attached = text_of(begun.run_id, "report.html")
    cache = cache_folder()
    aside = cache.rename(cache.with_name("aside"))

    path = report.write_report(begun.identity, tmp_path / "there" / "page.html")

    shutil.rmtree(cache, ignore_errors=True)
    aside.rename(cache)
    written = path.read_text(encoding="utf-8")
    assert client().get_run(begun.run_id).info.status == "FINISHED"
    for page in (attached, written):
        for said in ("Weather station Beutenberg", "dense", "lstm", 'id="errors"', 'id="significance"', begun.identity):
            assert said in page
    assert [path.name for path in path.parent.iterdir()] == ["page.html"]


def test_every_figure_of_the_page_is_that_of_the_runs(finished):
    begun, prepared = finished

    contents = gather(client().get_run(begun.run_id))

    assert [each.architecture for each in contents.contenders] == list(ERRORS)
    assert contents.contenders[0].val_mae == pytest.approx(0.8)
    assert len(contents.contenders[0].epochs) == 3
    target = np.load(prepared.folder / "target.npy")
    measured = target[np.load(prepared.folder / "test_starts.npy") + prepared.target_offset_rows]
    np.testing.assert_allclose(contents.forecasts["dense"]["measured"], measured)
    own = contents.significance.uncertainty("test", "dense")
    assert own.mae == pytest.approx((contents.forecasts["dense"]["forecast"] - measured).abs().mean(), rel=1e-6)
    assert own.lower < own.mae < own.upper
    assert (contents.unit, contents.credit) == ("°C", STATION.credit)
    assert {each.split: each.used for each in contents.windows} == prepared.windows


def test_only_differences_above_the_noise_are_told_apart(finished):
    begun, _ = finished

    ranked = rows(begun.identity)

    assert [(row.architecture, row.tied_with_best) for row in ranked] == [
        ("dense", True),
        ("lstm", True),
        ("persistence", False),
    ]
    kept = json_of(begun.run_id, "leaderboard.json")
    assert [row["tied_with_best"] for row in kept] == [True, True, False]
    lines = render(ranked).splitlines()
    assert [line.split()[0] for line in lines if "dense" in line or "lstm" in line] == ["1=", "1="]


def test_a_page_that_fails_does_not_fail_the_study(store, prepared, monkeypatch, caplog):
    monkeypatch.setattr(report, "page", lambda _: 1 / 0)
    with caplog.at_level(logging.WARNING, "jena"):
        begun = study(prepared, {"dense": 1.0})

    assert store.get_run(begun.run_id).info.status == "FINISHED"
    assert "`jena report` writes it" in caplog.text
    assert text_of(begun.run_id, "report.html") is None


def test_a_study_from_before_there_was_a_report_has_one_too(store, prepared):
    begun = study(prepared, {"dense": 1.0, "lstm": 2.0}, finish=False)
    store.set_terminated(begun.run_id, "FINISHED")

    contents = gather(client().get_run(begun.run_id))

    assert contents.significance.comparison("validation", "dense", "lstm") is not None
    assert (contents.importance, contents.cleaning, contents.gates) == (None, None, ())
    assert contents.contenders[1].rank == "2"


def test_what_cannot_be_written_or_is_not_there_is_said_in_a_sentence(finished, tmp_path):
    begun, _ = finished
    (tmp_path / "file").write_text("")

    with pytest.raises(RequestError, match="--output"):
        report.write_report(begun.identity, tmp_path / "file" / "page.html")
    with pytest.raises(RequestError, match="There is no study"):
        report.write_report("nothing")


def test_the_command_prints_where_the_page_is(finished):
    from flows.commands.study import report as command

    begun, _ = finished

    done = CliRunner().invoke(command, [], catch_exceptions=False)

    path = home_folder() / "reports" / f"{begun.identity}.html"
    assert done.stdout == f"{path}\n"
    assert path.is_file()


class Listener:
    """Forecasts that the temperature stays as it is, whatever else it is told of."""

    station = STATION
    preparation: Preparation

    def model_forecast_at(self, readings: pd.DataFrame, issue_times) -> np.ndarray:
        return readings["T (degC)"][pd.DatetimeIndex(issue_times)].to_numpy()


def test_importance_is_asked_of_the_registered_version(prepared, monkeypatch):
    class Loaded:
        forecaster = Listener()

        @classmethod
        def fed(cls, service):
            return cls

    monkeypatch.setattr(importance, "client", lambda: None)
    monkeypatch.setattr(importance, "reload", lambda client, name, version: Loaded)
    row = LeaderboardRow.model_construct(architecture="dense", version=3)

    found = importance.measure_importance(row, "m", prepared)

    assert found.windows > 5
    assert (found.columns[0].column, found.columns[0].increase > 1) == ("T (degC)", True)
    assert {each.increase for each in found.columns[1:]} == {0.0}
    assert {each.column for each in found.columns} == set(COLUMNS)
    assert {each.column for each in found.sensors} == set(COLUMNS) - {"VPmax (mbar)"}
    assert json.loads(found.model_dump_json())
