"""The machine's peak of float32 multiply-adds, as a large matrix product reaches it; `python -m benchmarks.peak`."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

import numpy as np

from benchmarks.processes import measured

SIZE: Final = 2048
TRIES: Final = 8


def peak_gigamacs(threads: int) -> float:
    """Give thousand millions of multiply-adds a second on so many cores."""
    return float(measured("benchmarks.peak", threads=threads))


def multiply_adds_a_second(clock: Callable[[], float] = time.perf_counter) -> float:
    """Give what a large matrix product reaches in this process, by a clock."""
    generator = np.random.default_rng(0)
    left, right = (generator.standard_normal((SIZE, SIZE), dtype=np.float32) for _ in range(2))
    product = np.empty_like(left)
    quickest = min(seconds_of(lambda: np.matmul(left, right, out=product), clock) for _ in range(TRIES))
    return SIZE**3 / quickest


def seconds_of(work: Callable[[], object], clock: Callable[[], float]) -> float:
    """Give how long a work takes, by a clock."""
    began = clock()
    work()
    return clock() - began


if __name__ == "__main__":
    print(multiply_adds_a_second() / 1e9)
