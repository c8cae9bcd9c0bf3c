"""The tracking store and its runs."""

from tasks.tracking.artifacts import attach, json_of, table_of, text_of
from tasks.tracking.logged_models import once_registered, take_back, take_back_abandoned, while_registering
from tasks.tracking.object_stores import listed
from tasks.tracking.parent_runs import (
    BACKTEST,
    SEARCH,
    STUDY,
    ParentRun,
    finished_parent,
    open_parent,
    open_part,
    tracked_whole,
)
from tasks.tracking.run_contents import WHERE_AND_HOW, study_id
from tasks.tracking.runs import (
    experiment_id,
    fail_run,
    finish_architecture_run,
    log_epoch,
    log_epochs,
    log_metrics,
    mark_orphans,
    tracked,
)
from tasks.tracking.sqlite_store import artifacts_folder, database_path, is_sqlite, prepare_database
from tasks.tracking.store import client, impatient, import_mlflow, nothing_kept_yet, patiently
