"""What every version has beside it is trained ahead of the first that asks for it."""

from small_study import SETTINGS, small_prepared

from tasks.studies import train_beside
from tasks.tracking import STUDY, ParentRun
from tasks.workspace import cache_folder
from tasks.workspace.folders.project_folders import Places


def test_what_stands_beside_is_trained_in_the_places_of_the_study(home, tmp_path, monkeypatch):
    # Given a study that keeps its work elsewhere than this process
    asked = []
    for name in ("fit_partial", "fit_curve"):
        monkeypatch.setattr(
            f"tasks.studies.architecture_training.{name}",
            lambda prepared, settings, name=name: asked.append((name, prepared, settings, cache_folder())),
        )
    elsewhere = tmp_path / "elsewhere"
    told = Places(home=elsewhere, cache=elsewhere, tracking_uri=f"sqlite:///{elsewhere}/mlflow.db")
    begun = ParentRun(work=STUDY, identity="0" * 12, run_id="run", experiment_id="1", places=told)
    prepared = small_prepared(tmp_path)

    # When
    train_beside.fn(prepared, begun, SETTINGS)

    # Then
    assert asked == [(name, prepared, SETTINGS, elsewhere) for name in ("fit_partial", "fit_curve")]
