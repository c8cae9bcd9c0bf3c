"""Where things are kept: as the variables say, or as another process was told."""

import threading

import pytest

from jena_models.errors import RequestError
from tasks.workspace.folders.project_folders import cache_folder, home_folder, keeping_in, places, tracking_uri


def test_everything_lies_in_the_home_that_is_named(home):
    assert home_folder() == home
    assert cache_folder() == home / ".cache"
    assert tracking_uri() == f"sqlite:///{home / 'mlflow.db'}"


@pytest.mark.parametrize("variable", ["JENA_HOME", "JENA_CACHE"])
@pytest.mark.parametrize(
    ("name", "reason"), [("what?", "question mark"), ("file", "is a file"), ("x" * 300, "cannot be used")]
)
def test_a_folder_where_nothing_can_be_kept_is_refused(home, monkeypatch, variable, name, reason):
    (home / "file").write_text("")
    monkeypatch.setenv(variable, str(home / name))

    with pytest.raises(RequestError, match=reason):
        tracking_uri() if variable == "JENA_HOME" else cache_folder()


def test_what_a_process_was_told_counts_more_than_its_own_variables(home, tmp_path, monkeypatch):
    told = places()
    monkeypatch.setenv("JENA_HOME", str(tmp_path / "worker"))
    monkeypatch.setenv("JENA_CACHE", str(tmp_path / "other"))
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")

    with keeping_in(told):
        assert places() == told

    assert home_folder() == tmp_path / "worker"
    assert tracking_uri() == "http://127.0.0.1:9"


def test_studies_side_by_side_in_one_process_keep_to_their_own_places(home, tmp_path):
    mine, theirs, found = places(), places().model_copy(update={"home": tmp_path / "theirs"}), {}
    both = threading.Barrier(2)

    def look(name, told):
        with keeping_in(told):
            both.wait(10)
            found[name] = home_folder()

    threads = [threading.Thread(target=look, args=given) for given in (("mine", mine), ("theirs", theirs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert found == {"mine": home, "theirs": tmp_path / "theirs"}
