"""What simulated stations cost: seconds and MiB for training, forecasting and watching them, kept as they are found."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click
from pydantic import TypeAdapter

from benchmarks.fleet.measured_command import Cost, measured_command
from benchmarks.fleet.simulated_stations import simulated_fleet
from benchmarks.markdown import table
from jena_models.errors import RequestError, nearest
from jena_models.frozen import Frozen
from jena_models.whole_files import write_whole

TRAIN: Final[dict[str, list[str]]] = {
    "ridge": ["train", "--set", "architectures=[persistence,ridge]"],
    "boosting": ["train", "--set", "architectures=[persistence,gradient_boosting]"],
    "shared": ["train", "--shared", "--set", "architectures=[persistence]"],
}
WORKS: Final = TRAIN | {"forecast": ["forecast"], "monitor": ["monitor"]}
LEFT_BY: Final = {
    "forecast": ("forecasts", ".cache/forecast"),
    "monitor": ("monitoring", ".cache/earlier_years"),
}
"""What a work that was stopped on the way leaves behind; a training begins with nothing but the readings."""
FEWEST_SHARING: Final = 2
STATIONS: Final = "stations"
KEPT: Final = "scale.json"
TRAINED: Final = "trained.txt"


class Figure(Frozen):
    """What one work cost at all stations of a fleet."""

    stations: int
    work: str
    champions: str
    """The training whose champions forecast or were watched; of a training itself, its own name."""
    cost: Cost
    ended: datetime


_FIGURES: Final = TypeAdapter(tuple[Figure, ...])


def measure(stations: Sequence[int], works: Sequence[str], workers: int, folder: Path) -> None:
    """Measure each work at so many stations, and keep each figure as soon as it is there; what is kept is not repeated.

    Raises:
        RequestError: where there is no such work.
    """
    for work in works:
        if work not in WORKS:
            raise RequestError(f"There is no work '{work}'; {nearest(work, WORKS)}")
    for count in stations:
        home, champions = folder / str(count), ""
        for work in works:
            if work == "shared" and count < FEWEST_SHARING:
                continue
            if work not in TRAIN and not champions:
                _say(f"{work} at {count:,} stations is left out: no work before it trains any champion")
                continue
            champions = work if work in TRAIN else champions
            if any(_key(each) == (count, work, champions) for each in kept(folder)):
                _say(f"{work} at {count:,} stations was measured before")
                continue
            if work not in TRAIN and _trained_last(home) != champions:  # another training came in between
                _measure(folder, count, champions, champions, workers)
            _measure(folder, count, work, champions, workers)


def _measure(folder: Path, count: int, work: str, champions: str, workers: int) -> None:
    _say(f"{work} at {count:,} stations begins{_expected(folder, count, work, champions)}")
    cost = _measured(folder / str(count), count, work, workers)
    figure = Figure(stations=count, work=work, champions=champions, cost=cost, ended=datetime.now(UTC))
    others = [each for each in kept(folder) if _key(each) != _key(figure)]
    write_whole(folder / KEPT, _FIGURES.dump_json((*others, figure), indent=1).decode())
    _say(" ".join(_row(figure)))


def kept(folder: Path) -> tuple[Figure, ...]:
    """Give all figures that were found, by this run or an earlier one."""
    file = folder / KEPT
    return _FIGURES.validate_json(file.read_bytes()) if file.is_file() else ()


def costs(folder: Path) -> str:
    """Give all figures that are kept, as Markdown, small fleets first."""
    order = list(WORKS)
    found = sorted(kept(folder), key=lambda it: (it.stations, order.index(it.work), order.index(it.champions)))
    head = "stations | work | wall, s | processor, s a station | peak, MiB | MiB a station | failed"
    return table(head, map(_row, found), words=2)


def _key(figure: Figure) -> tuple[int, str, str]:
    return figure.stations, figure.work, figure.champions


def _trained_last(home: Path) -> str:
    """Give the training whose champions a home holds; empty where one was stopped on the way."""
    file = home / TRAINED
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def _measured(home: Path, count: int, work: str, workers: int) -> Cost:
    home.mkdir(parents=True, exist_ok=True)
    if work in TRAIN:
        leftovers = [each for each in home.iterdir() if each.name != STATIONS]
    else:
        leftovers = [home / each for each in LEFT_BY[work]]
    for each in leftovers:
        if each.is_dir():
            shutil.rmtree(each)
        else:
            each.unlink(missing_ok=True)
    os.environ["JENA_HOME"] = str(home)
    file, last = simulated_fleet(count, home / STATIONS)
    cost = measured_command([*WORKS[work], *([] if work in TRAIN else ["--at", last])], file, workers)
    if work in TRAIN:
        write_whole(home / TRAINED, work)
    return cost


def _expected(folder: Path, count: int, work: str, champions: str) -> str:
    """Give how long it will take, going by the largest fleet that was measured; empty where none was."""
    known = [each for each in kept(folder) if (each.work, each.champions) == (work, champions) and each.stations > 1]
    if not known:
        return ""
    nearest_known = max(known, key=lambda each: each.stations)
    minutes = nearest_known.cost.wall_seconds / nearest_known.stations * count / 60
    return f"; at {nearest_known.stations:,} stations it took so long that it may take {minutes:,.0f} minutes"


def _row(figure: Figure) -> list[str]:
    cost, count = figure.cost, figure.stations
    is_training = figure.work == figure.champions
    return [
        f"{count:,}",
        figure.work if is_training else f"{figure.work} ({figure.champions})",
        f"{cost.wall_seconds:,.0f}",
        f"{cost.processor_seconds / count:.2f}",
        f"{cost.peak_mib:,.0f}",
        f"{cost.peak_mib / count:,.1f}",
        str(cost.failed),
    ]


def _say(line: str) -> None:
    click.echo(f"{datetime.now(UTC):%H:%M:%S} {line}", err=True)
