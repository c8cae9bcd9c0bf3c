"""What a run left behind, read back from wherever the store keeps it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from tasks.tracking.store import client, patiently
from tasks.workspace import scratch_folder, tracking_uri

if TYPE_CHECKING:
    from mlflow.store.artifact.artifact_repo import ArtifactRepository


def names_of(run_id: str) -> frozenset[str]:
    """Give the names of a run's artifacts, folders among them; none where there are none."""
    return frozenset(found.path for found in patiently(_kept_by(run_id, tracking_uri()).list_artifacts))


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
        yield Path(patiently(_kept_by(run_id, tracking_uri()).download_artifacts, name, str(scratch)))


@lru_cache(maxsize=256)
def _kept_by(run_id: str, store: str) -> ArtifactRepository:
    """Give what keeps a run's artifacts.

    Asked by the run's id, MLflow has the store read every parameter and metric of the run, three times for each file.
    """
    from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

    return get_artifact_repository(patiently(client().get_run, run_id).info.artifact_uri, tracking_uri=store)
