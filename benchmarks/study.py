"""How long `jena train` takes to its first step, and what of a study is not training: `python -m benchmarks.study`."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from benchmarks.measures import BOOK_ARCHITECTURES, BOOK_BATCHES, OFFICIAL_YEARS, StudyTimes
from benchmarks.processes import ROOT, last_line
from benchmarks.report import study_table
from tasks.workspace import cache_folder


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
        last_line([sys.executable, "-m", "benchmarks.study_probe", str(witnessed), *arguments], "", variables)
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


@click.command()
@click.option("--batches", type=click.IntRange(min=16), default=BOOK_BATCHES, show_default=True, help="Of an epoch.")
def main(batches: int) -> None:
    """Time a study of the chapter's architectures, an epoch each, on eight simulated years."""
    os.environ.setdefault("JENA_HOME", str(ROOT / ".cache" / "benchmark"))
    click.echo(study_table(time_study("simulated", OFFICIAL_YEARS, ("persistence", *BOOK_ARCHITECTURES), batches)))


if __name__ == "__main__":
    main()
