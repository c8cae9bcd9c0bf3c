"""The facts of a machine that timings depend on."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

import psutil

from benchmarks.peak import peak_gigamacs
from jena_models.frozen import Frozen
from jena_models.recurrence.vectors.register_tiles import TILES

VECTOR_FLAGS: Final = ("sse4_2", "avx", "avx2", "fma", "avx512f", "asimd", "sve")
PACKAGES: Final = ("tensorflow", "keras", "numpy", "numba", "prefect", "mlflow")


class Machine(Frozen):
    """Where it was measured."""

    processor: str
    """Its name, family and model."""
    flags: tuple[str, ...]
    """Its sets of vector instructions."""
    vector_floats: int
    """Of the registers that the kernels are shaped for."""
    registers: int
    """How many of these the kernels reckon with."""
    cores: int
    memory_gib: float
    load: float
    """Processes that were running or waiting, in the minute before."""
    versions: dict[str, str]
    date: str
    peak_gigamacs_one_core: float
    """Float32 multiply-adds a second, in thousand millions, that a large matrix product reaches."""
    peak_gigamacs_all_cores: float


def cores() -> int:
    """Give how many cores the benchmark may use."""
    return len(os.sched_getaffinity(0))


def machine() -> Machine:
    """Give the facts of this machine; measures its peak."""
    load = os.getloadavg()[0]
    facts = _facts()
    flags = facts.get("flags", facts.get("Features", "")).split()
    return Machine(
        processor=processor(),
        flags=tuple(flag for flag in VECTOR_FLAGS if flag in flags),
        vector_floats=TILES.width,
        registers=TILES.registers,
        cores=cores(),
        memory_gib=psutil.virtual_memory().total / 2**30,
        load=load,
        versions={"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        peak_gigamacs_one_core=peak_gigamacs(1),
        peak_gigamacs_all_cores=peak_gigamacs(cores()),
    )


def _facts() -> dict[str, str]:
    """Give what the system says of its first processor."""
    path = Path("/proc/cpuinfo")
    if not path.is_file():
        return {}
    lines = (line.partition(":") for line in path.read_text(encoding="utf-8").split("\n\n")[0].splitlines())
    return {name.strip(): value.strip() for name, _, value in lines}


def processor() -> str:
    """Give the processor's name, family and model."""
    facts = _facts()
    if "model name" not in facts:
        return platform.processor() or platform.machine()
    return f"{facts['model name']} (family {facts.get('cpu family', '?')}, model {facts.get('model', '?')})"
