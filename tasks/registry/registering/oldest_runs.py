"""Up to which age a version is to use a weather service's runs, as validation tells."""

from __future__ import annotations

import logging
import math
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from jena_models.architectures import find_architecture
from jena_models.forecaster import Forecaster
from jena_models.stations.clock import seconds_of
from jena_models.weather_service.oldest_run import (
    LATE_BY_HOURS,
    OLDEST_RUN_FILE,
    OldestRun,
    ages_hours,
    oldest_worth_hours,
)
from tasks.readings import service_of
from tasks.workspace import Fit, Prepared

MOST_WINDOWS: Final = 400
"""Validation windows that are forecast with late runs, evenly over all: each a handful of times."""

logger = logging.getLogger("jena")


def keep_oldest_run(contents: Path, fit: Fit, prepared: Prepared) -> None:
    """Write up to which age runs are worth more to a version than its history alone, where there is such an age.

    Runs are made late on windows of validation, and what the model says with them is set beside what its partial model
    says without.
    """
    service, architecture = service_of(prepared.divided.checked), find_architecture(fit.result.architecture)
    if service is None or not (architecture.learner or architecture.combines):
        return
    forecaster = Forecaster.load(contents)
    if forecaster.partial is None:
        return
    starts = prepared.starts("validation")
    starts = starts[:: max(1, -(-len(starts) // MOST_WINDOWS))]
    issued = pd.DatetimeIndex(prepared.rows("time")[starts + prepared.last_step_row])
    came = prepared.rows("target")[starts + prepared.target_offset_rows]
    valid = issued + pd.Timedelta(minutes=prepared.preparation.horizon_minutes)
    readings = pd.read_parquet(prepared.divided.checked.readings)
    alone = np.abs(forecaster.fed(None).forecast_at(readings, issued) - came)
    ages, off = [], []
    for hours in LATE_BY_HOURS:
        late = forecaster.fed(service.later(hours))
        runs = service.later(hours).newest_run(seconds_of(issued), seconds_of(valid), late.service_column)
        ages.append(ages_hours(seconds_of(issued), runs))
        off.append(np.abs(late.model_forecast_at(readings, issued) - came))
    oldest = oldest_worth_hours(np.concatenate(ages), np.concatenate(off), np.tile(alone, len(LATE_BY_HOURS)))
    if math.isfinite(oldest):
        logger.info("%s uses no run that is %g hours old or older.", fit.result.architecture, oldest)
        (contents / OLDEST_RUN_FILE).write_text(OldestRun(hours=oldest).model_dump_json(), encoding="utf-8")
