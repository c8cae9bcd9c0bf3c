"""A version read from the registry's file is the one that MLflow gives; what is not as expected is left to MLflow."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from made_once import empty_store
from small_study import SETTINGS, STATION, opened_run, small_fit, small_prepared, small_readings, with_model

from benchmarks.torture.kills import copied
from jena_models.errors import RescoringError
from tasks.registry.by_hand import promote_by_hand
from tasks.registry.registering import registration as register
from tasks.registry.registry_file import ELSEWHERE, SCHEMA, filed_alias, filed_forecaster, filed_version
from tasks.registry.rescoring import reload
from tasks.registry.versions import CHAMPION, aliased, find_model
from tasks.tracking.store import client
from tasks.workspace import tracking_uri

NAME = "jena-temperature-24h"


@pytest.fixture(scope="module")
def registered(tmp_path_factory) -> Path:
    """A home whose registry holds two versions, of which the second is the champion."""
    folder = tmp_path_factory.mktemp("registered")
    shutil.copy(empty_store(), folder / "mlflow.db")
    prepared = small_prepared(folder / "prepared")
    fit = with_model(small_fit(folder / "fit", prepared), prepared)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JENA_HOME", str(folder))
        run_id = opened_run(prepared)
        for key in ("one", "another"):
            version = register.register_version(
                fit.model_copy(update={"key": key}), prepared, STATION, run_id=run_id, name=NAME, settings=SETTINGS
            )
        promote_by_hand(NAME, version)
    return folder


@pytest.fixture
def champion(home: Path, registered: Path) -> int:
    """The number of a version that is the champion, in a registry of the test's own that holds another too."""
    copied(registered, home)
    return 2


def folder_of(version: int) -> Path:
    return Path(urlsplit(client().get_model_version(NAME, str(version)).source).path)


def change(home: Path, statement: str) -> None:
    with closing(sqlite3.connect(home / "mlflow.db")) as database, database:
        database.execute(statement)


def test_the_file_says_what_mlflow_says(champion):
    asked = client().get_model_version(NAME, str(champion))

    filed = filed_version(tracking_uri(), NAME, champion)

    assert filed_alias(tracking_uri(), NAME, CHAMPION) == aliased(find_model(client(), NAME), CHAMPION) == champion == 2
    assert (filed.version, filed.tags) == (int(asked.version), asked.tags)
    assert filed.folder.as_uri() == client().get_model_version_download_uri(NAME, str(champion))


def test_what_is_loaded_forecasts_as_the_version_that_mlflow_loads(champion):
    readings = small_readings()

    direct = filed_forecaster(filed_version(tracking_uri(), NAME, champion)).forecast(readings)

    through_mlflow = reload(client(), NAME, champion).forecaster.forecast(readings)
    assert np.isfinite(direct["forecast"]).all()
    assert direct.equals(through_mlflow)


def test_the_schema_is_that_of_the_mlflow_that_is_installed():
    """Where it is not, look whether the three tables still hold the same, and then name the new one."""
    from alembic.script import ScriptDirectory
    from mlflow.store.db.utils import _get_alembic_config

    assert ScriptDirectory.from_config(_get_alembic_config("")).get_current_head() == SCHEMA


@pytest.mark.parametrize("nothing", ["alias", "version", "model"])
def test_what_is_not_there_is_not_said(champion, nothing):
    model = "another" if nothing == "model" else NAME

    assert filed_alias(tracking_uri(), model, CHAMPION if nothing == "model" else "nobody") is None
    assert filed_version(tracking_uri(), model, champion if nothing == "model" else 7) is None


@pytest.mark.parametrize("elsewhere", ["schema", "tables", "no file", "server", *ELSEWHERE])
def test_another_registry_is_left_to_mlflow(champion, home, monkeypatch, elsewhere):
    uri = tracking_uri()
    if elsewhere == "schema":
        change(home, "UPDATE alembic_version SET version_num = 'older'")
    elif elsewhere == "tables":
        change(home, "DROP TABLE registered_model_aliases")
        change(home, "ALTER TABLE model_versions RENAME TO others")
    elif elsewhere == "no file":
        (home / "mlflow.db").unlink()
    elif elsewhere == "server":
        uri = "http://127.0.0.1:9"
    else:
        monkeypatch.setenv(elsewhere, "another")

    assert filed_alias(uri, NAME, CHAMPION) is None
    assert filed_version(uri, NAME, champion) is None


