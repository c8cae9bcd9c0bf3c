"""A small station to train on in a second."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from jena_models.options.training_options import Training
from jena_models.settings import Settings
from jena_models.stations import load_station
from jena_models.training.jobs.job import TrainingJob
from jena_models.windows.normalization import column_statistics, normalized
from jena_models.windows.placement import WindowedReadings
from jena_models.windows.preparation import Preparation

COLUMNS = ("p (mbar)", "T (degC)", "rh (%)")
STEPS, STRIDE, OFFSET = 8, 2, 20


@pytest.fixture(scope="session")
def readings() -> tuple[WindowedReadings, Preparation]:
    rows = np.arange(700)
    draw = np.random.default_rng(1)
    temperature = 8 + 6 * np.sin(2 * np.pi * rows / 24) + draw.normal(0, 1, 700)
    values = np.stack([990 + draw.normal(0, 0.3, 700).cumsum(), temperature, 70 - 2 * temperature], axis=1)
    mean, deviation = column_statistics(values[:400], COLUMNS)
    starts = {"train": np.arange(0, 380), "validation": np.arange(400, 530), "test": np.arange(550, 680)}
    windows = WindowedReadings(
        normalized(values, mean, deviation), temperature.astype(np.float32), STEPS, STRIDE, OFFSET, starts
    )
    preparation = Preparation(
        station="small",
        target="T (degC)",
        columns=COLUMNS,
        mean=tuple(mean),
        standard_deviation=tuple(deviation),
        steps=STEPS,
        sampling_minutes=120,
        horizon_minutes=360,
    )
    return windows, preparation


def measured(windows: WindowedReadings, preparation: Preparation) -> np.ndarray:
    return windows.features.astype(np.float64) * preparation.standard_deviation + preparation.mean


@pytest.fixture(scope="session")
def jobs_within(readings):
    """Make what makes jobs in a folder, each of an architecture and in a folder of its own."""

    def maker(folder_of_all: Path) -> Callable[..., TrainingJob]:
        def make(
            architecture: str,
            folder: str = "job",
            seed: int = 42,
            hyperparameters: dict | None = None,
            **training: object,
        ) -> TrainingJob:
            path = folder_of_all / folder
            path.mkdir(exist_ok=True)
            chosen = Settings().hyperparameters[architecture].model_copy(update=hyperparameters or {})
            return TrainingJob(
                architecture=architecture,
                hyperparameters=chosen,
                training=Training(**{"epochs": 4, "batches_per_epoch": 20, "batch_size": 16, **training}),
                seed=seed,
                readings=readings[0],
                times=np.datetime64("2012-03-01T00:10:00", "s") + np.arange(700) * np.timedelta64(1, "h"),
                measured=lambda: measured(*readings),
                station=load_station("jena"),
                preparation=readings[1],
                folder=path,
                started=time.time(),
            )

        return make

    return maker


@pytest.fixture
def job(jobs_within, tmp_path):
    """Make a job of an architecture, in a folder of its own."""
    return jobs_within(tmp_path)


@pytest.fixture
def numbers_drawn_meanwhile() -> Iterator[None]:
    """Another thread that draws random numbers, as a client does that waits at random."""
    done = threading.Event()

    def draw():
        while not done.is_set():
            random.random()  # noqa: S311

    other = threading.Thread(target=draw)
    other.start()
    yield
    done.set()
    other.join()
