"""A bit flipped in a registered champion, its folder gone, a database of another revision: all say so in a sentence."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Final

from benchmarks.torture.commands import SMALL, Ended
from benchmarks.torture.kills import copied

SOURCE: Final = ("--source", "simulated", "--set", "ingestion.simulated_years=2", "--at", "2010-11-20T12:00")
FORECAST: Final = ("forecast", "--format", "json", *SOURCE)
OTHER_STUDY: Final = (*SMALL, "--set", "seed=99")
OLD_REVISION: Final = "451aebb31d03"
KINDS: Final = ("bit", "bit", "bit", "bit", "bit", "bit", "folder", "database", "revision")


def harm(folder: Path, seed: int, reference: Path) -> str:
    """Do one harm to a finished study's home, and ask; gives what is wrong with the answers."""
    draw = Random(seed)  # noqa: S311  (repeatable, not secret)
    home, kind = copied(reference / "home", folder / "home"), KINDS[seed % len(KINDS)]
    before = home.run(*FORECAST, name="before")
    if before.code:
        return f"the forecast before any harm {before.end}"
    done = _harm(home.folder, kind, draw)
    asked = {"forecast": FORECAST, "train": OTHER_STUDY if kind != "revision" else SMALL}
    for name, arguments in asked.items():
        told = home.run(*arguments, name=name)
        if fault := _fault(name, told, before):
            return f"{done}: {fault}"
    return ""


def _harm(home: Path, kind: str, draw: Random) -> str:
    model = _champion_folder(home)
    if kind == "folder":
        shutil.rmtree(model)
        return "the champion's folder gone"
    if kind == "database":
        for path in home.glob("mlflow.db*"):
            path.unlink()
        return "the database gone"
    if kind == "revision":
        with closing(sqlite3.connect(home / "mlflow.db")) as database, database:
            database.execute("UPDATE alembic_version SET version_num = ?", [OLD_REVISION])
        return "a database of an earlier revision"
    path = draw.choice([each for each in sorted(model.rglob("*")) if each.is_file() and each.stat().st_size])
    content = bytearray(path.read_bytes())
    content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
    path.write_bytes(content)
    return f"a bit flipped in {path.relative_to(model)}"


def _fault(name: str, told: Ended, before: Ended) -> str:
    if told.fault or told.code not in (0, 1, 2):
        return told.fault or f"{name} ended with {told.code}"
    if told.code and not told.complaints.strip():
        return f"{name} ended with {told.code} and said nothing"
    if name == "forecast" and told.code == 0:
        was, is_now = json.loads(before.output), json.loads(told.output)
        if was["version"] == is_now["version"] and was["forecast"] != is_now["forecast"]:
            return f"forecast says {is_now['forecast']} where it said {was['forecast']}"
    return ""


def _champion_folder(home: Path) -> Path:
    with closing(sqlite3.connect(home / "mlflow.db")) as database:
        query = (
            "SELECT storage_location FROM model_versions JOIN registered_model_aliases USING (name, version) "
            "WHERE alias = 'champion'"
        )
        [(location,)] = database.execute(query).fetchall()
    return Path(str(location).removeprefix("file://"))
