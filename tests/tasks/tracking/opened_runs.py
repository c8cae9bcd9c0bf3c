"""Runs as a study opens them, for the tests of what becomes of them."""

import subprocess
import sys

from small_study import SETTINGS, open_architecture_run

from tasks.tracking import run_contents
from tasks.workspace import process_identity


def open_child(study, prepared, architecture="dense", settings=SETTINGS):
    return open_architecture_run(study, architecture, settings, prepared)


def status(store, run_id):
    return store.get_run(run_id).info.status


def gone(monkeypatch):
    """Let runs that are opened now look as if a process that is gone had opened them."""
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    tags = {**process_identity.process_tags(), "pid": str(dead.pid)}
    monkeypatch.setattr(run_contents, "process_tags", lambda: tags)


def steps(store, run_id, name="epoch/val_mae"):
    return [point.step for point in store.get_metric_history(run_id, name)]
