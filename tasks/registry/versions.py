"""What the registry holds: versions with their standing and verdicts, and how the champion changed."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Literal, TypeVar

from pydantic import ValidationError

from jena_models.evaluation.gates import GATES, GateVerdict
from jena_models.frozen import Frozen
from jena_models.stations.clock import latest_utc
from tasks.tracking import patiently

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities.model_registry import ModelVersion, RegisteredModel

CHAMPION: Final = "champion"
PREVIOUS: Final = "previous"
FALLBACK: Final = "fallback"
"""The alias of the version that speaks where the champion cannot."""
GATE_TAG: Final = "gate."
"""Tags of a version that begin so hold a verdict and its evidence: `passed: …` or `closed: …`."""
CHANGE_TAG: Final = "change."
"""Tags of a registered model that begin so hold its history, one change a tag, so that none overwrites another."""

Found = TypeVar("Found")

Way = Literal["gates", "by hand", "rollback", "shared"]


class Change(Frozen):
    """A version became the champion."""

    time: datetime
    version: int
    replaced: int | None
    """The champion before."""
    way: Way


class RegisteredVersion(Frozen):
    """One version of a registered model."""

    version: int
    standing: str
    """`champion`, `previous`, `fallback`, `challenger` (stood for promotion), or `candidate`."""
    architecture: str
    val_mae: float | None
    """In the target's unit."""
    created: datetime
    study: str
    run_id: str
    gates: tuple[GateVerdict, ...]
    """Verdicts, where it stood for promotion."""


def find_model(client: MlflowClient, model_name: str) -> RegisteredModel | None:
    """Give a registered model with its aliases and tags; None where there is none of that name."""
    return _unless_missing(client.get_registered_model, model_name)


def is_there(client: MlflowClient, model_name: str, version: int) -> bool:
    """Tell whether a model has a version of that number; an alias may outlive the version that it stands for."""
    return _unless_missing(client.get_model_version, model_name, str(version)) is not None


def _unless_missing(ask: Callable[..., Found], *named: str) -> Found | None:
    """Give what the registry has of a name; None where it has nothing."""
    from mlflow.exceptions import MlflowException

    try:
        return patiently(ask, *named)
    except MlflowException as error:
        if error.error_code == "RESOURCE_DOES_NOT_EXIST":
            return None
        raise


def aliased(model: RegisteredModel | None, alias: str) -> int | None:
    """Give the version number that an alias stands for; None where it stands for none."""
    number = None if model is None else model.aliases.get(alias)
    return None if number is None else int(number)


def versions_of(client: MlflowClient, model: RegisteredModel) -> tuple[RegisteredVersion, ...]:
    """Give every version of a model, the newest first."""
    found = patiently(client.search_model_versions, f"name = '{model.name}'", max_results=10_000)
    described = [_described(version, model) for version in found]
    return tuple(sorted(described, key=lambda version: version.version, reverse=True))


def verdicts_said(tags: Mapping[str, str]) -> tuple[GateVerdict, ...]:
    """Give the verdicts that a version is tagged with; none where it never stood for promotion."""
    tagged = {gate: tags[GATE_TAG + gate].partition(": ") for gate in GATES if GATE_TAG + gate in tags}
    return tuple(
        GateVerdict(gate=gate, passed=word == "passed", evidence=evidence)
        for gate, (word, _, evidence) in tagged.items()
    )


def history_of(model: RegisteredModel) -> tuple[Change, ...]:
    """Give the changes of a model's champion, the oldest first."""
    told = [change_said(text) for tag, text in model.tags.items() if tag.startswith(CHANGE_TAG)]
    return tuple(sorted((change for change in told if change), key=lambda change: change.time))


def change_said(text: str) -> Change | None:
    """Give the change that a tag tells of; None where a person wrote it, as anybody may in MLflow's pages."""
    try:
        change = Change.model_validate_json(text)
    except ValidationError:
        return None
    return change if change.time.tzinfo else None


def figure_said(text: str | None) -> float | None:
    """Give the number that a tag tells; None where there is no such tag, or a person wrote something else there."""
    try:
        figure = float(text or "nan")
    except ValueError:
        return None
    return figure if math.isfinite(figure) else None


def time_said(text: str | None) -> datetime | None:
    """Give the time in UTC that a tag tells, without a zone; None as above."""
    try:
        return latest_utc(text) if text else None
    except ValueError:
        return None


def _described(version: ModelVersion, model: RegisteredModel) -> RegisteredVersion:
    number, verdicts = int(version.version), verdicts_said(version.tags)
    if number == aliased(model, CHAMPION):
        standing = CHAMPION
    elif number == aliased(model, PREVIOUS):
        standing = PREVIOUS
    elif number == aliased(model, FALLBACK):
        standing = FALLBACK
    else:
        standing = "challenger" if verdicts else "candidate"
    return RegisteredVersion(
        version=number,
        standing=standing,
        architecture=version.tags.get("architecture", ""),
        val_mae=figure_said(version.tags.get("val_mae")),
        created=datetime.fromtimestamp(version.creation_timestamp / 1000, UTC),
        study=version.tags.get("study", ""),
        run_id=version.run_id or "",
        gates=verdicts,
    )
