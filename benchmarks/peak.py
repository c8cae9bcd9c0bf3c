"""The machine's peak of float32 multiply-adds, as a large matrix product reaches it; `python -m benchmarks.peak`."""

from __future__ import annotations

import time
from typing import Final

import numpy as np

from benchmarks.processes import measured

SIZE: Final = 2048
TRIES: Final = 8


def peak_gigamacs(threads: int) -> float:
    """Give thousand millions of multiply-adds a second on so many cores."""
    return float(measured("benchmarks.peak", threads=threads))


def _peak() -> float:
    generator = np.random.default_rng(0)
    left, right = (generator.standard_normal((SIZE, SIZE), dtype=np.float32) for _ in range(2))
    product = np.empty_like(left)
    quickest = min(_seconds(left, right, product) for _ in range(TRIES))
    return SIZE**3 / quickest / 1e9


def _seconds(left: np.ndarray, right: np.ndarray, product: np.ndarray) -> float:
    began = time.perf_counter()
    np.matmul(left, right, out=product)
    return time.perf_counter() - began


if __name__ == "__main__":
    print(_peak())
