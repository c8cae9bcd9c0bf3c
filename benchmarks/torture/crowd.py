"""Studies, forecasts, promotions and rollbacks at once on one SQLite store: nothing lost, nothing doubled."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Final

from benchmarks.torture.commands import SMALL, Command, Ended, Home
from benchmarks.torture.kills import copied

STUDIES: Final = 4
FORECASTS: Final = 4
AT: Final = ("--source", "simulated", "--set", "ingestion.simulated_years=2", "--at", "2010-11-20T12:00")
EXPECTED: Final = (
    "has no previous champion",
    "is the champion already",
    "has no champion",
    "No model",
    "Nothing is registered",
    "has no version",
)
"""What a person may be told who asks for what is not there yet."""


def crowd(  # noqa: PLR0917  (the first three are those of every part)
    folder: Path, seed: int, reference: Path, studies: int = STUDIES, forecasts: int = FORECASTS, pause: float = 0
) -> str:
    """Let all of them work at once on a store that has a champion; gives what is wrong after that.

    Each study has a seed of its own; `pause` is seconds between two promotions or rollbacks.
    """
    draw = Random(seed)  # noqa: S311  (repeatable, not secret)
    home = copied(reference / "home", folder / "home")
    running = [
        *((f"study{n}", home.start(*SMALL, "--set", f"seed={n + 2}", name=f"study{n}")) for n in range(studies)),
        *((f"forecast{n}", home.start("forecast", *AT, name=f"forecast{n}")) for n in range(forecasts)),
    ]
    ended = list(_by_hand(home, draw, running, pause))
    ended += [(name, home.wait(command, name)) for name, command in running]
    return _wrong(home, ended, studies)


def _by_hand(home: Home, draw: Random, running: list[tuple[str, Command]], pause: float) -> Iterator[tuple[str, Ended]]:
    number = 0
    while any(command.poll() is None for _, command in running):
        number += 1
        version = str(draw.randrange(1, 9))
        asked = ("registry", "rollback") if draw.random() < 0.5 else ("registry", "promote", version)  # noqa: PLR2004
        yield f"hand{number}", home.run(*asked, name=f"hand{number}")
        time.sleep(pause)


def _wrong(home: Home, ended: list[tuple[str, Ended]], studies: int) -> str:
    for name, each in ended:
        refused = each.code and name.startswith("hand") and any(text in each.complaints for text in EXPECTED)
        if each.fault or "locked" in each.complaints or (each.code and not refused):
            return f"{name} ended with {each.code}: {each.fault or each.complaints[-300:]}"
    shown = home.run("registry", "show", "--format", "json", name="show")
    told = json.loads(shown.output)
    history = told["history"]
    broken = [one for one, other in zip(history[1:], history[:-1], strict=True) if one["replaced"] != other["version"]]
    if broken or history[-1]["version"] != told["champion"]:
        return f"the history does not hold together: {broken[:1] or history[-1]}"
    doubled = home.ask("SELECT value FROM model_version_tags WHERE key = 'fit' GROUP BY value HAVING count(*) > 1")
    if doubled:
        return f"{len(doubled)} trainings were registered twice"
    finished = home.ask("SELECT count(*) FROM tags WHERE key = 'role' AND value = 'study'")
    if finished != [(studies + 1,)]:
        return f"{finished[0][0]} studies instead of {studies + 1}"
    return f"left behind: {', '.join(left[:3])}" if (left := home.left_behind()) else ""
