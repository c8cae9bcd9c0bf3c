"""Times each architecture the chapter's way and ours: `python -m benchmarks.run`, or `make benchmark`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click

from benchmarks.book import BOOK_ARCHITECTURES, BOOK_BATCHES, OFFICIAL_YEARS, SMALL_BATCHES, SMALL_YEARS, WORKERS
from benchmarks.machine import Machine, cores, machine
from benchmarks.markdown import output_option, tell
from benchmarks.processes import begin_quietly, say
from benchmarks.run.chapter import ChapterTiming, time_chapter
from benchmarks.run.measures import Alone, Comparison, Findings, Speed, Timing, typical
from benchmarks.run.ours import time_ours
from benchmarks.run.report import PAGE, report, side_by_side, speed_marker
from benchmarks.run.torch_peer import time_torch
from benchmarks.startup.study import time_study
from benchmarks.windows import book_windows
from jena_models.settings import Settings
from tasks.workspace import Prepared

SMALL: Final = ("dense", "lstm")


@click.command()
@click.option("--source", default="simulated", show_default=True, metavar="PATH|URL|simulated", help="The readings.")
@click.option("--architectures", metavar="A,B", help="Time these alone.")
@click.option(
    "--batches", type=click.IntRange(min=16), default=150, show_default=True, help="Batches of an epoch to time."
)
@click.option("--rounds", type=click.IntRange(min=1), default=3, show_default=True, help="Times of each; their median.")
@click.option("--small", is_flag=True, help="A few batches of two architectures, to see that it works.")
@click.option("--study/--no-study", default=True, help="Time a study too.")
@click.option(
    "--study-source", metavar="PATH|URL|simulated", help="The study's readings.  [default: those of --source]"
)
@click.option("--torch-python", default=sys.executable, metavar="PATH", help="A Python that has PyTorch.")
@output_option(PAGE)
def main(
    *,
    source: str,
    architectures: str | None,
    batches: int,
    rounds: int,
    small: bool,
    study: bool,
    study_source: str | None,
    torch_python: str,
    page: Path | None,
) -> None:
    """Time every architecture of the chapter, trained with the chapter's code and with this project's."""
    begin_quietly()
    names = tuple(architectures.split(",")) if architectures else SMALL if small else BOOK_ARCHITECTURES
    timed, rounds, years = (SMALL_BATCHES, 1, SMALL_YEARS) if small else (batches, rounds, OFFICIAL_YEARS)

    facts = machine()
    prepared, settings = book_windows(source, years)
    comparisons = tuple(compare(name, prepared, settings, batches=timed, rounds=rounds, facts=facts) for name in names)
    ends = side_by_side([c.epochs * c.ours.seconds_an_epoch for c in comparisons], WORKERS)
    last = names[ends.index(max(ends))]
    say(f"timing {last}: ours, alone")
    alone = [time_ours(last, prepared, settings, timed, 1) for _ in range(rounds)]
    study_times = None
    if study:
        say("timing a study, from its command to its end")
        study_times = time_study(
            study_source or source, years, ("persistence", *names), timed if small else BOOK_BATCHES
        )
    torch, torch_note = time_torch(torch_python)

    findings = Findings(
        command=f"python -m benchmarks.run {' '.join(map(_without_folders, sys.argv[1:]))}".strip(),
        source="the simulated station" if source == "simulated" else Path(source).name,
        stride_rows=prepared.stride_rows,
        training_windows=prepared.windows["train"],
        validation_windows=prepared.windows["validation"],
        batches=timed,
        machine=facts,
        comparisons=comparisons,
        alone=Alone(architecture=last, ours=typical(alone)),
        study=study_times,
        torch=torch,
        torch_note=torch_note,
    )
    tell(report(findings), page, speed_marker(facts.vector_floats, findings.stride_rows))
    if page:
        page.with_suffix(".json").write_text(f"{findings.model_dump_json(indent=2)}\n", encoding="utf-8")


def compare(
    architecture: str, prepared: Prepared, settings: Settings, *, batches: int, rounds: int, facts: Machine
) -> Comparison:
    """Time one architecture both ways in turn, again and again."""
    chapter: list[ChapterTiming] = []
    ours: list[Timing] = []
    for number in range(1, rounds + 1):
        say(f"timing {architecture}, round {number} of {rounds}: the chapter's way")
        chapter.append(time_chapter(architecture, prepared, batches))
        say(f"timing {architecture}, round {number} of {rounds}: ours")
        ours.append(time_ours(architecture, prepared, settings, batches))
    ours_take = chapter[0].without_dropped if settings.training.windows_a_mask > 1 else chapter[0].multiply_adds_a_step
    share_of_cores = max(1, cores() // WORKERS)
    return Comparison(
        architecture=architecture,
        epochs=settings.hyperparameters[architecture].epochs,
        multiply_adds_a_step=ours_take,
        chapter=_speed(chapter, chapter[0].multiply_adds_a_step, facts.peak_gigamacs_all_cores),
        ours=_speed(ours, ours_take, facts.peak_gigamacs_one_core * share_of_cores),
        ratios=tuple(theirs.seconds_an_epoch / own.seconds_an_epoch for theirs, own in zip(chapter, ours, strict=True)),
    )


def _speed(rounds: Sequence[Timing], multiply_adds_a_step: int, peak_gigamacs: float) -> Speed:
    timing = typical(rounds)
    reached = multiply_adds_a_step / (timing.milliseconds_a_step / 1000)
    return Speed(**timing.model_dump(), share_of_peak=reached / (peak_gigamacs * 1e9))


def _without_folders(argument: str) -> str:
    """The page is for others, whose folders are not this machine's."""
    return Path(argument).name if argument.startswith("/") else argument


if __name__ == "__main__":
    main()
