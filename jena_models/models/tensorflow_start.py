"""TensorFlow's first import, without what its native code prints on every start."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TextIO

from jena_models.optional_imports import import_lean

STANDARD_ERROR: Final = 2
"""The descriptor that native code writes to."""

_starting: Final = threading.Lock()


def start_tensorflow() -> None:
    """Import TensorFlow and let it look for devices; what it has to say is heard only where it fails.

    Its notes on processors and missing GPUs go to the process's standard error before any log level of its counts.
    Safe to call from any thread: one that is not the first waits. Python has Keras go on with what TensorFlow has not
    finished where one thread imports each of them, and of two that mute at once one would leave errors muted for good.
    """
    share_gpus()
    with _starting:
        if "tensorflow" in sys.modules:
            return
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
        with muted_native_code():
            import_lean("tensorflow")
            import tensorflow

            tensorflow.config.list_physical_devices("GPU")


def share_gpus() -> None:
    """Have TensorFlow take no more of a GPU's memory than it needs, and multiply there in single precision.

    Others work on it too; and where products are rounded to TF32, a version forecasts otherwise than on a processor.
    What somebody has set stands. It is to be called before TensorFlow first computes on a GPU.
    """
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    os.environ.setdefault("NVIDIA_TF32_OVERRIDE", "0")


@contextmanager
def muted_native_code() -> Iterator[None]:
    """Have what native code writes to standard error go nowhere; what Python writes is seen, from any thread."""
    before = after = sys.stderr
    before.flush()
    kept = os.dup(STANDARD_ERROR)
    if _writes_to_standard_error(before):
        # Never closed: others may be writing there, or keep the stream that they find.
        after = sys.stderr = os.fdopen(
            kept, "w", encoding=before.encoding, errors=before.errors, buffering=1, closefd=False
        )
    nowhere = os.open(Path(os.devnull), os.O_WRONLY)
    try:
        os.dup2(nowhere, STANDARD_ERROR)
        yield
    finally:
        os.dup2(kept, STANDARD_ERROR)
        os.close(nowhere)
        if after is before:
            os.close(kept)
        elif sys.stderr is after:
            sys.stderr = before


def _writes_to_standard_error(stream: TextIO) -> bool:
    try:
        return stream.fileno() == STANDARD_ERROR
    except (AttributeError, OSError, ValueError):  # it is kept in memory
        return False
