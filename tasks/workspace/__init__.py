"""Where work keeps what it makes, and how: folders, stages under their hash, locks, settings as they were asked for."""

from jena_models.evaluation.leaderboard_row import LeaderboardRow, LeadSkill
from jena_models.stations.cleaned.cleaning_report import Finding
from tasks.workspace.context_values import holding
from tasks.workspace.deferred_task import BACK_OFF_SECONDS, only_after, task
from tasks.workspace.folders import (
    ROOT,
    Places,
    cache_aside,
    cache_folder,
    exclusive,
    forget_old,
    home_folder,
    keep_temporary_files_together,
    keeping_in,
    named_folder,
    newest_change,
    places,
    profiles_folder,
    scratch_folder,
    search_path,
    tracking_uri,
)
from tasks.workspace.passed_over_signals import send_again_what_is_passed_over
from tasks.workspace.process_identity import (
    code_revision,
    is_of_this_host,
    is_of_this_process,
    may_be_running,
    process_tags,
)
from tasks.workspace.requested_settings import (
    FED,
    SERVICE,
    as_learnt_from,
    for_station,
    parse_changes,
    requested,
    require_long_history,
    resolve,
)
from tasks.workspace.source_kind import kind_of
from tasks.workspace.stage_results import (
    Borders,
    Checked,
    Divided,
    Fit,
    FoundNeighbour,
    Ingested,
    Kind,
    Prepared,
    Promoted,
    Source,
    StudyResult,
)
from tasks.workspace.stages import content_key, file_key, stage, stage_folder
from tasks.workspace.tables import Justify, as_text, marked, plain_table
