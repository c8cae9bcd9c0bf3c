"""What a run left behind, read back from wherever the store keeps it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from tasks.tracking.store import client, patiently
from tasks.workspace import scratch_folder


def names_of(run_id: str) -> frozenset[str]:
    """Give the names of a run's artifacts, folders among them; none where there are none."""
    return frozenset(found.path for found in patiently(client().list_artifacts, run_id))


def text_of(run_id: str, name: str) -> str | None:
    """Give an artifact's text; None where the run has no artifact of that name."""
    if name not in names_of(run_id):
        return None
    with _downloaded(run_id, name) as path:
        return path.read_text(encoding="utf-8")


def json_of(run_id: str, name: str) -> Any:
    """Give what a JSON artifact holds; None where the run has no artifact of that name."""
    text = text_of(run_id, name)
    return None if text is None else json.loads(text)


def table_of(run_id: str, name: str) -> pd.DataFrame | None:
    """Give a Parquet artifact; None where the run has no artifact of that name."""
    if name not in names_of(run_id):
        return None
    with _downloaded(run_id, name) as path:
        return pd.read_parquet(path)


def attach(run_id: str, name: str, text: str) -> None:
    """Keep a text as an artifact of a run, in place of one of the same name."""
    patiently(client().log_text, run_id, text, name)


@contextmanager
def _downloaded(run_id: str, name: str) -> Iterator[Path]:
    with scratch_folder() as scratch:
        yield Path(patiently(client().download_artifacts, run_id, name, str(scratch)))
