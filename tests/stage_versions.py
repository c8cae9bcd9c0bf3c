"""Which code each stage runs, by the hash of every file, and the version that its results were last kept under.

A result is kept under its stage's version. Where the code changes and the version does not, an old result comes back
for new code without a word; so what was recorded is compared with what is there. To record anew:

    python tests/stage_versions.py                      # stages whose version was raised
    python tests/stage_versions.py --same fit study     # and stages whose results are the same as before, to the digit
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import importlib
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RECORD = Path(__file__).with_name("stage_versions.json")
PACKAGES = ("tasks.", "jena_models.")
PASSED_OVER = ("jena_models.settings", "jena_models.options", "jena_models.errors", "jena_models.frozen")
"""Settings stand in each key themselves."""


@dataclass(frozen=True)
class Stage:
    """Something whose results are kept under a version."""

    version: str
    """Where the version stands: a module and a name."""
    code: tuple[str, ...]
    """Modules that it begins in; what they import of the library, or of their own room, is its code too."""


STAGES = {
    "simulated": Stage("tasks.readings.locating.official_file:GENERATOR_VERSION", ("jena_models.stations.simulated",)),
    "ingest": Stage("tasks.readings.ingestion:VERSION", ("tasks.readings.ingestion",)),
    "validate": Stage("tasks.validation.validation:VERSION", ("tasks.validation.validation",)),
    "split": Stage("tasks.readings.split:VERSION", ("tasks.readings.split",)),
    "steps": Stage("tasks.readings.split:STEPS_VERSION", ("tasks.readings.split",)),
    "prepare": Stage("tasks.readings.prepared_arrays:VERSION", ("tasks.readings.prepared_arrays",)),
    "recent": Stage(
        "tasks.readings.newest_readings:VERSION", ("tasks.readings.newest_readings", "tasks.validation.validation")
    ),
    "service": Stage("tasks.readings.forecast_runs.services:VERSION", ("tasks.readings.forecast_runs.services",)),
    "describe": Stage("tasks.readings.described_source:VERSION", ("tasks.readings.described_source",)),
    "fit": Stage("tasks.training.fit:FIT_VERSION", ("tasks.training.fit", "jena_models.training.process")),
    "folds": Stage("tasks.backtesting.prepared_folds:VERSION", ("tasks.backtesting.prepared_folds",)),
    "tune_windows": Stage("tasks.tuning.trial_windows:VERSION", ("tasks.tuning.trial_windows",)),
    "earlier_years": Stage("tasks.monitoring.champion_history:VERSION", ("tasks.monitoring.champion_history",)),
    "search": Stage("tasks.tuning.search_runs:VERSION", ("tasks.tuning.search",)),
    "backtest": Stage("tasks.backtesting.backtest_runs:VERSION", ("tasks.backtesting.conduct",)),
    "study": Stage(
        "tasks.tracking.run_contents:STUDY_VERSION",
        ("tasks.registry.promotion", "tasks.studies.leaderboard", "tasks.studies.study_significance"),
    ),
    "fleet-parts": Stage("tasks.fleet.entries:DIVIDING_VERSION", ("jena_models.fleet.long_source",)),
    "pool-part": Stage(
        "tasks.fleet.pool_parts:PART_VERSION",
        ("jena_models.architectures.shared_boosting", "jena_models.training.learner_training"),
    ),
    "pool": Stage("tasks.fleet.pool_parts:POOL_VERSION", ("jena_models.architectures.shared_boosting",)),
    "newcomer": Stage("tasks.fleet.newcomers:VERSION", ("tasks.fleet.newcomers",)),
    "pooled-fits": Stage("tasks.fleet.pooled_fits:VERSION", ("tasks.fleet.pooled_fits",)),
}


def current() -> dict[str, dict]:
    """Give, for each stage, its version and the hash of each file of its code."""
    return {
        name: {"version": version_of(stage), "files": {str(path): hash_of(path) for path in files_of(stage)}}
        for name, stage in STAGES.items()
    }


def recorded() -> dict[str, dict]:
    """Give what was last recorded, in the same form."""
    kept: dict[str, dict] = json.loads(RECORD.read_text(encoding="utf-8"))
    return kept


def changed_files(now: dict, before: dict) -> list[str]:
    """Give the files of a stage that are new, gone or of another content than recorded."""
    paths = sorted(now["files"].keys() | before["files"].keys())
    return [path for path in paths if now["files"].get(path) != before["files"].get(path)]


def version_of(stage: Stage) -> int:
    module, name = stage.version.split(":")
    return int(getattr(importlib.import_module(module), name))


def files_of(stage: Stage) -> list[Path]:
    """Give the files of a stage's code, relative to the project's root."""
    seen: set[str] = set()
    left = list(stage.code)
    while left:
        module = left.pop()
        if module in seen:
            continue
        seen.add(module)
        left += [each for each in imported(module) if belongs(each, stage)]
    return sorted(path.relative_to(ROOT) for path in map(file_of, seen) if path)


def belongs(module: str, stage: Stage) -> bool:
    if module.startswith("jena_models."):
        return not module.startswith(PASSED_OVER)
    rooms = {".".join(each.split(".")[:2]) for each in stage.code if each.startswith("tasks.")}
    return any(module.startswith(f"{room}.") for room in rooms)


@cache
def imported(module: str) -> tuple[str, ...]:
    """Give the project's modules that a module imports, wherever in its text."""
    path = file_of(module)
    return tuple(_imports(ast.parse(path.read_text(encoding="utf-8")))) if path else ()


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{each.name}" for each in node.names if file_of(f"{node.module}.{each.name}"))


@cache
def file_of(module: str) -> Path | None:
    place = ROOT.joinpath(*module.split("."))
    found = (place.with_suffix(".py"), place / "__init__.py")
    return (
        next((path for path in found if path.is_file()), None) if module.split(".", maxsplit=1)[0] in _ROOMS else None
    )


_ROOMS = ("tasks", "jena_models")


@cache
def hash_of(path: Path) -> str:
    """Give 10 hex digits of a file's lines; empty ones and comments do not count."""
    lines = (line.rstrip() for line in (ROOT / path).read_text(encoding="utf-8").splitlines())
    code = "\n".join(line for line in lines if line and not line.lstrip().startswith("#"))
    return hashlib.sha256(code.encode()).hexdigest()[:10]


def record(same: list[str]) -> list[str]:
    """Record what is there; gives the stages that are not recorded, their version being the old one."""
    now, before = current(), recorded() if RECORD.is_file() else {}
    refused = [
        name
        for name, stage in now.items()
        if name in before
        and name not in same
        and stage["version"] == before[name]["version"]
        and changed_files(stage, before[name])
    ]
    kept = {name: before[name] if name in refused else stage for name, stage in now.items()}
    RECORD.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return refused


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--same", nargs="*", default=[], choices=list(STAGES), metavar="STAGE")
    if left := record(parser.parse_args().same):
        sys.exit(
            f"Raise the version of {', '.join(left)}, or name them after --same where their results stay as they were."
        )
