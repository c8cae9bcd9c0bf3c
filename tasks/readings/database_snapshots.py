"""What a database holds at one moment, as a file: later stages read that, however the table grows meanwhile."""

from __future__ import annotations

import hashlib
import logging
import re
import time
import uuid
from pathlib import Path
from typing import Final

from jena_models.sources.credentials import without_secrets
from jena_models.sources.databases import BETWEEN, read_database
from tasks.workspace import Source, cache_folder, file_key

KEPT: Final = 8
"""Snapshots of each table that are kept; one is needed until the stage that reads it has its result."""
KEPT_SECONDS: Final = 3600
LONGEST_NAME: Final = 40

logger = logging.getLogger("jena")


def snapshot(address: str) -> Source:
    """Give the rows that a table or a query has now, as Parquet in the cache.

    The file's place and the source's key follow from the address as it is written, without what the environment adds.

    Raises:
        RequestError: where the address cannot be, or names no table.
        SourceUnreadableError: where the database cannot be read.
    """
    began = time.perf_counter()
    frame = read_database(address)
    origin = without_secrets(address)
    folder = cache_folder() / "databases" / hashlib.sha256(origin.encode()).hexdigest()[:8]
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / f".{uuid.uuid4().hex[:8]}"
    try:
        frame.to_parquet(beside)
        key = file_key(beside)
        path = beside.replace(folder / f"{_name(origin)}-{key}.parquet")
    finally:
        beside.unlink(missing_ok=True)
    _forget_old(folder)
    logger.info("Read %s rows of %s in %.1f s.", f"{len(frame):,}", origin, time.perf_counter() - began)
    return Source(path=path, origin=origin, kind="real", key=key)


def _name(origin: str) -> str:
    wanted = origin.partition(BETWEEN)[2] or "readings"
    return re.sub(r"\W+", "_", wanted)[:LONGEST_NAME].strip("_") or "readings"


def _forget_old(folder: Path) -> None:
    found = sorted(folder.glob("*.parquet"), key=lambda file: file.stat().st_mtime, reverse=True)
    for file in found[KEPT:]:
        if time.time() - file.stat().st_mtime > KEPT_SECONDS:
            file.unlink(missing_ok=True)
