"""Processor time of what `jena` does beside its work: `python -m benchmarks.startup [--beside CLONE]`.

A forecast by a champion of each kind, and a study whose trainings are too short to count, in a home of its own. With
another clone of the project each is run by both in turn, on the same home, so that a busy machine is as busy for both.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import click

from benchmarks.processes import ROOT, children_core_seconds, jena, say
from tasks.registry import CHAMPION

YEARS: Final = "--set=ingestion.simulated_years=3"
SHORT: Final = ("--set=training.epochs=1", "--set=training.batches_per_epoch=20", YEARS)
ISSUED: Final = "2011-06-{day:02d}T{hour:02d}:00"
"""Within the last of the three years; each forecast is made from readings that were not checked before."""


@click.command()
@click.option("--architectures", default="gradient_boosting,feature_network,lstm", show_default=True, metavar="A,B")
@click.option("--rounds", type=click.IntRange(1, 20), default=3, show_default=True, help="Times of each; their median.")
@click.option("--beside", type=click.Path(exists=True, path_type=Path), metavar="CLONE", help="Run this one too.")
@click.option("--study/--no-study", default=True, help="Run a study too.")
def main(*, architectures: str, rounds: int, beside: Path | None, study: bool) -> None:
    """Measure the processor time of forecasts and of a short study."""
    clones = [ROOT, *([beside.resolve()] if beside else [])]
    names = architectures.split(",")
    with tempfile.TemporaryDirectory(prefix="jena-startup-") as home:
        say(f"measuring training {architectures}")
        _jena(ROOT, home, "train", "--source=simulated", f"--architectures={architectures}", *SHORT)
        for number, name in enumerate(names, start=1):
            if version := _version_to_promote(home, name):
                _jena(ROOT, home, "registry", "promote", version)
            taken: dict[Path, list[float]] = {clone: [] for clone in clones}
            for turn in range(rounds):
                for place, clone in enumerate(clones):
                    at = ISSUED.format(day=number, hour=turn * len(clones) + place)
                    say(f"measuring a forecast by {name}, round {turn + 1} of {rounds}")
                    taken[clone].append(_jena(clone, home, "forecast", "--source=simulated", f"--at={at}", YEARS))
            click.echo(_row(f"a forecast by {name}", taken.values()))
        if study:
            taken = {clone: [] for clone in clones}
            for turn in range(rounds):
                for clone in clones:
                    say(f"measuring a study, round {turn + 1} of {rounds}")
                    seed = f"--set=seed={time.time_ns() % 2**31}"
                    asked = ("--source=simulated", "--architectures=persistence,dense", *SHORT, seed)
                    taken[clone].append(_jena(clone, home, "train", *asked))
            click.echo(_row("a study of dense", taken.values()))


def _jena(clone: Path, home: str, *arguments: str) -> float:
    """Run a command with a clone's code; gives the processor seconds of its process and of all that it waited for."""
    variables = {"JENA_HOME": home, "JENA_CACHE": f"{home}/cache", "PREFECT_HOME": f"{home}/prefect"}
    before = children_core_seconds()
    jena(*arguments, clone=clone, variables={**variables, "PYTHONPATH": str(clone)})
    return children_core_seconds() - before


def _version_to_promote(home: str, architecture: str) -> str:
    """Give the newest version of an architecture; empty where it is the champion already."""
    from mlflow import MlflowClient

    store = MlflowClient(f"sqlite:///{home}/mlflow.db")
    found = store.search_model_versions(f"tags.architecture = '{architecture}'")
    newest = max(found, key=lambda version: int(version.version))
    champion = store.get_registered_model(newest.name).aliases.get(CHAMPION)
    return "" if str(champion) == str(newest.version) else str(newest.version)


def _row(what: str, taken: Iterable[list[float]]) -> str:
    return f"| {what} | {' | '.join(f'{statistics.median(each):.1f}' for each in taken)} |"


if __name__ == "__main__":
    main()
