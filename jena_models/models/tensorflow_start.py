"""TensorFlow's first import, without what its native code prints on every start."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jena_models.optional_imports import import_lean


def start_tensorflow() -> None:
    """Import TensorFlow and let it look for devices; what it has to say is heard only where it fails.

    Its notes on processors and missing GPUs go to the process's standard error before any log level of its counts.
    """
    share_gpus()
    if "tensorflow" in sys.modules:
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with _muted_standard_error():
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
def _muted_standard_error() -> Iterator[None]:
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(Path(os.devnull), os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
