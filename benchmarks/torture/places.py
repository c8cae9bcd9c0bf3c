"""Homes and temporary folders that are odd, full or not to be written: a sentence, and nothing there is lost."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks.torture.commands import SMALL, Ended, Home, figures
from benchmarks.torture.kills import made

SMALL_DISK: Final = "3m"
"""Less than the readings of a study take."""


def stay(folder: Path, seed: int, reference: Path) -> str:
    """Work in one of the places; gives what is wrong."""
    return PLACES[seed % len(PLACES)](made(folder), reference)


def _odd_scratch(folder: Path, reference: Path) -> str:
    return _same_figures(folder, reference, TMPDIR=str(made(folder / "tmp mit ümlaut")))


def _question_mark(folder: Path, reference: Path) -> str:
    del reference
    return _refused(Home(made(folder / "what?")).run(*SMALL)) or _only(folder, "what?")


def _a_file(folder: Path, reference: Path) -> str:
    del reference
    beside, there = Home(made(folder / "home")), folder / "file"
    there.write_text("mine", encoding="utf-8")
    told = beside.run(*SMALL, more={"JENA_HOME": str(there / "home")})
    return _refused(told) or ("" if there.read_text(encoding="utf-8") == "mine" else "the file was changed")


def _cannot_be_written(folder: Path, reference: Path) -> str:
    home = Home(folder / "home")
    shutil.copytree(reference / "home", home.folder)
    outside = Home(made(folder / "outside"))
    with _mounted(["--bind", "-o", "ro"], home.folder) as mounted:
        if not mounted:
            return LEFT_OUT
        for asked in (("leaderboard",), ("describe", "--source", "simulated"), ("registry", "show"), SMALL):
            told = outside.run(*asked, more={"JENA_HOME": str(home.folder)})
            if fault := told.fault or ("" if told.code in (0, 1, 2) else f"{asked[0]} ended with {told.code}"):
                return fault
    return "" if home.run("leaderboard").code == 0 else "what was there cannot be read afterwards"


def _full(folder: Path, reference: Path) -> str:
    del reference
    home = Home(made(folder / "home"))
    outside = Home(made(folder / "outside"))
    with _mounted(["-t", "tmpfs", "-o", f"size={SMALL_DISK}"], home.folder) as mounted:
        if not mounted:
            return LEFT_OUT
        return _refused(outside.run(*SMALL, more={"JENA_HOME": str(home.folder)}))


def _same_figures(folder: Path, reference: Path, home: str = "home", **more: str) -> str:
    told = Home(made(folder / home)).run(*SMALL, more=more)
    if told.code or told.fault:
        return told.fault or told.end
    same = figures(told.output) == figures((reference / "result.json").read_text(encoding="utf-8"))
    return "" if same else "other figures than elsewhere"


LEFT_OUT: Final = "left out: nothing can be mounted here"
PLACES: Final[tuple[Callable[[Path, Path], str], ...]] = (
    partial(_same_figures, home="Wetter stätion ü%20#1"),
    partial(_same_figures, TZ="Pacific/Kiritimati"),
    partial(_same_figures, HOME=""),
    _odd_scratch,
    *(_question_mark, _a_file, _cannot_be_written, _full),
)


def _refused(told: Ended) -> str:
    return told.fault or ("" if told.code in (1, 2) and told.complaints.strip() else told.end)


def _only(folder: Path, name: str) -> str:
    others = [path.name for path in folder.iterdir() if path.name != name]
    return f"{others[0]} was made beside the home" if others else ""


@contextmanager
def _mounted(how: list[str], place: Path) -> Iterator[bool]:
    """Mount over a folder for as long as the block runs; gives whether that could be done."""
    given = [str(place), str(place)] if "--bind" in how else ["none", str(place)]
    done = os.geteuid() == 0 and _quietly(["mount", *how, *given])
    if done and "--bind" in how:
        done = _quietly(["mount", "-o", "remount,bind,ro", str(place)])
    try:
        yield done
    finally:
        if done:
            _quietly(["umount", str(place)])


def _quietly(command: list[str]) -> bool:
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)  # noqa: S603
    return done.returncode == 0
