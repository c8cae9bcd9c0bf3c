"""Models that MLflow logs for a version of the registry: taken back where it does not come to that."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tasks.tracking.sqlite_store import artifacts_folder
from tasks.tracking.store import client, patiently
from tasks.workspace import tracking_uri

if TYPE_CHECKING:
    from mlflow.entities import LoggedModel, Run


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