def test_a_registry_beside_which_nothing_can_be_made_is_read(champion, home, monkeypatch):
    """On a full disk, or in another user's folder, its champion was not found, and persistence spoke."""
    given = sqlite3.connect

    def sharing_nothing(address, **options):
        if "mode=ro" in address:
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorcode = sqlite3.SQLITE_IOERR_SHMSIZE
            raise error
        return given(address, **options)

    monkeypatch.setattr(sqlite3, "connect", sharing_nothing)

    assert filed_alias(tracking_uri(), NAME, CHAMPION) == champion
    (home / "mlflow.db-wal").write_text("what is not in the file yet")
    assert filed_alias(tracking_uri(), NAME, CHAMPION) is None


@pytest.mark.parametrize("other", ["script", "description", "contents", "folder"])
def test_a_version_of_another_making_is_left_to_mlflow(champion, other):
    folder = folder_of(champion)
    if other == "script":
        (folder / "registered_model.py").write_text("# another\n")
    elif other == "description":
        (folder / "MLmodel").write_text("flavors: {python_function: {loader_module: mlflow.sklearn}}")
    elif other == "contents":
        (folder / "artifacts" / "forecaster" / "station.json").unlink()
    else:
        shutil.rmtree(folder)

    assert filed_forecaster(filed_version(tracking_uri(), NAME, champion)) is None


def test_one_sign_changed_in_a_file_is_refused(champion):
    with (folder_of(champion) / "artifacts" / "forecaster" / "preparation.json").open("a") as file:
        file.write(" ")

    with pytest.raises(RescoringError, match=r"Version 2 of .* is not what was registered: .*preparation.json"):
        filed_forecaster(filed_version(tracking_uri(), NAME, champion))


def test_a_version_that_cannot_be_loaded_is_named(champion, home):
    (folder_of(champion) / "artifacts" / "forecaster" / "preparation.json").write_text("{}")
    change(home, "DELETE FROM model_version_tags WHERE key = 'hashes'")  # as those of earlier times have none

    with pytest.raises(RescoringError, match="Version 2 of jena-temperature-24h cannot be loaded: "):
        filed_forecaster(filed_version(tracking_uri(), NAME, champion))


def test_a_version_that_a_newer_state_of_the_project_made_is_told_in_plain_words(champion, home):
    """It was a list of what the parser says, in English of its own and cut off."""
    file = folder_of(champion) / "artifacts" / "forecaster" / "preparation.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "moon": None}))
    change(home, "DELETE FROM model_version_tags WHERE key = 'hashes'")
    said = r"cannot be loaded: a newer state of this project made it, and this one does not know 'moon'; run the newer"

    with pytest.raises(RescoringError, match=said):
        filed_forecaster(filed_version(tracking_uri(), NAME, champion))
    with pytest.raises(RescoringError, match=said):
        reload(client(), NAME, champion)


def test_a_home_that_was_moved_keeps_its_versions_and_keeps_new_ones_where_it_is(home, champion, tmp_path):
    """MLflow's addresses are whole paths: persistence spoke, and what a run left was put where the home had been."""
    before = folder_of(champion)
    moved = home.rename(tmp_path / "another place")

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JENA_HOME", str(moved))
        loaded = reload(client(), NAME, champion)
        made = client().create_run(client().get_run(client().get_model_version(NAME, "1").run_id).info.experiment_id)

    assert loaded.forecaster is not None
    assert not before.exists()
    assert made.info.artifact_uri.startswith((moved / "mlartifacts").as_uri())


def test_a_home_that_was_copied_names_the_files_that_it_named(home, champion, tmp_path):
    before = folder_of(champion)
    shutil.copytree(home, tmp_path / "copy")

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JENA_HOME", str(tmp_path / "copy"))
        assert folder_of(champion) == before
