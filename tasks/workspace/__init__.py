"""Where work keeps what it makes, and how: folders, stages under their hash, locks, settings as they were asked for."""

from tasks.workspace.changed_folders import newest_change
from tasks.workspace.deferred_task import task
from tasks.workspace.file_lock import exclusive
from tasks.workspace.git_revision import code_revision
from tasks.workspace.old_files import forget_old
from tasks.workspace.process_identity import is_of_this_host, is_of_this_process, may_be_running, process_tags
from tasks.workspace.project_folders import (
    Places,
    cache_folder,
    home_folder,
    keeping_in,
    named_folder,
    places,
    profiles_folder,
    tracking_uri,
)
from tasks.workspace.requested_settings import (
    FED,
    as_learnt_from,
    for_station,
    parse_changes,
    requested,
    require_long_history,
    resolve,
)
from tasks.workspace.retries import BACK_OFF_SECONDS, only_after
from tasks.workspace.scratch import keep_temporary_files_together, scratch_folder
from tasks.workspace.source_kind import kind_of
from tasks.workspace.stage_results import (
    Borders,
    Checked,
    Divided,
    Finding,
    Fit,
    FoundNeighbour,
    Ingested,
    Kind,
    LeaderboardRow,
    LeadSkill,
    Prepared,
    Promoted,
    Source,
    StudyResult,
)
from tasks.workspace.stages import content_key, file_key, stage, stage_folder
from tasks.workspace.tables import Justify, as_text, marked, plain_table

__all__ = [
    "BACK_OFF_SECONDS",
    "FED",
    "Borders",
    "Checked",
    "Divided",
    "Finding",
    "Fit",
    "FoundNeighbour",
    "Ingested",
    "Justify",
    "Kind",
    "LeadSkill",
    "LeaderboardRow",
    "Places",
    "Prepared",
    "Promoted",
    "Source",
    "StudyResult",
    "as_learnt_from",
    "as_text",
    "cache_folder",
    "code_revision",
    "content_key",
    "exclusive",
    "file_key",
    "for_station",
    "forget_old",
    "home_folder",
    "is_of_this_host",
    "is_of_this_process",
    "keep_temporary_files_together",
    "keeping_in",
    "kind_of",
    "marked",
    "may_be_running",
    "named_folder",
    "newest_change",
    "only_after",
    "parse_changes",
    "places",
    "plain_table",
    "process_tags",
    "profiles_folder",
    "requested",
    "require_long_history",
    "resolve",
    "scratch_folder",
    "stage",
    "stage_folder",
    "task",
    "tracking_uri",
]
