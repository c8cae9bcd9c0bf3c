"""Where things are kept: as the variables say, or as another process was told."""

import threading

from tasks.workspace.project_folders import cache_folder, home_folder, keeping_in, places, tracking_uri


def test_everything_lies_in_the_home_that_is_named(home):
    assert home_folder() == home
    assert cache_folder() == home / ".cache"
    assert tracking_uri() == f"sqlite:///{home / 'mlflow.db'}"


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
