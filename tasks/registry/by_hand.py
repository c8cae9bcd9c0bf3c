"""The registry as a person sees and changes it: the standing, promotion by hand, rollback."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from jena_models.errors import RegistryError, nearest
from jena_models.evaluation.gates import GateVerdict
from jena_models.frozen import Frozen
from jena_models.settings import Settings
from jena_models.stations import load_station
from tasks.registry.champion_changes import changing, make_champion
from tasks.registry.model_names import model_name
from tasks.registry.version_files import files_are_gone
from tasks.registry.versions import (
    CHAMPION,
    PREVIOUS,
    Change,
    RegisteredVersion,
    Way,
    aliased,
    find_model,
    history_of,
    is_there,
    versions_of,
)
from tasks.tracking import client as open_store
from tasks.tracking import nothing_kept_yet, patiently
from tasks.workspace import Justify, Promoted, as_text, marked, plain_table

if TYPE_CHECKING:
    from mlflow.entities.model_registry import RegisteredModel
    from rich.table import Table

VERSION_COLUMNS: Final[dict[str, Justify]] = {
    "version": "right",
    "standing": "left",
    "architecture": "left",
    "val MAE": "right",
    "registered": "left",
    "gates": "left",
}
HISTORY_COLUMNS: Final[dict[str, Justify]] = {"time": "left", "champion": "right", "instead of": "right", "by": "left"}
BY: Final[dict[Way, str]] = {
    "gates": "the gates",
    "by hand": "hand",
    "rollback": "rollback",
    "shared": "the stations that it was trained on",
}


class Standing(Frozen):
    """How a registered model stands."""

    model: str
    champion: int | None
    previous: int | None
    versions: tuple[RegisteredVersion, ...]
    """The newest first."""
    history: tuple[Change, ...]
    """The oldest first."""


def standing(model_name: str) -> Standing:
    """Tell the standing of every version of a model, and its history.

    Raises:
        RegistryError: where no such model is registered.
    """
    model = _registered(model_name)
    return Standing(
        model=model_name,
        champion=aliased(model, CHAMPION),
        previous=aliased(model, PREVIOUS),
        versions=versions_of(open_store(), model),
        history=history_of(model),
    )


def promote_by_hand(model_name: str, version: int, now: datetime | None = None) -> Change:
    """Make a version the champion without asking the gates.

    Raises:
        RegistryError: where there is no such model or version, its files are gone, or it is the champion already.
    """
    _registered(model_name)
    with changing(model_name) as completed:
        if completed and completed.version == version:
            return completed
        model = _registered(model_name)
        known = sorted(found.version for found in versions_of(open_store(), model))
        if version not in known:
            listed = ", ".join(map(str, known)) or "none"
            raise RegistryError(f"{model_name} has no version {version}; its versions are: {listed}.")
        if aliased(model, CHAMPION) == version:
            raise RegistryError(f"Version {version} of {model_name} is the champion already.")
        _refuse_without_files(model_name, version)
        return make_champion(model_name, version, now or datetime.now(UTC), "by hand")


def rollback(model_name: str, now: datetime | None = None) -> Change:
    """Let the champion and the previous one change places; a second rollback undoes the first.

    The same after one that was cut short completes that one.

    Raises:
        RegistryError: where there is no such model or no previous champion, or the files of that one are gone.
    """
    _registered(model_name)
    with changing(model_name) as completed:
        if completed and completed.way == "rollback":
            return completed
        model = _registered(model_name)
        champion, previous = aliased(model, CHAMPION), aliased(model, PREVIOUS)
        if previous is None or previous == champion:
            raise RegistryError(
                f"{model_name} has no previous champion to go back to; name a version with `jena registry promote`."
            )
        _refuse_without_files(model_name, previous)
        return make_champion(model_name, previous, now or datetime.now(UTC), "rollback")


def start_with(model_name: str, version: int) -> int:
    """Make a version that other stations have shown to be good the first champion of a model that has none.

    Gives the champion, which is another where one was there first.
    """
    with changing(model_name):
        standing_one = aliased(find_model(open_store(), model_name), CHAMPION)
        if standing_one is not None:
            return standing_one
        return make_champion(model_name, version, datetime.now(UTC), "shared").version


def render(shown: Standing) -> str:
    """Give the standing and history as tables for a terminal."""
    versions = plain_table(
        f"{shown.model}: {f'version {shown.champion}' if shown.champion is not None else 'no version'} is the champion",
        VERSION_COLUMNS,
    )
    for version in shown.versions:
        versions.add_row(
            str(version.version),
            version.standing,
            version.architecture,
            "" if version.val_mae is None else f"{version.val_mae:.3f}",
            f"{version.created.astimezone():%Y-%m-%d %H:%M}",
            _gates_in_short(version.gates),
            style="bold" if version.standing == CHAMPION else None,
        )
    history = plain_table("History", HISTORY_COLUMNS)
    for change in shown.history:
        replaced = "" if change.replaced is None else str(change.replaced)
        history.add_row(f"{change.time.astimezone():%Y-%m-%d %H:%M}", str(change.version), replaced, BY[change.way])
    judged = next((version for version in shown.versions if version.gates), None)
    evidence = [_gates_table(judged.gates, f"What the gates said of version {judged.version}")] if judged else []
    return as_text(versions, *evidence, *([history] if shown.history else []))


def render_gates(outcome: Promoted) -> str:
    """Give the verdict and evidence of each gate, and what came of them, for a terminal."""
    return as_text(*([_gates_table(outcome.gates)] if outcome.gates else []), outcome.sentence)


def likely_model(settings: Settings) -> str:
    """Give the model that a person means who names none: the real station's, else the only one there is."""
    real = model_name(load_station(settings.station), settings, "real")
    if nothing_kept_yet():
        return real
    names = [known.name for known in patiently(open_store().search_registered_models)]
    return names[0] if len(names) == 1 else real


def _gates_in_short(verdicts: Sequence[GateVerdict]) -> str:
    shut = [verdict.gate for verdict in verdicts if not verdict.passed]
    if shut:
        return f"[red]✗[/] {', '.join(shut)}"
    return f"[green]✓[/] all {len(verdicts)}" if verdicts else ""


def _gates_table(verdicts: Sequence[GateVerdict], title: str | None = None) -> Table:
    table = plain_table(title, {"": "center", "gate": "left", "evidence": "left"})
    for verdict in verdicts:
        table.add_row(marked(verdict.passed), verdict.gate, verdict.evidence)
    return table


def _registered(model_name: str) -> RegisteredModel:
    if nothing_kept_yet():
        raise RegistryError("Nothing is registered yet; run `jena train` first.")
    client = open_store()
    model = find_model(client, model_name)
    if model is None:
        names = [known.name for known in patiently(client.search_registered_models)]
        advice = nearest(model_name, names) if names else "run `jena train` first."
        raise RegistryError(f"No model '{model_name}' is registered; {advice}")
    return model


def _refuse_without_files(model_name: str, version: int) -> None:
    if not is_there(open_store(), model_name, version):
        raise RegistryError(f"There is no version {version} of {model_name} any more: choose another one.")
    if files_are_gone(open_store(), model_name, version):
        raise RegistryError(
            f"The files of version {version} of {model_name} are gone: put them back, or choose another one."
        )
