"""The campaign: `make torture`, or `python -m benchmarks.torture [PART …] --rounds N`.

Each round has a seed, which is printed, and is kept in a file once it has ended: a campaign that is stopped goes on
where it was, and several at once on one folder each take rounds of their own. `--only PART:SEED` repeats one round.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from pkgutil import resolve_name
from typing import Final

from benchmarks import markdown
from benchmarks.machine import cores, processor
from benchmarks.torture.kills import made, prepare
from tasks.workspace import exclusive

Round = Callable[[Path, int, Path], str]
"""Takes a folder of its own, the seed of all that is drawn, and what `benchmarks.torture.kills.prepare` made; gives
what went wrong, or an empty text."""
ROUNDS_FILE: Final = "rounds.jsonl"
BEGIN, END = markdown.markers("torture", "make torture")


@dataclass(frozen=True)
class Part:
    """A kind of harm."""

    title: str
    rounds: int
    """Of the whole campaign."""
    does: str
    """The function of a round, by its module: loaded when it is its turn."""
    needs_reference: bool = True
    harms: int = 1
    """Of a round."""


@dataclass(frozen=True)
class Ended:
    """A round that has ended."""

    part: str
    seed: int
    fault: str
    """Empty where the round was passed."""
    seconds: float
    day: str


PARTS: Final = {
    "kills": Part(
        "kill -9 of a study's whole tree at random moments, five times, each time the same command",
        40,
        "benchmarks.torture.kills:strike",
        harms=5,
    ),
    "servers": Part(
        "MLflow's server, Prefect's, the worker each stopped for 5 to 60 s and killed, in three works",
        10,
        "benchmarks.torture.servers:interrupt",
        harms=9,
    ),
    "crowd": Part(
        "four studies, four forecasts, promote and rollback at once on one SQLite store",
        20,
        "benchmarks.torture.crowd:crowd",
    ),
    "places": Part(
        "odd, full and read-only places, another time zone, no HOME",
        8,
        "benchmarks.torture.places:stay",
    ),
    "inputs": Part(
        "mutated readings, station files, profiles, settings",
        1000,
        "benchmarks.torture.inputs:feed",
        needs_reference=False,
    ),
    "requests": Part(
        "50 malformed requests, a slow client, 200 MB, 64 clients, SIGTERM under load",
        20,
        "benchmarks.torture.requests:ask",
        harms=50,
    ),
    "damage": Part(
        "a bit flipped in a registered model, its folder or the database gone or old",
        45,
        "benchmarks.torture.damage:harm",
    ),
}


def main() -> int:
    """Run what is left of the campaign; gives 1 where a round failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"Of {', '.join(PARTS)}; all where none is named.")
    parser.add_argument("--rounds", type=int, help="Rounds of each part, in place of the whole; 0: none.")
    parser.add_argument("--folder", type=Path, default=Path(".cache/torture"), help="Where the campaign is kept.")
    parser.add_argument("--output", type=Path, help="The folder of reliability.md, to be written anew.")
    parser.add_argument("--only", metavar="PART:SEED", help="Repeat one round, and keep its folder.")
    asked = parser.parse_args()
    folder: Path = asked.folder.absolute()
    if asked.only:
        name, seed = asked.only.split(":")
        return 1 if _run(name, int(seed), folder, keep=True).fault else 0
    for name in asked.parts or PARTS:
        for seed in range(1, (PARTS[name].rounds if asked.rounds is None else asked.rounds) + 1):
            _run_unless_taken(name, seed, folder)
    ended = _ended_before(folder)
    if asked.output:
        _write(asked.output / "reliability.md", ended)
    print(table(ended))
    return 1 if any(each.fault for each in ended) else 0


def table(ended: list[Ended]) -> str:
    """Give the rounds that have ended, a row a part, as Markdown."""
    rows = []
    for name, part in PARTS.items():
        rounds = [each for each in ended if each.part == name]
        if rounds:
            passed = sum(not each.fault for each in rounds)
            seconds = sum(each.seconds for each in rounds) / len(rounds)
            counted = [len(rounds), passed, part.rounds, len(rounds) * part.harms]
            rows.append([f"`{name}`: {part.title}", *counted, f"{seconds:.1f}"])
    faults = [f"- `--only {each.part}:{each.seed}`: {each.fault}" for each in ended if each.fault]
    found = markdown.table("what | rounds | passed | of the whole campaign | times | seconds a round", rows)
    return "\n".join([found, *(["", "What did not pass:", "", *faults] if faults else [])])


def _run_unless_taken(name: str, seed: int, folder: Path) -> None:
    with suppress(BlockingIOError), exclusive(folder / "locks" / f"{name}-{seed}", wait=False):
        if not any((each.part, each.seed) == (name, seed) for each in _ended_before(folder)):
            ended = _run(name, seed, folder)
            with (folder / ROUNDS_FILE).open("a", encoding="utf-8") as kept:
                kept.write(json.dumps(asdict(ended)) + "\n")


def _run(name: str, seed: int, folder: Path, keep: bool = False) -> Ended:
    part, place = PARTS[name], folder / f"{name}-{seed}"
    reference = folder / "reference"
    if part.needs_reference:
        with exclusive(folder / "locks" / "reference"):
            prepare(reference)
    shutil.rmtree(place, ignore_errors=True)
    os.environ["JENA_HOME"] = str(made(place / "own-home"))  # for what is done in this process
    began = time.monotonic()
    try:
        does: Round = resolve_name(part.does)
        fault = does(place, seed, reference)
    except Exception as error:
        fault = f"the round itself failed: {type(error).__name__}: {' '.join(str(error).split())[:300]}"
    seconds = time.monotonic() - began
    if not keep:
        shutil.rmtree(place, ignore_errors=True)
    print(f"{name} {seed}: {fault or 'passed'} ({seconds:.1f} s)", file=sys.stderr, flush=True)
    return Ended(name, seed, " ".join(fault.split())[:400], round(seconds, 1), f"{datetime.now(UTC):%Y-%m-%d}")


def _ended_before(folder: Path) -> list[Ended]:
    path = made(folder) / ROUNDS_FILE
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return [Ended(**json.loads(line)) for line in lines]


def _write(page: Path, ended: list[Ended]) -> None:
    days = sorted({each.day for each in ended})
    when = " to ".join(dict.fromkeys((days[0], days[-1])))
    told = f"Measured on {when} on {cores()} cores of {processor()}.\n\n{table(ended)}"
    markdown.between_markers(page, "torture", told, by="make torture")


if __name__ == "__main__":
    sys.exit(main())
