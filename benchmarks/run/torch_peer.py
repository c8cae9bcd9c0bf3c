"""PyTorch beside ours, where it is installed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from benchmarks.processes import THREADS, MeasurementError, last_line
from benchmarks.run.measures import TorchStep

SCRIPT: Final = Path(__file__).with_name("torch_step.py")
AS_WIDE_AS: Final = {"LSTM 16": "lstm", "LSTM 32": "lstm_dropout", "two GRU 32": "stacked_gru_dropout"}
TUNED: Final = {"MALLOC_MMAP_THRESHOLD_": "1073741824", "MALLOC_TRIM_THRESHOLD_": "1073741824"}
"""As it comes, glibc returns the tensors' memory to the system and takes it back at every step."""


def time_torch(python: str) -> tuple[tuple[TorchStep, ...], str]:
    """Give the steps' times, or none and a sentence that says why."""
    one_core = dict.fromkeys(THREADS, "1")
    try:
        plain, tuned = (json.loads(last_line([python, str(SCRIPT)], "", one_core | more)) for more in ({}, TUNED))
    except (MeasurementError, OSError):
        return (), "PyTorch is not installed where the benchmark ran, so it was not timed; see `--torch-python`."
    steps = (
        TorchStep(network=name, architecture=ours, milliseconds=plain[name], milliseconds_tuned=tuned[name])
        for name, ours in AS_WIDE_AS.items()
    )
    return tuple(steps), ""
