"""What a registered version consists of, as it lies in a folder."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Final, Self

import pandas as pd

from jena_models.architectures.curve_boosting import CurveBoosting
from jena_models.curves.curve_fit import CURVE_FIT_FILE, CurveFit
from jena_models.errors import RegistryError
from jena_models.evaluation.intervals import Intervals
from jena_models.models.learner import Model
from jena_models.models.model_files import load_model
from jena_models.models.network import PREPARATION_FILE
from jena_models.stations.schema import StationSchema
from jena_models.weather_service.oldest_run import OLDEST_RUN_FILE, OldestRun
from jena_models.weather_service.service import Service
from jena_models.windows.preparation import Preparation

STATION_FILE: Final = "station.json"
INTERVALS_FILE: Final = "intervals.json"
PARTIAL_FOLDER: Final = "partial"
"""Holds the model that speaks where parts of a history are missing, and its intervals."""
CURVE_FOLDER: Final = "curve"
"""Holds the model of all leads, and how its curves follow what the other two say."""


@dataclass(frozen=True)
class VersionParts:
    """What is trained, and what is known of it."""

    preparation: Preparation
    station: StationSchema
    model: Model
    intervals: Intervals | None = None
    """None for a model that was registered before there were any."""
    partial: Model | None = None
    """What forecasts where parts of a history are missing that the model needs; None in versions of earlier times."""
    partial_intervals: Intervals | None = None
    """Of its forecasts, fitted with parts missing."""
    curve_model: CurveBoosting | None = None
    """What gives every lead; None where there is but one, as in versions of earlier times."""
    curve_fit: CurveFit | None = None
    """How its curves follow the headline that the model says."""
    service: Service | None = None
    """What weather services forecast, by UTC; of it only what was known at an issue time is used."""
    oldest_run_hours: float = math.inf
    """From which age on a run is worth less than history alone, by validation: there the partial model speaks."""

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read model, preparation and station and, where they are there, intervals, partial model and curve."""
        preparation = Preparation.model_validate_json((folder / PREPARATION_FILE).read_text(encoding="utf-8"))
        station = StationSchema.kept_before(json.loads((folder / STATION_FILE).read_text(encoding="utf-8")))
        beside = folder / PARTIAL_FOLDER
        partial = load_model(beside) if beside.is_dir() else None
        curve_model, curve_fit = _curve(folder / CURVE_FOLDER)
        own, of_partial = _intervals(folder), _intervals(beside)
        version = cls(preparation, station, load_model(folder), own, partial, of_partial, curve_model, curve_fit)
        oldest = folder / OLDEST_RUN_FILE
        if not oldest.is_file():
            return version
        kept = OldestRun.model_validate_json(oldest.read_text(encoding="utf-8"))
        return replace(version, oldest_run_hours=kept.hours)

    def fed(self, service: Service | None) -> Self:
        """Give the same with what weather services forecast."""
        return replace(self, service=service)

    @property
    def service_column(self) -> str:
        """The station's column that a run has to speak of to count; empty where anything will do."""
        if self.preparation.service_column is not None:
            return self.preparation.service_column
        target = self.preparation.target
        told = any(of == target for source in self.station.forecasts for _, of in source.told)
        return target if told or (self.service is not None and self.service.forecasting(target)) else ""

    @property
    def leads_hours(self) -> tuple[float, ...]:
        """The leads of its curve, the shortest first; the horizon alone where the version has no curve."""
        if self.curve_fit is None:
            return (self.preparation.horizon_minutes / 60,)
        return tuple(minutes / 60 for minutes in self.curve_fit.leads_minutes)

    def valid_times(self, issue_times: pd.DatetimeIndex) -> pd.DatetimeIndex:
        """Give the times that are forecast from these."""
        return issue_times + timedelta(minutes=self.preparation.horizon_minutes)


def _curve(folder: Path) -> tuple[CurveBoosting | None, CurveFit | None]:
    if not folder.is_dir():
        return None, None
    model = load_model(folder)
    if not isinstance(model, CurveBoosting):
        raise RegistryError(f"What lies in {folder} forecasts no curve; train it again.")
    return model, CurveFit.model_validate_json((folder / CURVE_FIT_FILE).read_text(encoding="utf-8"))


def _intervals(folder: Path) -> Intervals | None:
    path = folder / INTERVALS_FILE
    return Intervals.model_validate_json(path.read_text(encoding="utf-8")) if path.is_file() else None
