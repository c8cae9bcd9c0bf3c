"""The facts of a machine that timings depend on."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

import psutil

from benchmarks.measures import Machine
from benchmarks.peak import peak_gigamacs

PACKAGES: Final = ("tensorflow", "keras", "numpy", "numba", "prefect", "mlflow")


def cores() -> int:
    """Give how many cores the benchmark may use."""
    return len(os.sched_getaffinity(0))


def machine() -> Machine:
    """Give the facts of this machine; measures its peak."""
    load = os.getloadavg()[0]
    return Machine(
        processor=processor(),
        cores=cores(),
        memory_gib=psutil.virtual_memory().total / 2**30,
        load=load,
        versions={"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        peak_gigamacs_one_core=peak_gigamacs(1),
        peak_gigamacs_all_cores=peak_gigamacs(cores()),
    )


def processor() -> str:
    """Give the processor's name."""
    facts = Path("/proc/cpuinfo")
    if facts.is_file():
        for line in facts.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
