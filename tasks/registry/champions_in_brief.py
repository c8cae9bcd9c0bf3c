"""Every champion of the registry in one look, for those that only show it: nothing is made, locked or written.

A registry in an SQLite file is read there, a dozen milliseconds for a thousand models; another is asked through MLflow.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from jena_models.evaluation.gates import GateVerdict
from jena_models.frozen import Frozen
from tasks.registry.registry_file import filed_rows, is_filed
from tasks.registry.versions import (
    CHAMPION,
    CHANGE_TAG,
    Change,
    aliased,
    change_said,
    figure_said,
    history_of,
    verdicts_said,
)
from tasks.tracking import client as open_store
from tasks.tracking import database_path, impatient, patiently

CHAMPIONS: Final = """
SELECT a.name, a.version, v.run_id, t.key, t.value
FROM registered_model_aliases a
JOIN model_versions v ON v.workspace = a.workspace AND v.name = a.name AND v.version = a.version
LEFT JOIN model_version_tags t ON t.workspace = a.workspace AND t.name = a.name AND t.version = a.version
    AND (t.key IN ('architecture', 'val_mae', 'study') OR t.key LIKE 'gate.%')
WHERE a.workspace = 'default' AND a.alias = ?
"""

LAST_CHANGES: Final = """
SELECT name, max(key), value FROM registered_model_tags
WHERE workspace = 'default' AND key GLOB ? GROUP BY name
"""

ARTIFACTS_OF_A_STUDY: Final = """
SELECT r.artifact_uri FROM runs r
JOIN tags s ON s.run_uuid = r.run_uuid AND s.key = 'study' AND s.value = ?
JOIN tags o ON o.run_uuid = r.run_uuid AND o.key = 'role' AND o.value = ?
WHERE r.lifecycle_stage = 'active' ORDER BY r.start_time DESC
"""

MODELS_A_PAGE: Final = 1000


class ChampionInBrief(Frozen):
    """A model's champion, as it is shown."""

    model: str
    version: int
    architecture: str
    val_mae: float | None
    """In the target's unit."""
    study: str
    run_id: str
    gates: tuple[GateVerdict, ...]
    """Verdicts, where it stood for promotion."""
    change: Change | None
    """How it became the champion; None where nothing tells."""


def champions_in_brief(uri: str) -> dict[str, ChampionInBrief]:
    """Give every champion of a registry by its model's name.

    Raises:
        StoreUnreachableError: where the registry cannot be read.
    """
    if is_filed(uri):
        if not database_path(uri).exists():
            return {}
        if filed_rows(uri, "SELECT 1", ()):
            return _filed(uri)
    return _asked()


def artifact_file(uri: str, study: str, role: str, name: str) -> Path | None:
    """Give an artifact of a study's run where it is a file of this machine, told of by an SQLite store; else None."""
    for (address,) in filed_rows(uri, ARTIFACTS_OF_A_STUDY, (study, role)):
        parts = urlsplit(address)
        if parts.scheme in ("", "file"):
            file = Path(unquote(parts.path)) / name
            if file.is_file():
                return file
    return None


def _filed(uri: str) -> dict[str, ChampionInBrief]:
    versions: dict[str, tuple[int, str]] = {}
    tags: dict[str, dict[str, str]] = {}
    for model, version, run_id, key, value in filed_rows(uri, CHAMPIONS, (CHAMPION,)):
        versions[model] = int(version), run_id or ""
        tags.setdefault(model, {})
        if key is not None:
            tags[model][key] = value
    told = filed_rows(uri, LAST_CHANGES, (f"{CHANGE_TAG}[0-9]*",))
    changes = {model: change_said(text) for model, _, text in told if text}
    return {
        model: _brief(model, version, run_id, tags[model], changes.get(model))
        for model, (version, run_id) in versions.items()
    }


def _asked() -> dict[str, ChampionInBrief]:
    found: dict[str, ChampionInBrief] = {}
    with impatient():
        store, token = open_store(), None
        while True:
            page = patiently(store.search_registered_models, max_results=MODELS_A_PAGE, page_token=token)
            for model in page:
                number = aliased(model, CHAMPION)
                if number is not None:
                    version = patiently(store.get_model_version, model.name, str(number))
                    changes = history_of(model)
                    change = changes[-1] if changes else None
                    found[model.name] = _brief(model.name, number, version.run_id or "", version.tags, change)
            token = page.token
            if not token:
                return found


def _brief(model: str, version: int, run_id: str, tags: Mapping[str, str], change: Change | None) -> ChampionInBrief:
    return ChampionInBrief(
        model=model,
        version=version,
        architecture=tags.get("architecture", ""),
        val_mae=figure_said(tags.get("val_mae")),
        study=tags.get("study", ""),
        run_id=run_id,
        gates=verdicts_said(tags),
        change=change if change is not None and change.version == version else None,
    )
