"""Folders and files that work is kept in: where they are, who holds them, when they changed, and when they go."""

from tasks.workspace.folders.changed_folders import newest_change
from tasks.workspace.folders.file_lock import exclusive
from tasks.workspace.folders.old_files import forget_old
from tasks.workspace.folders.project_folders import (
    ROOT,
    Places,
    cache_folder,
    home_folder,
    keeping_in,
    named_folder,
    places,
    profiles_folder,
    search_path,
    tracking_uri,
)
from tasks.workspace.folders.scratch import keep_temporary_files_together, scratch_folder
