"""The tracking store and its runs."""

from tasks.tracking.artifacts import attach, json_of, table_of, text_of
from tasks.tracking.run_contents import WHERE_AND_HOW, run_parameters, run_tags, study_id
from tasks.tracking.run_figures import INK, REFERENCE, VALIDATION
from tasks.tracking.runs import (
    METRICS_A_BATCH,
    experiment_id,
    fail_run,
    finish_architecture_run,
    log_epoch,
    log_epochs,
    mark_orphans,
    open_architecture_run,
    open_run,
    reopen_run,
    tracked,
)
from tasks.tracking.sqlite_store import artifacts_folder, database_path, is_sqlite, prepare_database
from tasks.tracking.store import client, patiently

__all__ = [
    "INK",
    "METRICS_A_BATCH",
    "REFERENCE",
    "VALIDATION",
    "WHERE_AND_HOW",
    "artifacts_folder",
    "attach",
    "client",
    "database_path",
    "experiment_id",
    "fail_run",
    "finish_architecture_run",
    "is_sqlite",
    "json_of",
    "log_epoch",
    "log_epochs",
    "mark_orphans",
    "open_architecture_run",
    "open_run",
    "patiently",
    "prepare_database",
    "reopen_run",
    "run_parameters",
    "run_tags",
    "study_id",
    "table_of",
    "text_of",
    "tracked",
]
