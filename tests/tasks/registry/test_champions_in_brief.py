"""What is read from the registry's file is what MLflow says of it."""

from scene import MODEL

from tasks.registry import champions_in_brief as offered
from tasks.registry.by_hand import promote_by_hand
from tasks.registry.champions_in_brief import _asked, artifact_file
from tasks.tracking import artifacts_folder, client


def test_the_file_and_mlflow_say_the_same(home, scene):
    prepared = scene.prepared()
    scene.promote([scene.trained(prepared)], prepared)
    scene.version(model="other-load-24h")
    promote_by_hand("other-load-24h", 1)
    scene.version(model="third-without-a-champion")

    found = offered(f"sqlite:///{home}/mlflow.db")

    assert found == _asked()
    assert set(found) == {MODEL, "other-load-24h"}
    assert [gate.gate for gate in found[MODEL].gates] == [
        "data",
        "persistence",
        "champion",
        "groups",
        "coverage",
        "distribution",
        "reload",
    ]
    assert (found[MODEL].change.way, found["other-load-24h"].change.way) == ("gates", "by hand")
    assert found["other-load-24h"].gates == ()


def test_a_store_that_is_not_there_is_not_made(home):
    assert offered(f"sqlite:///{home}/mlflow.db") == {}
    assert not (home / "mlflow.db").exists()


def test_a_studys_artifact_is_found_where_it_lies(home, scene):
    store = f"sqlite:///{home}/mlflow.db"
    run = scene.parent_run("s7")
    client().log_text(run, "<p>report</p>", "report.html")

    file = artifact_file(store, "s7", "study", "report.html")

    assert file.read_text() == "<p>report</p>"
    assert file.is_relative_to(artifacts_folder(store))
    assert artifact_file(store, "s7", "study", "none.html") is None
    assert artifact_file(store, "s8", "study", "report.html") is None


def test_a_persons_own_tags_hide_no_change_and_break_nothing(home, scene):
    scene.version()
    promote_by_hand(MODEL, 1)
    client().set_model_version_tag(MODEL, "1", "val_mae", "rather good")
    client().set_registered_model_tag(MODEL, "change.note", "looks fine")

    found = offered(f"sqlite:///{home}/mlflow.db")

    assert found == _asked()
    assert (found[MODEL].val_mae, found[MODEL].change.way) == (None, "by hand")
