"""The kernels, compiled on their first call and kept on disk from then on."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba

from jena_models.recurrence.kernels.backward import backward
from jena_models.recurrence.kernels.convolution import convolve, convolve_back
from jena_models.recurrence.kernels.forward import forward
from jena_models.recurrence.vectors.register_tiles import TILES


def _fingerprint() -> str:
    digest = hashlib.sha256(repr(TILES).encode())
    for source in sorted(Path(__file__).parents[1].rglob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()


def _cached(sources: str) -> tuple[Callable[..., None], ...]:
    # Numba takes a kernel from its cache as long as the kernel's own file is the same, but also
    # keys it by the values it captures. With the sources and the tiles among these, a change of any does.
    @numba.njit(cache=True, nogil=True)
    def run_forward(*arguments: Any) -> None:
        if sources:
            forward(*arguments)

    @numba.njit(cache=True, nogil=True)
    def run_backward(*arguments: Any) -> None:
        if sources:
            backward(*arguments)

    @numba.njit(cache=True, nogil=True)
    def run_convolve(*arguments: Any) -> None:
        if sources:
            convolve(*arguments)

    @numba.njit(cache=True, nogil=True)
    def run_convolve_back(*arguments: Any) -> None:
        if sources:
            convolve_back(*arguments)

    return run_forward, run_backward, run_convolve, run_convolve_back


run_forward, run_backward, run_convolve, run_convolve_back = _cached(_fingerprint())
