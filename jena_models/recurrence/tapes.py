"""Memory for what the kernels write, used again from one training step to the next.

A tape takes tens of megabytes. Fresh memory of that size is handed back to the system at once
when it is freed, and faulting it in anew at every step can take longer than the kernels.
"""

import math
import threading
import weakref

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

ALIGNMENT = 64  # bytes; TensorFlow takes over an aligned array without a copy
KEPT = 16


class TapePool:
    """Hands out float32 arrays and takes each back when nobody refers to it any more."""

    def __init__(self) -> None:
        """Starts without any memory."""
        self._free: list[Floats] = []
        self._lock = threading.RLock()  # a search for garbage may give back while memory is handed out

    def take(self, size: int) -> Floats:
        """Returns an aligned array of `size` floats with whatever was in it before."""
        with self._lock:
            fitting = [array for array in self._free if array.size >= size]
            base = min(fitting, key=lambda array: array.size, default=None)
            if base is not None:
                self._free = [array for array in self._free if array is not base]
        if base is None:
            base = _aligned(size)
        loan = _Loan(base[:size])
        weakref.finalize(loan, self._give_back, base).atexit = False
        return np.asarray(loan)

    def array(self, *shape: int) -> Floats:
        """Returns an aligned array [shape] with whatever was in it before."""
        return self.take(math.prod(shape)).reshape(shape)

    def _give_back(self, base: Floats) -> None:
        with self._lock:
            self._free = [*self._free, base][-KEPT:]


class _Loan:
    """What every view of one tape refers to at last: NumPy would skip an array in its place."""

    def __init__(self, tape: Floats) -> None:
        self.__array_interface__ = tape.__array_interface__


def _aligned(size: int) -> Floats:
    spare = ALIGNMENT // 4
    raw = np.empty(size + spare, np.float32)
    start = -(raw.ctypes.data // 4) % spare
    return raw[start : start + size]


kernel_memory = TapePool()
