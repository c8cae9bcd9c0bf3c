"""How long `jena train` takes to its first step, and what of a study is not training.

`python -m benchmarks.startup.study` times a study of the chapter's architectures, an epoch each.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import click

from benchmarks.book import BOOK_ARCHITECTURES, BOOK_BATCHES, OFFICIAL_YEARS
from benchmarks.markdown import table
from benchmarks.processes import begin_quietly, last_line
from jena_models.frozen import Frozen
from tasks.workspace import cache_folder

FIRST_STEP_GOAL_SECONDS: Final = 10
NOT_TRAINING_GOAL_SECONDS: Final = 30


class StudyTimes(Frozen):
    """A study of the book profile with a warm cache, shortened to few epochs."""

    source: str
    """Of its readings."""
    seconds_to_first_step: float
    """From the start of `jena train` until the first training reports: 16 steps at most after its first."""
    seconds: float
    """From the start of the process to its end."""
    seconds_training: float
    """While at least one training was between its first step and the end of its last epoch."""

    @property
    def seconds_not_training(self) -> float:
        """Everything else."""
        return self.seconds - self.seconds_training


def time_study(source: str, simulated_years: float, architectures: Sequence[str], batches: int) -> StudyTimes:
    """Time a study of one epoch an architecture, with two workers and a tracking store of its own.

    The stages before training are in the cache, as is the database of Prefect's temporary server: to make one takes
    about seven seconds, once on a machine. No training is, for none had this seed.
    """
    kept = cache_folder() / "prefect"
    kept.mkdir(parents=True, exist_ok=True)
    prefect_home = {"PREFECT_HOME": str(kept)}
    last_line([sys.executable, "-m", "prefect", "server", "database", "upgrade", "--yes"], "", prefect_home)
    with tempfile.TemporaryDirectory(prefix="jena-benchmark-") as scratch:
        witnessed = Path(scratch) / "spans.json"
        arguments = [
            "train",
            "--profile=book",
            f"--source={source}",
            f"--architectures={','.join(architectures)}",
            "--workers=2",
            f"--set=ingestion.simulated_years={simulated_years}",
            "--set=training.epochs=1",
            f"--set=training.batches_per_epoch={batches}",
            f"--set=seed={time.time_ns() % 2**31}",
            "--format=json",
        ]
        variables = {"JENA_HOME": scratch, "JENA_CACHE": str(cache_folder()), **prefect_home}
        began = time.time()
        last_line([sys.executable, "-m", "benchmarks.startup.study_probe", str(witnessed), *arguments], "", variables)
        ended = time.time()
        spans: list[tuple[float, float]] = [tuple(span) for span in json.loads(witnessed.read_text()).values()]
    return StudyTimes(
        source="the simulated station" if source == "simulated" else Path(source).name,
        seconds_to_first_step=min(first for first, _ in spans) - began,
        seconds=ended - began,
        seconds_training=covered(spans),
    )


def covered(spans: Iterable[tuple[float, float]]) -> float:
    """Give how much time lies in at least one of the spans from a start to an end."""
    total, until = 0.0, float("-inf")
    for start, end in sorted(spans):
        total += max(0.0, end - max(start, until))
        until = max(until, end)
    return total


def study_table(study: StudyTimes) -> str:
    """Give the times of a study beside what they should be at most."""
    rows = (
        ("from `jena train` to the first training step", study.seconds_to_first_step, FIRST_STEP_GOAL_SECONDS),
        ("all that is not training", study.seconds_not_training, NOT_TRAINING_GOAL_SECONDS),
        ("the whole", study.seconds, ""),
    )
    head = f"a study of one epoch an architecture on {study.source}, warm cache | seconds | at most"
    found = table(head, ([what, f"{seconds:.1f}", most] for what, seconds, most in rows))
    share = study.seconds_not_training / study.seconds
    told = f"What is not training is {share:.0%} of this short study's wall time; it does not grow with the epochs."
    return f"{found}\n\n{told}"


@click.command()
@click.option("--batches", type=click.IntRange(min=16), default=BOOK_BATCHES, show_default=True, help="Of an epoch.")
def main(batches: int) -> None:
    """Time a study of the chapter's architectures, an epoch each, on eight simulated years."""
    begin_quietly()
    click.echo(study_table(time_study("simulated", OFFICIAL_YEARS, ("persistence", *BOOK_ARCHITECTURES), batches)))


if __name__ == "__main__":
    main()
