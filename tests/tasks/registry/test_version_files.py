"""What is loaded is what was registered, to the byte; what lies elsewhere is fetched once."""

import os
import shutil
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote

import mlflow
import pytest

from jena_models.errors import RescoringError
from tasks.registry.version_files import (
    HASHES_FILE,
    HASHES_TAG,
    KEPT_SECONDS,
    VersionLostError,
    fetched,
    load_files,
    require_whole,
    seal,
)
from tasks.workspace import cache_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "artifacts").mkdir()
    (tmp_path / "artifacts" / "ridge.json").write_text('{"weights": [1.25, -3.5]}')
    (tmp_path / "MLmodel").write_text("flavors: {}")
    return tmp_path


def test_untouched_files_are_whole_whatever_mlflow_adds(folder):
    sealed = seal(folder)
    (folder / "registered_model_meta").write_text("version: 1")

    require_whole(folder, sealed, "Version 1")


def test_a_version_of_earlier_times_is_not_checked(folder):
    require_whole(folder, None, "Version 1")


def change_a_digit(folder: Path) -> None:
    path = folder / "artifacts" / "ridge.json"
    path.write_text(path.read_text().replace("1.25", "1.26"))


def remove_a_file(folder: Path) -> None:
    (folder / "artifacts" / "ridge.json").unlink()


def add_a_file(folder: Path) -> None:
    (folder / "artifacts" / "more.json").write_text("{}")


def rewrite_the_hashes(folder: Path) -> None:
    change_a_digit(folder)
    seal(folder)


def remove_the_hashes(folder: Path) -> None:
    (folder / HASHES_FILE).unlink()


@pytest.mark.parametrize("harm", [change_a_digit, remove_a_file, add_a_file, rewrite_the_hashes, remove_the_hashes])
def test_changed_files_are_refused_in_a_sentence(folder, harm):
    sealed = seal(folder)
    harm(folder)

    with pytest.raises(RescoringError, match=r"^Version 1 .*jena registry rollback") as refusal:
        require_whole(folder, sealed, "Version 1")

    assert "\n" not in str(refusal.value)


class Registry:
    """A client of one version, whose files are where it says."""

    def __init__(self, address: str, sealed: str) -> None:
        self.tracking_uri, self.address, self.sealed = "sqlite:///nowhere.db", address, sealed

    def get_model_version(self, *_):
        return SimpleNamespace(tags={HASHES_TAG: self.sealed})

    def get_model_version_download_uri(self, *_):
        return self.address


def test_files_on_this_machine_are_read_where_they_lie(tmp_path):
    store = tmp_path / "a store? #1"
    store.mkdir()
    (store / "ridge.json").write_text("{}")
    registry = Registry(store.as_uri(), seal(store))

    with fetched(registry, "weather", 1) as found:
        assert found == store
    assert (store / "ridge.json").is_file()

    (store / "ridge.json").write_text("[]")
    with (
        pytest.raises(VersionLostError, match=r"not what was registered: ridge\.json"),
        fetched(registry, "weather", 1),
    ):
        pass


def test_files_whose_path_means_another_one_as_an_address_are_copied(tmp_path):
    """MLflow unquotes a path; in a home called `100%20` no version was found, and none became the champion."""
    store = tmp_path / "Wetter stätion 100%20 %s" / "artifacts"
    store.mkdir(parents=True)
    (store / "ridge.json").write_text("{}")

    with fetched(Registry(store.as_uri(), seal(store)), "weather", 1) as found:
        assert (found / "ridge.json").read_text() == "{}"
        assert unquote(str(found)) == str(found)


def test_a_folder_that_is_gone_is_told_of(tmp_path):
    registry = Registry((tmp_path / "gone").as_uri(), "sealed")

    with (
        pytest.raises(VersionLostError, match="cannot be loaded, its files are gone from file:"),
        fetched(registry, "w", 1),
    ):
        pass


@pytest.fixture
def elsewhere(home, tmp_path, monkeypatch):
    """A version whose files no folder of this machine has: its registry, and the store that they are fetched from."""
    store = tmp_path / "bucket"
    store.mkdir()
    (store / "ridge.json").write_text("{}")
    fetches = []

    def download(artifact_uri, dst_path, **_):
        fetches.append(artifact_uri)
        shutil.copytree(store, dst_path, dirs_exist_ok=True)
        return dst_path

    monkeypatch.setattr("mlflow.artifacts.download_artifacts", download)
    monkeypatch.setattr("tasks.registry.version_files.listed", lambda *_: ["ridge.json"])
    return SimpleNamespace(registry=Registry("s3://bucket/1", seal(store)), store=store, fetches=fetches)


