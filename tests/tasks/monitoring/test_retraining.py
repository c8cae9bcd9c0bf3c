"""A retraining is asked for where it is due: once a day, and never where it must not be."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from monitored import DAY, a_day
from prefect.exceptions import ObjectNotFound
from prefect.settings import PREFECT_API_URL, temporary_settings

from jena_models.options.production_options import Monitoring
from jena_models.settings import Settings
from tasks.monitoring.judged_days import remembered, write_day
from tasks.monitoring.retraining import retrain_if_due
from tasks.workspace import resolve

SETTINGS = Settings(source="station.csv")


@pytest.fixture
def asked(monkeypatch) -> list[dict]:
    calls = []

    def run_deployment(name, **given):
        calls.append({"name": name, **given})
        return SimpleNamespace(id="a-flow-run")

    monkeypatch.setattr("prefect.deployments.run_deployment", run_deployment)
    return calls


@pytest.fixture
def server():
    with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:9/api"}):
        yield


def test_a_due_retraining_runs_the_deployment_and_the_day_says_so(home, asked, server):
    decided = retrain_if_due.fn(a_day(), SETTINGS).decision

    assert (decided.action, decided.flow_run) == ("retrain", "a-flow-run")
    assert [call["name"] for call in asked] == ["train/on-demand"]
    assert asked[0]["parameters"]["profile"] == "best"
    assert asked[0]["timeout"] == 0
    assert str(DAY) in asked[0]["idempotency_key"]


def test_the_retraining_can_be_given_another_source(home, asked, server):
    retrain_if_due.fn(a_day(), Settings(monitoring=Monitoring(retrain_source="archive.csv")))

    assert asked[0]["parameters"]["source"] == str(Path("archive.csv").absolute())


@pytest.mark.usefixtures("home", "server")
def test_the_retraining_is_of_the_station_and_model_that_were_judged_whatever_is_set_where_it_runs(
    asked, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "roof.yaml").touch()
    judged_by = resolve(
        None, {"station": "roof.yaml", "source": "*.csv", "horizon_hours": 6, "lstm.units": 8, "split.train": 0.6}, {}
    )

    retrain_if_due.fn(a_day(), judged_by)

    assert asked[0]["parameters"] == {
        "profile": "best",
        "source": str(tmp_path / "*.csv"),
        "settings": {
            "station": str(tmp_path / "roof.yaml"),
            "horizon_hours": 6,
            "hyperparameters.lstm.units": 8,
            "split.train": 0.6,
        },
    }


@pytest.mark.usefixtures("home", "server")
@pytest.mark.parametrize("source", ["auto", "simulated", "https://host/{year}.csv", "postgresql://reader@host/w::t"])
def test_a_source_that_is_no_path_and_a_shipped_station_are_handed_on_as_they_are(asked, source, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "jena").mkdir()

    retrain_if_due.fn(a_day(), resolve(None, {"source": source}, {}))

    assert asked[0]["parameters"]["source"] == source
    assert asked[0]["parameters"]["settings"] == {"station": "jena", "horizon_hours": 24}


@pytest.mark.usefixtures("home", "server")
@pytest.mark.parametrize(("is_there", "starts_from"), [(True, "{folder}/mine.yaml"), (False, "quick")])
def test_it_starts_from_the_champions_profile_where_that_can_be_found(
    asked, tmp_path, monkeypatch, is_there, starts_from
):
    monkeypatch.chdir(tmp_path)
    if is_there:
        (tmp_path / "mine.yaml").touch()
    day = a_day()

    retrain_if_due.fn(
        day.model_copy(update={"promise": day.promise.model_copy(update={"profile": "mine.yaml"})}), SETTINGS
    )

    assert asked[0]["parameters"]["profile"] == starts_from.format(folder=tmp_path)


def test_judged_again_the_day_asks_no_second_time(home, asked, server):
    first = retrain_if_due.fn(a_day(), SETTINGS)
    write_day(first)

    assert retrain_if_due.fn(a_day(), SETTINGS) == first
    assert len(asked) == 1


@pytest.mark.parametrize("action", ["nothing", "repair", "due"])
def test_what_was_asked_for_is_remembered_though_the_day_judged_again_finds_otherwise(home, asked, server, action):
    write_day(retrain_if_due.fn(a_day(), SETTINGS))

    again = retrain_if_due.fn(a_day(action=action), SETTINGS)

    assert (again.decision.action, again.decision.flow_run) == (action, "a-flow-run")
    assert remembered([again])[0].retrained
    assert len(asked) == 1


@pytest.mark.parametrize("action", ["nothing", "wait", "repair"])
def test_nothing_is_asked_for_where_nothing_is_due(home, asked, server, action):
    assert retrain_if_due.fn(a_day(action=action), SETTINGS) == a_day(action=action)
    assert asked == []


def test_it_is_said_but_not_asked_for_where_retraining_is_off(home, asked, server):
    decided = retrain_if_due.fn(a_day(), Settings(monitoring=Monitoring(retrain=False))).decision

    assert (decided.action, asked) == ("due", [])
    assert decided.sentence == "A retraining is due: MAE; it is not asked for, as monitoring.retrain is off."


def test_without_a_server_it_is_said_that_there_is_none(home, asked):
    with temporary_settings({PREFECT_API_URL: None}):
        decided = retrain_if_due.fn(a_day(), SETTINGS).decision

    assert (decided.action, asked) == ("due", [])
    assert "no Prefect server knows the deployment train/on-demand" in decided.sentence


def test_without_the_deployment_it_is_said_that_there_is_none(home, monkeypatch, server):
    def run_deployment(*_, **__):
        raise ObjectNotFound(http_exc=ValueError())

    monkeypatch.setattr("prefect.deployments.run_deployment", run_deployment)

    assert retrain_if_due.fn(a_day(), SETTINGS).decision.action == "due"
