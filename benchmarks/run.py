"""Times each architecture the chapter's way and ours: `python -m benchmarks.run`, or `make benchmark`."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import Final

import click

from benchmarks.chapter import time_chapter
from benchmarks.machine import cores, machine
from benchmarks.measures import Comparison, Findings, Machine, Speed
from benchmarks.ours import WORKERS, time_ours
from benchmarks.processes import ROOT
from benchmarks.readings import book_windows
from benchmarks.report import between_markers, page
from benchmarks.study import time_study
from benchmarks.torch_peer import time_torch
from jena_models.settings import Settings
from tasks.handovers import Prepared

BOOK_BATCHES: Final = 819
ARCHITECTURES: Final = (
    *("dense", "conv1d", "simple_rnn", "lstm", "reversed_lstm", "bidirectional_lstm"),
    *("lstm_dropout", "stacked_gru_dropout"),
)
SMALL: Final = ("dense", "lstm")
SMALL_BATCHES: Final = 32
SMALL_YEARS: Final = 1.0
OFFICIAL_YEARS: Final = 8.0
PAGE: Final = "performance.md"
FINDINGS: Final = "performance.json"


@click.command()
@click.option("--source", default="simulated", show_default=True, metavar="PATH|URL|simulated", help="The readings.")
@click.option("--architectures", metavar="A,B", help="Time these alone.")
@click.option(
    "--batches", type=click.IntRange(min=16), default=150, show_default=True, help="Batches of an epoch to time."
)
@click.option("--small", is_flag=True, help="A few batches of two architectures, to see that it works.")
@click.option("--study/--no-study", default=True, help="Time a study too.")
@click.option(
    "--study-source", metavar="PATH|URL|simulated", help="The study's readings.  [default: those of --source]"
)
@click.option("--torch-python", default=sys.executable, metavar="PATH", help="A Python that has PyTorch.")
@click.option(
    "--output", type=click.Path(path_type=Path, file_okay=False), help="Folder to write the page and the JSON to."
)
def main(
    *,
    source: str,
    architectures: str | None,
    batches: int,
    small: bool,
    study: bool,
    study_source: str | None,
    torch_python: str,
    output: Path | None,
) -> None:
    """Time every architecture of the chapter, trained with the chapter's code and with this project's."""
    logging.basicConfig(level=logging.ERROR)
    os.environ.setdefault("JENA_HOME", str(ROOT / ".cache" / "benchmark"))
    names = tuple(architectures.split(",")) if architectures else SMALL if small else ARCHITECTURES
    timed, years = (SMALL_BATCHES, SMALL_YEARS) if small else (batches, OFFICIAL_YEARS)

    facts = machine()
    prepared, settings = book_windows(source, years)
    comparisons = tuple(compare(name, prepared, settings, timed, facts) for name in names)
    study_times = None
    if study:
        _say("a study, from its command to its end")
        study_times = time_study(
            study_source or source, years, ("persistence", *names), timed if small else BOOK_BATCHES
        )
    torch, torch_note = time_torch(torch_python)

    findings = Findings(
        command=f"python -m benchmarks.run {' '.join(map(_without_folders, sys.argv[1:]))}".strip(),
        source="the simulated station" if source == "simulated" else Path(source).name,
        training_windows=prepared.windows["train"],
        validation_windows=prepared.windows["validation"],
        batches=timed,
        machine=facts,
        comparisons=comparisons,
        study=study_times,
        torch=torch,
        torch_note=torch_note,
    )
    click.echo(page(findings))
    if output:
        between_markers(output / PAGE, "speed", page(findings))
        (output / FINDINGS).write_text(f"{findings.model_dump_json(indent=2)}\n", encoding="utf-8")


def compare(architecture: str, prepared: Prepared, settings: Settings, batches: int, facts: Machine) -> Comparison:
    """Time one architecture both ways, in turn."""
    _say(f"{architecture}, the chapter's way")
    chapter = time_chapter(architecture, prepared, batches)
    _say(f"{architecture}, ours")
    ours = time_ours(architecture, prepared, settings, batches)
    steps = chapter.multiply_adds_a_step
    share_of_cores = max(1, cores() // WORKERS)

    def speed(milliseconds: float, validation_seconds: float, mebibytes: float, gigamacs: float) -> Speed:
        return Speed(
            milliseconds_a_step=milliseconds,
            validation_seconds=validation_seconds,
            seconds_an_epoch=milliseconds / 1000 * BOOK_BATCHES + validation_seconds,
            peak_memory_mib=mebibytes,
            share_of_peak=steps / (milliseconds / 1000) / (gigamacs * 1e9),
        )

    return Comparison(
        architecture=architecture,
        epochs=settings.hyperparameters[architecture].epochs,
        multiply_adds_a_step=steps,
        chapter=speed(
            chapter.milliseconds_a_step,
            chapter.validation_seconds,
            chapter.peak_memory_mib,
            facts.peak_gigamacs_all_cores,
        ),
        ours=speed(
            ours.milliseconds_a_step,
            ours.validation_seconds,
            ours.peak_memory_mib,
            facts.peak_gigamacs_one_core * share_of_cores,
        ),
    )


def _say(what: str) -> None:
    click.echo(f"timing {what}", err=True)


def _without_folders(argument: str) -> str:
    """The page is for others, whose folders are not this machine's."""
    return Path(argument).name if argument.startswith("/") else argument


if __name__ == "__main__":
    main()
