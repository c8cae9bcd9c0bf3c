"""What an architecture's training holds up, and what it does not."""

import threading
from contextlib import nullcontext
from contextvars import copy_context

from small_study import SETTINGS, STATION, small_fit, small_prepared

from tasks.studies import architecture_training, train_architecture
from tasks.tracking import STUDY, ParentRun
from tasks.training import training_slot, trainings_at_a_time
from tasks.workspace.folders.project_folders import Places


def test_the_next_training_begins_while_a_version_is_registered(home, tmp_path, monkeypatch):
    # Given a study in which one is trained at a time
    prepared = small_prepared(tmp_path / "prepared")
    fit = small_fit(tmp_path / "fit", prepared, "dense")
    places = Places(home=home, cache=home, tracking_uri=f"sqlite:///{home}/mlflow.db")
    begun = ParentRun(work=STUDY, identity="0" * 12, run_id="run", experiment_id="1", places=places)
    order = []

    def train_next():
        with training_slot("lstm"):
            order.append("lstm trains")

    def register(*_, **__):
        beside = threading.Thread(target=copy_context().run, args=(train_next,), daemon=True)
        beside.start()
        beside.join(timeout=5)
        order.append("dense is registered")
        return 1

    for name, does in {
        "open_part": lambda *_: ("run of dense", False),
        "tracked": lambda _: nullcontext(),
        "fit_architecture": lambda *_: fit,
        "fit_partial": lambda *_: None,
        "fit_curve": lambda *_: None,
        "register_version": register,
        "finish_architecture_run": lambda *_, **__: None,
    }.items():
        monkeypatch.setattr(architecture_training, name, does)

    # When
    with trainings_at_a_time(1):
        trained = train_architecture.fn("dense", prepared, STATION, begun, SETTINGS)

    # Then
    assert order == ["lstm trains", "dense is registered"]
    assert trained.version == 1
