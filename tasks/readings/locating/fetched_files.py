"""Files that are here: a path's, or what an address led to."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from jena_models.options.readings_options import Ingestion
from jena_models.reading.reading import is_simulated
from jena_models.sources.dated_addresses import fetch_dated, is_dated
from jena_models.sources.several_files import files_of
from tasks.readings.locating.downloads import download
from tasks.readings.locating.remembered_sources import once, stamp
from tasks.workspace import Kind, Source, cache_folder, content_key, file_key


def of_files(path: Path, origin: str) -> Source:
    """Give the files of a path, with what tells them from others; `origin` is what was asked for."""

    def known() -> Source:
        kind: Kind = "simulated" if is_simulated(path) else "real"
        keys = [file_key(file) for file in files_of(path)]
        return Source(path=path, origin=origin, kind=kind, key=keys[0] if len(keys) == 1 else content_key(files=keys))

    return once(("files", stamp(path), origin), known)


def fetched(address: str, check: Callable[[Path], object], ingestion: Ingestion) -> Path:
    """Give the file that an address led to, or the folder of those that one with a date in it did."""

    def fetch(one: str, file: Path) -> None:
        download(one, file, check, ingestion.download_timeout_seconds)

    name = Path(urlsplit(address).path).name or "readings"
    short = hashlib.sha256(address.encode()).hexdigest()[:8]
    if is_dated(address):
        folder = downloads_folder() / short
        fetch_dated(address, folder, Path(name).suffix or ".csv", fetch)
        return folder
    file = downloads_folder() / f"{short}-{name}"
    fetch(address, file)
    return file


def downloads_folder() -> Path:
    """Give where what is downloaded lies."""
    return cache_folder() / "downloads"
