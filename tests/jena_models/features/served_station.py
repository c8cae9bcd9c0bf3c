"""A station with a weather service: its truth, the service's runs, and lessons of both."""

import numpy as np
import pandas as pd

from jena_models.features.histories import Histories
from jena_models.features.service_vector import ServiceVector
from jena_models.models.learner import Lesson
from jena_models.options.readings_options import History
from jena_models.stations import load_station
from jena_models.weather_service.service import Service
from jena_models.weather_service.service_runs import Runs
from jena_models.windows.preparation import Preparation

HOUR, START, ROWS, STEPS = 3600, 1_577_836_800, 24 * 150, 120
STATION, TARGET = load_station("jena"), "T (degC)"
UTC = pd.DatetimeIndex((START - HOUR + np.arange(ROWS) * HOUR).astype("datetime64[s]"), name="time")
"""Of the readings; the station's clock is an hour ahead."""
CHOSEN = {
    "gradient_boosting": {"boosters": 1, "rounds": 120, "windows_in_leaf": 20},
    "partial_boosting": {"rounds": 80},
}
"""Hyper-parameters by which small learners are trained in a moment."""


def weather(seed=0):
    generator = np.random.default_rng(seed)
    hours = np.arange(ROWS + 48)
    slow = np.convolve(generator.normal(0, 1, len(hours) + 47), np.hanning(48), "valid")
    return 10 + 5 * np.sin(2 * np.pi * hours / 24) + 0.8 * slow


def runs_of(truth, seed=1, bias=1.5, step=3, lost=()) -> Runs:
    """Two runs a day, five hours on the way, with a bias and errors that grow with the lead."""
    generator = np.random.default_rng(seed)
    first = np.arange(0, ROWS, 12)
    leads = np.arange(0, 49, step)
    said = np.stack([truth[at + leads] for at in first]) + bias
    said += generator.normal(0, 1, said.shape) * (0.2 + leads / 60)
    cloud = generator.random(said.shape)
    said[list(lost)] = cloud[list(lost)] = np.nan
    return Runs(
        name="service",
        columns=("t2m", "cloud"),
        of=(TARGET, ""),
        issue_seconds=START + first * HOUR,
        available_seconds=START + (first + 5) * HOUR,
        lead_seconds=leads * HOUR,
        values=np.stack([said, cloud], axis=2),
        spread=np.full((*said.shape, 2), np.nan),
    )


TRUTH = weather()
RUNS = runs_of(TRUTH)


def histories(issue_rows, runs=RUNS, horizon=1440, readings=None):
    given = TRUTH[:ROWS, None] if readings is None else readings
    rows = np.asarray(issue_rows)[:, None] + np.arange(1 - STEPS, 1)
    service = None if runs is None else Service((runs,))
    return Histories(given, (TARGET,), START + np.arange(ROWS) * HOUR, rows, 60, horizon, None, service)


def lesson(runs):
    def part(first, end):
        issued = np.arange(first, end)
        return histories(issued, runs), TRUTH[issued + 24].astype(np.float32)

    train, validation = part(STEPS, ROWS // 2), part(ROWS // 2 + 24, ROWS - 24)
    return Lesson(*train, *validation, TARGET, STATION, 1, 1)


def preparation(vector: ServiceVector | None = None) -> Preparation:
    """The station's windows: of what is measured alone, or with what a network is shown of the service."""
    return Preparation(
        station="jena",
        target=TARGET,
        columns=(TARGET,),
        mean=(10.0,),
        standard_deviation=(3.0,),
        steps=STEPS,
        sampling_minutes=60,
        horizon_minutes=1440,
        cadence_minutes=60,
        history=History(),
        services=("service",),
        service_vector=vector,
    )
