"""One training, in the running process or in one of its own; started as `python -m jena_models.training.process`.

The request comes as one line of JSON on standard input, which stays open for as long as the parent lives; the lines
after it tell whether a core is idle. Events go out as lines of JSON on standard output, the outcome last.
"""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import sys
import threading
from collections.abc import Iterable
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from typing import IO, Final

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from jena_models.architectures import find_architecture
from jena_models.curves.leads import leads_minutes
from jena_models.errors import JenaError, TrainingError
from jena_models.frozen import Frozen
from jena_models.models.tensorflow_start import share_gpus
from jena_models.optional_imports import import_lean, leave_out_unneeded
from jena_models.options.training_options import Wanted
from jena_models.settings import Settings
from jena_models.stations.schema import StationSchema
from jena_models.training.jobs.fit_result import FitResult
from jena_models.training.jobs.job import TrainingJob
from jena_models.training.jobs.progress_events import OnEvent
from jena_models.training.loop import train
from jena_models.weather_service.service import Service
from jena_models.windows.placement import WindowedReadings
from jena_models.windows.preparation import Preparation

SPLITS: Final = ("train", "validation", "judging", "test")
PARENT_GONE: Final = 70
IDLE_CORE: Final = "a core is idle"
NO_IDLE_CORE: Final = "no core is idle"
_PR_SET_PDEATHSIG: Final = 1
_PR_SET_NAME: Final = 15
PROCESS_NAME: Final = "jena training"
"""What `ps` and `top` show, on Linux."""


class Request(Frozen):
    """What to train, and where."""

    architecture: str
    settings: Settings
    arrays: Path
    """The folder of a `Prepared`."""
    readings: Path
    """Parquet of the rows as they were before normalization."""
    preparation: Preparation
    station: StationSchema
    stride_rows: int
    target_offset_rows: int
    folder: Path
    """Of this training alone."""
    started: float
    """When its process was started, in seconds since 1970."""
    threads: int | None = None
    """At most so many, in a process of its own; None leaves the running process as it is."""
    members: dict[str, Path] = Field(default_factory=dict)
    """Folders of trainings that an ensemble learns from, by architecture."""
    service: Path | None = None
    """Folder of the runs of the station's forecast sources."""


class Outcome(Frozen):
    """How the training ended: well, or with a sentence for the user."""

    error: str | None = None


def fulfil(request: Request, on_event: OnEvent) -> FitResult:
    """Train as requested, in the running process; TensorFlow keeps to the request's threads if it is not at work yet.

    Raises:
        TrainingError: where the training, or writing its result, fails.
    """
    if request.threads and "tensorflow" in find_architecture(request.architecture).packages:
        _keep_tensorflow_to(request.threads, request.settings.training.device)
    try:
        return train(job_of(request), on_event)
    except OSError as error:
        raise TrainingError(
            f"What the training of {request.architecture} leaves cannot be written to {request.folder}: "
            f"{error.strerror or error}; {_remedy(error, request.folder)} and run again."
        ) from error


def _remedy(error: OSError, folder: Path) -> str:
    if not folder.is_dir():
        return "it is gone, whoever removed it: leave it there"
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO}:
        return "make it a place that can be written"
    return "free some space there"


def job_of(request: Request) -> TrainingJob:
    """Give the job that a request asks for."""
    settings = request.settings
    return TrainingJob(
        architecture=request.architecture,
        hyperparameters=settings.hyperparameters[request.architecture],
        training=settings.training,
        seed=settings.seed,
        readings=_windowed_readings(request),
        times=request.station.local.standard_time(np.load(request.arrays / "time.npy", mmap_mode="r")),
        measured=cache(partial(_measured, request)),
        station=request.station,
        preparation=request.preparation,
        folder=request.folder,
        started=request.started,
        threads=request.threads,
        members=request.members,
        service=Service.load(request.service) if request.service else None,
        leads_minutes=leads_minutes(settings.leads_hours, request.preparation),
    )


def _windowed_readings(request: Request) -> WindowedReadings:
    # Mapped into memory, not read: processes side by side share one copy.
    return WindowedReadings(
        features=np.load(request.arrays / "features.npy", mmap_mode="r"),
        target=np.load(request.arrays / "target.npy", mmap_mode="r"),
        steps=request.preparation.steps,
        stride_rows=request.stride_rows,
        target_offset_rows=request.target_offset_rows,
        starts={split: _starts(request.arrays / f"{split}_starts.npy") for split in SPLITS},
    )


def _starts(path: Path) -> NDArray[np.int64]:
    """Give the windows of a split; an origin of a backtest has none that judge."""
    return np.load(path) if path.is_file() else np.empty(0, dtype=np.int64)


def _measured(request: Request) -> NDArray[np.float64]:
    # Without pandas, which takes a second to import and is needed for nothing else here.
    from pyarrow.parquet import read_table

    table = read_table(request.readings, columns=list(request.preparation.columns))
    return np.column_stack([table.column(name).to_numpy() for name in request.preparation.columns])


def main() -> int:
    """Serve the one request on standard input."""
    events = own_standard_output()
    # Keras and the libraries below it are allowed to die at once on Ctrl-C: what they wrote is whole at any moment.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    die_with_parent()
    _be_called(PROCESS_NAME.encode())
    request = Request.model_validate_json(sys.stdin.readline())
    idle_core = threading.Event()
    threading.Thread(target=_heed_parent, args=(idle_core,), daemon=True).start()
    packages = find_architecture(request.architecture).packages
    import_what_trains(packages)
    if "tensorflow" in packages:
        _have_second_thread(idle_core)
        _keep_tensorflow_to(request.threads or 1, request.settings.training.device)
    outcome = Outcome()
    try:
        fulfil(request, lambda event: _tell(events, event.model_dump_json()))
    except JenaError as error:
        outcome = Outcome(error=str(error))
    _tell(events, outcome.model_dump_json())
    return 0 if outcome.error is None else 1


def own_standard_output() -> IO[str]:
    """Keep standard output for what a parent reads: what libraries print there goes to standard error."""
    told = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return told


def _tell(events: IO[str], line: str) -> None:
    events.write(f"{line}\n")
    events.flush()


def die_with_parent(by: int = signal.SIGKILL) -> None:
    """Have this process ended, on Linux, when the thread that started it ends; by 0: have it go on."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, by)


def _be_called(name: bytes) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_NAME, name)


def _heed_parent(idle_core: threading.Event) -> None:
    for line in sys.stdin:
        if line.strip() == IDLE_CORE:
            idle_core.set()
        else:
            idle_core.clear()
    os._exit(PARENT_GONE)  # the end of input is the end of the parent


def _have_second_thread(idle_core: threading.Event) -> None:
    with suppress(ImportError):  # as on a processor that the kernels are not made for
        from jena_models.recurrence.second_thread import second_thread

        second_thread.is_wanted = idle_core.is_set


def import_what_trains(packages: Iterable[str]) -> None:
    """Import packages and what this project trains with them, without letting any of it compute."""
    leave_out_unneeded()
    for package in packages:
        import_lean(package)
        if package == "tensorflow":
            with suppress(ImportError):  # as on a processor that the kernels are not made for
                import_lean("jena_models.recurrence")


def _keep_tensorflow_to(threads: int, device: Wanted) -> None:
    import tensorflow as tf

    share_gpus()
    with suppress(RuntimeError):  # it is at work already, with the threads and devices that it began with
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(1)
        if device == "cpu":
            tf.config.set_visible_devices([], "GPU")
    tf.config.experimental.enable_op_determinism()


if __name__ == "__main__":
    sys.exit(main())
