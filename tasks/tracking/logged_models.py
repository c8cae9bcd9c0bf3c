"""Models that MLflow logs for a version of the registry: taken back where it does not come to that."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from tasks.tracking.sqlite_store import artifacts_folder
from tasks.tracking.store import client, patiently
from tasks.workspace import is_of_this_host, may_be_running, process_tags, tracking_uri

if TYPE_CHECKING:
    from mlflow.entities import LoggedModel, Run

REGISTERING: Final = "registering"
"""The tag that names the registered model which a logged one is to be a version of; empty once it is."""


def while_registering(name: str) -> dict[str, str]:
    """Give the tags of a model that is logged for a version of a registered model, and by which process."""
    return process_tags() | {REGISTERING: name}


def once_registered(name: str, version: int) -> dict[str, str]:
    """Give the tags of a logged model that is a version now."""
    return {"mlflow.modelVersions": json.dumps([{"name": name, "version": version}]), REGISTERING: ""}


def take_back_abandoned(experiment: str, name: str) -> None:
    """Take back what was logged for a registered model by processes of this machine that ended before it was a version.

    Their run may have finished long before, as that of a model for all has, so that nothing else looks for them.
    """
    for model in patiently(client().search_logged_models, [experiment], f"tags.{REGISTERING} = '{name}'"):
        if is_of_this_host(model.tags) and not may_be_running(model.tags):
            take_back(model)


def models_of(run: Run) -> Sequence[LoggedModel]:
    """Give the models that a run has logged, with and without a version."""
    wanted = f"source_run_id = '{run.info.run_id}'"
    return list(patiently(client().search_logged_models, [run.info.experiment_id], wanted))


def take_back(model: LoggedModel) -> None:
    """Delete a logged model, unless a version names it; beside an SQLite store its files go too, which MLflow keeps."""
    from mlflow.exceptions import MlflowException

    # Whatever registers a version names the model in its source, be it as `models:/m-…` or as the folder of its files.
    named = f"source_path LIKE '%{model.model_id}%'"
    if patiently(client().search_model_versions, named, max_results=1):
        return
    if kept := artifacts_folder(tracking_uri()):
        # First, for on a disk that is full it makes the room for what follows.
        shutil.rmtree(kept / "models" / model.model_id, ignore_errors=True)
    try:
        patiently(client().delete_logged_model, model.model_id)
    except MlflowException as error:
        if error.error_code != "RESOURCE_DOES_NOT_EXIST":  # another process was there first
            raise
