"""A study's whole tree of processes killed at random moments, each time followed by the same command."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import time
from contextlib import closing, suppress
from itertools import count
from pathlib import Path
from random import Random
from typing import Final

from benchmarks.torture.commands import SMALL, Ended, Home, figures

KILLS: Final = 5
"""Of a round: each but the last hits a study that goes on after one."""
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
        raise RuntimeError(f"the undisturbed study {ended.end}")
    (folder / "result.json").write_text(ended.output, encoding="utf-8")
    (folder / "seconds").write_text(str(time.monotonic() - began), encoding="utf-8")


def strike(folder: Path, seed: int, reference: Path) -> str:
    """Kill a study again and again, then let it end; gives what is wrong after that.

    Drawn are the moments, and what is there already: nothing, Prefect's database, or the readings prepared too, so that
    more moments lie in what follows. A study that ends before its moment is looked at, and another one begun.
    """
    draw = Random(seed)  # noqa: S311  (repeatable, not secret)
    moments: list[float] = []
    homes = count()
    home = _home(folder / f"home{next(homes)}", draw, reference)
    while len(moments) < KILLS:
        moment = draw.uniform(0, SPARED * float((reference / "seconds").read_text()))
        command = home.start(*SMALL)
        with suppress(subprocess.TimeoutExpired):
            command.wait(moment)
        if command.poll() is None:
            moments.append(moment)
            home.kill()
            command.wait()
            continue
        if wrong := _wrong(home, home.wait(command), reference):
            return f"{_told(moments)}: {wrong}"
        home = _home(folder / f"home{next(homes)}", draw, reference)
    again = home.run(*SMALL, name="again")
    wrong = _wrong(home, again, reference)
    home.kill()
    return f"{_told(moments)}: {wrong}" if wrong else ""


def _home(folder: Path, draw: Random, reference: Path) -> Home:
    home, made_before = Home(made(folder)), draw.choice(("nothing", "prefect", ".cache"))
    if made_before != "nothing":
        shutil.copytree(reference / "home" / "prefect", home.folder / "prefect", dirs_exist_ok=True)
    if made_before == ".cache":
        kept = shutil.ignore_patterns("fit", "locks")
        shutil.copytree(reference / "home" / ".cache", home.folder / ".cache", ignore=kept, dirs_exist_ok=True)
    return home


def _told(moments: list[float]) -> str:
    return f"killed after {', '.join(f'{moment:.1f}' for moment in moments) or 'no'} s"


def _wrong(home: Home, again: Ended, reference: Path) -> str:
    if again.fault:
        return again.fault
    if again.code:
        return f"the same command {again.end}"
    if figures(again.output) != figures((reference / "result.json").read_text(encoding="utf-8")):
        return "other figures than undisturbed"
    versions = home.ask("SELECT value, count(*) FROM model_version_tags WHERE key = 'architecture' GROUP BY value")
    if odd := [name for name, count in versions if count != 1]:
        return f"not one version of {', '.join(odd)}"
    champions = home.ask("SELECT count(*) FROM registered_model_aliases WHERE alias = 'champion'")
    if champions != [(1,)]:
        return f"{champions[0][0]} champions"
    left = [*home.left_behind(), *home.unnamed_models()]
    return f"left behind: {', '.join(left[:3])}" if left else ""


def copied(home: Path, to: Path) -> Home:
    """Copy a home with its study, and let the copied store name the copied artifacts; gives the copy."""
    shutil.copytree(home, to, ignore=shutil.ignore_patterns("tmp"), dirs_exist_ok=True)
    places = {"experiments": "artifact_location", "runs": "artifact_uri", "model_versions": "storage_location"}
    places |= {"logged_models": "artifact_location"}
    with closing(sqlite3.connect(to / "mlflow.db")) as database, database:
        for table, column in places.items():
            database.execute(f"UPDATE {table} SET {column} = replace({column}, ?, ?)", [str(home), str(to)])  # noqa: S608
        database.execute("UPDATE model_versions SET source = replace(source, ?, ?)", [str(home), str(to)])
    return Home(to)


def made(folder: Path) -> Path:
    """Make a folder and give it."""
    folder.mkdir(parents=True, exist_ok=True)
    return folder