def test_files_that_lie_elsewhere_are_fetched_once(elsewhere):
    """With the store of its files away, the champion was waited for and persistence spoke, hour after hour."""
    with fetched(elsewhere.registry, "weather", 1) as found:
        assert (found / "ridge.json").read_text() == "{}"
    shutil.rmtree(elsewhere.store)

    with fetched(elsewhere.registry, "weather", 1) as found:
        assert (found / "ridge.json").read_text() == "{}"

    assert len(elsewhere.fetches) == 1


def test_a_copy_that_was_damaged_is_fetched_again(elsewhere):
    for _ in range(2):
        with fetched(elsewhere.registry, "weather", 1):
            pass
        [copy] = (cache_folder() / "versions").iterdir()
        (copy / "ridge.json").write_text("[]")

    with fetched(elsewhere.registry, "weather", 1) as found:
        assert (found / "ridge.json").read_text() == "{}"

    assert len(elsewhere.fetches) == 3


def test_a_copy_that_another_made_meanwhile_stays_where_it_may_be_being_read(elsewhere, monkeypatch):
    download, kept = mlflow.artifacts.download_artifacts, []

    def while_another_does(**asked):
        monkeypatch.setattr("mlflow.artifacts.download_artifacts", download)
        with fetched(elsewhere.registry, "weather", 1):
            [copy] = (cache_folder() / "versions").iterdir()
            kept.append(copy.stat().st_ino)
        return download(**asked)

    monkeypatch.setattr("mlflow.artifacts.download_artifacts", while_another_does)
    with fetched(elsewhere.registry, "weather", 1):
        pass

    [copy] = (cache_folder() / "versions").iterdir()
    assert [copy.stat().st_ino] == kept
    assert len(elsewhere.fetches) == 2


def test_what_was_damaged_in_the_store_is_refused_and_not_kept(elsewhere):
    (elsewhere.store / "ridge.json").write_text("[]")

    with pytest.raises(VersionLostError, match="not what was registered"), fetched(elsewhere.registry, "weather", 1):
        pass

    assert not (cache_folder() / "versions").exists()


def test_a_hash_that_a_person_wrote_names_no_folder(elsewhere):
    elsewhere.registry.sealed = "../../../gone"

    with pytest.raises(VersionLostError), fetched(elsewhere.registry, "weather", 1):
        pass

    assert elsewhere.fetches
    assert elsewhere.store.is_dir()


def test_where_no_copy_can_be_kept_the_files_are_fetched_each_time(elsewhere):
    (cache_folder() / "versions").parent.mkdir(parents=True, exist_ok=True)
    (cache_folder() / "versions").touch()

    for _ in range(2):
        with fetched(elsewhere.registry, "weather", 1) as found:
            assert (found / "ridge.json").read_text() == "{}"

    assert len(elsewhere.fetches) == 2


def test_copies_that_nobody_asked_for_in_weeks_go_with_the_next_one(elsewhere):
    old = cache_folder() / "versions" / ("0" * 64)
    old.mkdir(parents=True)
    long_ago = time.time() - KEPT_SECONDS - 60
    os.utime(old, (long_ago, long_ago))

    with fetched(elsewhere.registry, "weather", 1):
        pass

    [copy] = (cache_folder() / "versions").iterdir()
    assert copy.name == elsewhere.registry.sealed


SLOW_SCRIPT = """
import time
from mlflow.models import set_model
from mlflow.pyfunc import PythonModel

class Says(PythonModel):
    said = {name!r}

    def predict(self, context, model_input, params=None):
        return model_input

set_model(Says())
time.sleep(0.3)
"""


@pytest.mark.slow
def test_threads_that_load_at_once_get_their_own_version_each(tmp_path):
    from mlflow.pyfunc import save_model

    names = ["first", "second", "third"]
    for name in names:
        script = tmp_path / f"{name}.py"
        script.write_text(SLOW_SCRIPT.format(name=name))
        save_model(path=str(tmp_path / name), python_model=str(script), pip_requirements=[])

    with ThreadPoolExecutor(3) as pool:
        loaded = list(pool.map(lambda name: load_files(tmp_path / name), names))

    assert [model.unwrap_python_model().said for model in loaded] == names
    assert "dbutils" not in sys.modules  # MLflow's stand-in for it, which hypothesis takes for a module
