"""Artifacts that were moved with the database beside them: MLflow keeps whole paths, which would name nothing."""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from urllib.request import url2pathname

ADDRESSES: Final = (
    ("experiments", "artifact_location"),
    ("runs", "artifact_uri"),
    ("logged_models", "artifact_location"),
    ("model_versions", "source"),
    ("model_versions", "storage_location"),
)
"""Where MLflow's tables say where artifacts lie."""

logger = logging.getLogger("jena")


def follow_artifacts(database: sqlite3.Connection, here: Path) -> None:
    """Have addresses of another folder name the one beside the database, where what they name lies in that alone.

    Of a home that was copied both do, and its addresses stay as they are.

    Args:
        database: MLflow's, which may be written.
        here: the folder of artifacts beside it.
    """
    if not here.is_dir():
        return
    for (before,) in database.execute("SELECT DISTINCT artifact_location FROM experiments").fetchall():
        folder = _folder(before)
        if folder is None or folder.name != here.name or folder == here or not _was_moved(database, before, here):
            continue

        def now(address: str, before: str = before) -> str:
            there = here.as_uri() + address.removeprefix(before)
            return there if address == before or _lies_at(there) else address

        database.create_function("now", 1, now)
        with database:  # all of them, or none
            for table, column in ADDRESSES:
                database.execute(
                    f"UPDATE {table} SET {column} = now({column}) "  # noqa: S608  (of our own)
                    f"WHERE {column} = ?1 OR substr({column}, 1, length(?1) + 1) = ?1 || '/'",
                    (before,),
                )
        logger.info("What lay in %s was found in %s, where it was moved with the tracking store.", folder, here)


def _folder(address: str | None) -> Path | None:
    parts = urlsplit(address or "")
    return Path(url2pathname(parts.path)) if parts.scheme == "file" else None


def _lies_at(address: str) -> bool:
    folder = _folder(address)
    return folder is not None and folder.is_dir()


def _was_moved(database: sqlite3.Connection, before: str, here: Path) -> bool:
    """Tell whether one of the newest models or runs is in this folder and no longer in the other."""
    for table, column in (("logged_models", "artifact_location"), ("runs", "artifact_uri")):
        found = database.execute(
            f"SELECT {column} FROM {table} WHERE substr({column}, 1, length(?1) + 1) = ?1 || '/' "  # noqa: S608
            "ORDER BY rowid DESC LIMIT 50",
            (before,),
        )
        if any(_lies_at(here.as_uri() + each.removeprefix(before)) and not _lies_at(each) for (each,) in found):
            return True
    return False
