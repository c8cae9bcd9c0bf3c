"""The winner of a search as a profile: what it was judged under, its hyper-parameters, and where they come from."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from jena_models.core_yaml import core_text
from jena_models.named_files import named_path
from jena_models.settings import Settings
from jena_models.tuning.search_result import SearchResult
from jena_models.tuning.space import with_values
from tasks.tracking import WHERE_AND_HOW
from tasks.workspace import Prepared

WIDTH: Final = 120


def profile_text(result: SearchResult, prepared: Prepared, settings: Settings, command: str) -> str:
    """Give the profile: every setting that is not the default, with the winner's hyper-parameters among them.

    What the profile that the search started from says of other searches is said again.
    """
    name = result.architecture
    tuned = with_values(settings.hyperparameters[name], result.best.values)
    chosen = settings.model_copy(
        update={
            "architectures": tuple(dict.fromkeys([*settings.architectures, name])),
            "hyperparameters": settings.hyperparameters.model_copy(update={name: tuned}),
        }
    )
    tree = _changed(chosen.model_dump(mode="json", exclude=set(WHERE_AND_HOW)), Settings().model_dump(mode="json"))
    tree |= tree.pop("hyperparameters", {})
    said = [*_said_before(named_path(settings.profile), name), *_said(result, prepared, settings, command)]
    return "\n".join([*said, core_text(tree, sort_keys=False, width=WIDTH, default_flow_style=None)])


def command_line(architecture: str, trials: int, profile: str, source: str | None, changes: Mapping[str, Any]) -> str:
    """Give the command that repeats a search; of a path only the file's name."""
    words = ["jena", "tune", architecture, f"--trials={trials}", f"--profile={Path(profile).name}"]
    words += [f"--source={Path(source).name}"] if source else []
    words += [f"--set={key}={_yaml(value)}" for key, value in changes.items()]
    return shlex.join(words)


def _changed(tree: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    for key, value in tree.items():
        default = defaults.get(key)
        if isinstance(value, Mapping) and isinstance(default, Mapping):
            inside = _changed(value, default)
            changed |= {key: inside} if inside else {}
        elif value != default:
            changed[key] = value
    return changed


def _said(result: SearchResult, prepared: Prepared, settings: Settings, command: str) -> list[str]:
    source = prepared.divided.checked.ingested.source
    given_up = sum(trial.state == "pruned" for trial in result.trials)
    facts = [
        f"found by `{command}`, with seed {settings.seed}",
        f"on {Path(source.origin).name} ({source.kind}, content hash {source.key})",
        f"in {len(result.trials)} trials, {given_up} of them given up on the way, judged on the validation split alone",
        result.sentence,
    ]
    return [f"# {result.architecture}: {fact}" for fact in facts]


def _said_before(profile: Path, architecture: str) -> list[str]:
    if not profile.is_file():
        return []
    lines = profile.read_text(encoding="utf-8").splitlines()
    others = tuple(f"# {name}: " for name in Settings().hyperparameters.model_dump() if name != architecture)
    return [line for line in lines if line.startswith(others)]


def _yaml(value: Any) -> str:
    return core_text(value, default_flow_style=True, width=10_000).removesuffix("...\n").strip()
