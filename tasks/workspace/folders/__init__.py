"""Folders and files that work is kept in: where they are, who holds them, when they changed, and when they go."""

from tasks.workspace.folders.folder_ages import forget_old, newest_change
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
from tasks.workspace.folders.scratch import cache_aside, exclusive, keep_temporary_files_together, scratch_folder
