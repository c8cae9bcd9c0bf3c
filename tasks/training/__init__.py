"""One architecture trained, in this process, one of its own or on a cluster."""

from tasks.training.child_process import ending_trainings, fulfil_in_child, require_going_on
from tasks.training.fit import FIT_VERSION, fit_architecture
from tasks.training.predictions import forecasts_of
from tasks.training.progress import console, listen, live_progress
from tasks.training.runners import longest_first, task_runner

__all__ = [
    "FIT_VERSION",
    "console",
    "ending_trainings",
    "fit_architecture",
    "forecasts_of",
    "fulfil_in_child",
    "listen",
    "live_progress",
    "longest_first",
    "require_going_on",
    "task_runner",
]
