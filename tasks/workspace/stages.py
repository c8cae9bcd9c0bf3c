"""Stages write their result once, under the hash of all it depends on, and never half."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from jena_models.whole_files import whole_folder
from tasks.workspace.folders import cache_folder


def content_key(**parts: Any) -> str:
    """Give the 16-digit hash of named, JSON-like parts (models, mappings, sequences, numbers, text)."""
    text = json.dumps(parts, sort_keys=True, default=_plain, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def file_key(path: Path) -> str:
    """Give the 16-digit hash of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


def stage(name: str, version: int, parts: Mapping[str, Any], write: Callable[[Path], None]) -> Path:
    """Give the folder with a stage's result, and let `write` fill it first where it is not there yet.

    The folder is written beside its place and renamed, so that it is whole or absent, whatever happens.
    """
    folder = stage_folder(name, version, parts)
    if not folder.is_dir():
        with whole_folder(folder) as beside:
            write(beside)
    return folder


def stage_folder(name: str, version: int, parts: Mapping[str, Any]) -> Path:
    """Give the place of a stage's result, written or not."""
    return cache_folder() / name / content_key(version=version, **parts)


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in a stage's key")
