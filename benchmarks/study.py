"""From `jena train` to its first training step, and how much of a study is not training."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.measures import StudyTimes
from benchmarks.processes import last_line
from tasks.workspace import cache_folder


def time_study(source: str, simulated_years: float, architectures: Sequence[str], batches: int) -> StudyTimes:
    """Time a study of one epoch an architecture, with two workers and a tracking store of its own.

    The stages before training are in the cache, as is the database of Prefect's temporary server: to make one takes
    about seven seconds, once on a machine. No training is, for none had this seed.
    """
    prefect_home = {"PREFECT_HOME": str(cache_folder() / "prefect")}
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
