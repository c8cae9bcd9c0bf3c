"""A study's whole tree of processes killed at a random moment, then the same command again."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import time
from contextlib import closing, suppress
from pathlib import Path
from random import Random
from typing import Final

from benchmarks.torture.commands import SMALL, Ended, Home, figures

SPARED: Final = 1.1
"""Moments are drawn up to a little after the time that the undisturbed study took."""


def prepare(folder: Path, prefect: Path | None = None) -> None:
    """Let the study run undisturbed once, for its figures and how long it takes.

    Args:
        folder: of what the rounds compare with.
        prefect: a home of Prefect whose database is made already.
    """
    if (folder / "seconds").is_file():
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if prefect:
        shutil.copytree(prefect, folder / "home" / "prefect")
    began = time.monotonic()
    ended = Home(made(folder / "home")).run(*SMALL)
    if ended.code:
        raise RuntimeError(f"the undisturbed study failed: {ended.complaints[-500:]}")
    (folder / "result.json").write_text(ended.output, encoding="utf-8")
    (folder / "seconds").write_text(str(time.monotonic() - began), encoding="utf-8")


def strike(folder: Path, seed: int, reference: Path) -> str:
    """Kill a study once and run it again; gives what is wrong after that, or an empty text.

    Args:
        folder: of this round alone.
        seed: of the moment.
        reference: what `prepare` made.
    """
    draw = Random(seed)  # noqa: S311  (repeatable, not secret)
    home = Home(made(folder / "home"))
    if draw.random() < 0.5:  # noqa: PLR2004  (half of them with the readings prepared: more moments in what follows)
        kept = shutil.ignore_patterns("fit", "locks")
        shutil.copytree(reference / "home" / ".cache", home.folder / ".cache", ignore=kept)
    moment = draw.uniform(0, SPARED * float((reference / "seconds").read_text()))
    command = home.start(*SMALL)
    with suppress(subprocess.TimeoutExpired):
        command.wait(moment)
    home.kill()
    command.wait()
    again = home.run(*SMALL, name="again")
    home.kill()
    wrong = again.fault or _wrong(home, again, reference)
    return f"killed after {moment:.1f} s: {wrong}" if wrong else ""


def _wrong(home: Home, again: Ended, reference: Path) -> str:
    if again.code:
        return f"the same command ended with {again.code}: {again.complaints[-300:]}"
    if figures(again.output) != figures((reference / "result.json").read_text(encoding="utf-8")):
        return "other figures than undisturbed"
    versions = home.ask("SELECT value, count(*) FROM model_version_tags WHERE key = 'architecture' GROUP BY value")
    if odd := [name for name, count in versions if count != 1]:
        return f"not one version of {', '.join(odd)}"
    champions = home.ask("SELECT count(*) FROM registered_model_aliases WHERE alias = 'champion'")
    if champions != [(1,)]:
        return f"{champions[0][0]} champions"
    return f"left behind: {', '.join(left[:3])}" if (left := home.left_behind()) else ""


def copied(home: Path, to: Path) -> None:
    """Copy a home with its study, and let the copied store name the copied artifacts."""
    shutil.copytree(home, to, ignore=shutil.ignore_patterns("tmp"), dirs_exist_ok=True)
    places = {"experiments": "artifact_location", "runs": "artifact_uri", "model_versions": "storage_location"}
    places |= {"logged_models": "artifact_location"}
    with closing(sqlite3.connect(to / "mlflow.db")) as database, database:
        for table, column in places.items():
            database.execute(f"UPDATE {table} SET {column} = replace({column}, ?, ?)", [str(home), str(to)])  # noqa: S608
        database.execute("UPDATE model_versions SET source = replace(source, ?, ?)", [str(home), str(to)])


def made(folder: Path) -> Path:
    """Make a folder and give it."""
    folder.mkdir(parents=True, exist_ok=True)
    return folder
