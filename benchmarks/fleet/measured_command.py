"""A command of `jena fleet`, run and measured with all the processes that it starts."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import psutil

from benchmarks.processes import JENA, MEBIBYTE, ROOT, MeasurementError, children_core_seconds
from jena_models.frozen import Frozen

SAMPLING_SECONDS: Final = 0.5
ENDING_SECONDS: Final = 60.0


class Cost(Frozen):
    """Of one command over all stations."""

    wall_seconds: float
    processor_seconds: float
    peak_mib: float
    """Resident, of all processes together."""
    failed: int
    """Stations."""


def measured_command(arguments: Sequence[str], file: Path, workers: int) -> Cost:
    """Run a command of `jena fleet` and give what it cost; stations that failed are counted, and the rest is kept.

    How far it is goes to standard error, as the command says it.

    Raises:
        MeasurementError: where it ends without an outcome.
    """
    before, began, peak = children_core_seconds(), time.perf_counter(), 0.0
    command = [*JENA, "fleet", *arguments, "--fleet", str(file)]
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen(  # noqa: S603  (the benchmark's own command)
            [*command, "--workers", str(workers), "--format", "json"],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=out,
            text=True,
        )
        try:
            while process.poll() is None:
                peak = max(peak, _resident_mib(process.pid))
                time.sleep(SAMPLING_SECONDS)
        finally:
            _end(process)  # whoever stops the benchmark stops what it measures
        wall, processor = time.perf_counter() - began, children_core_seconds() - before
        out.seek(0)
        said = out.read()
    if not said:
        raise MeasurementError(f"{' '.join(command[1:])} ended with exit code {process.returncode} and no outcome.")
    outcomes = json.loads(said)
    return Cost(
        wall_seconds=wall,
        processor_seconds=processor,
        peak_mib=peak,
        failed=sum(not each["done"] for each in outcomes),
    )


def _end(process: subprocess.Popen[str]) -> None:
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGINT)
    try:
        process.wait(ENDING_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _resident_mib(process: int) -> float:
    total = 0
    with suppress(psutil.NoSuchProcess):
        parent = psutil.Process(process)
        for each in (parent, *parent.children(recursive=True)):
            total += each.memory_info().rss
    return total / MEBIBYTE
