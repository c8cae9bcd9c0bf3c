"""Forecasts of registered versions, loaded back, on the same validation windows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jena_models.errors import RescoringError, in_one_line
from jena_models.evaluation.distribution_gate import Quantiles
from jena_models.evaluation.gates import Forecasts, SideBySide
from jena_models.evaluation.seasons import groups, judged_seasons, season_masks
from jena_models.stations import StationSchema
from jena_models.stations.clock import Clock
from jena_models.stations.units import told_unit_of
from jena_models.weather_service.service import Service
from jena_models.windows.preparation import Preparation
from jena_models.windows.shared_windows import Windows, never_trained_on, unbroken_windows, windows_in
from tasks.registry.version_files import fetched, load_files, not_loaded
from tasks.registry.versions import time_said
from tasks.tracking import patiently
from tasks.workspace import Fit, Prepared

if TYPE_CHECKING:
    from mlflow import MlflowClient


def fed_forecaster(forecaster: Any, service: Service | None) -> Any:
    """Give what a version forecasts with, fed with what weather services forecast, where it takes that."""
    takes = service is not None and hasattr(forecaster, "fed")
    return forecaster.fed(service) if takes else forecaster


class Forecasting(Protocol):
    """What a registered version is loaded back as."""

    preparation: Preparation

    def forecast_at(self, readings: pd.DataFrame, issue_times: Any) -> NDArray[np.floating]:
        """Give the target at the horizon after each issue time, shape (issue_times,)."""

    def model_forecast_at(self, readings: pd.DataFrame, issue_times: Any) -> NDArray[np.floating]:
        """Give the same, whatever is missing from a history."""


@dataclass(frozen=True)
class Rescored:
    """The challenger's forecasts on windows that did not train it; arrays of shape (windows,)."""

    windows: Windows
    measured: Forecasts
    persistence: Forecasts
    trained: Forecasts
    """What the trained model forecast, before it was registered."""
    reloaded: Forecasts
    """What the version loaded back forecasts."""
    readings: pd.DataFrame
    trained_until: datetime
    """The time of the last reading that it was trained on."""
    chosen_until: datetime
    """The time of the last reading that it was trained on or chosen by."""
    chosen_on_these: bool
    """Whether these are windows that chose it."""
    preparation: Preparation
    latitude: float
    clock: Clock

    @property
    def persistence_mae(self) -> float:
        """How far persistence is off on all windows, in the mean and the target's unit."""
        return float(np.abs(self.persistence.astype(np.float64) - self.measured).mean()) if self.measured.size else 0.0

    def side_by_side(self, mask: NDArray[np.bool_], reference: Forecasts) -> SideBySide:
        """Give the challenger's forecasts beside others, on the windows that a mask picks."""
        windows = self.windows.where(mask)
        return SideBySide(
            measured=self.measured[mask],
            challenger=self.reloaded[mask],
            reference=reference,
            groups=groups(self.clock.standard_time(windows.valid_times), self.measured[mask], self.latitude),
            horizon_windows=windows_in(windows.issue_times, timedelta(minutes=self.preparation.horizon_minutes)),
            unit=told_unit_of(self.preparation.target),
            persistence_mae=self.persistence_mae,
            issue_times=windows.issue_times,
        )


@dataclass(frozen=True)
class Reloaded:
    """A registered version, loaded back."""

    name: str
    """For sentences."""
    forecaster: Forecasting
    trained_until: datetime | None
    """The time of the last reading that it was trained on, as far as it says so."""
    chosen_until: datetime | None
    """The time of the last reading that it was trained on or chosen by, as far as it says so."""

    def fed(self, service: Service | None) -> Reloaded:
        """Give the same with what weather services forecast, where it takes that."""
        return replace(self, forecaster=fed_forecaster(self.forecaster, service))

    def forecasts(self, readings: pd.DataFrame, windows: Windows, *, of_the_model: bool = False) -> Forecasts:
        """Give its forecast for each window, shape (windows,), NaN where the history has too little.

        Of the model it is what that says in any case, as training did.

        Raises:
            RescoringError: where it cannot forecast them.
        """
        if windows.issue_times.size == 0:
            return np.empty(0, dtype=np.float32)
        try:
            ask = self.forecaster.model_forecast_at if of_the_model else self.forecaster.forecast_at
            forecasts = ask(readings, pd.DatetimeIndex(windows.issue_times))
            return np.asarray(forecasts).reshape(windows.issue_times.shape)
        except Exception as error:  # a version of another time may fail in any way
            raise RescoringError(f"{self.name} cannot forecast: {in_one_line(error)}") from error

    def quantiles(self, forecasts: Forecasts, issue_times: NDArray[np.datetime64]) -> Quantiles | None:
        """Give quantiles about forecasts that it made at some times; None where it came without intervals."""
        forecaster: Any = self.forecaster
        found = forecaster.quantiles_at(forecasts, issue_times) if hasattr(forecaster, "quantiles_at") else None
        return None if found is None else Quantiles(*found)

    def curves(self, readings: pd.DataFrame, issued: pd.DatetimeIndex) -> pd.DataFrame:
        """Give the rows of its curves made at some times: `issue_time`, `valid_time`, `horizon_hours`, `forecast`.

        Raises:
            RescoringError: where it cannot forecast them.
        """
        forecaster: Any = self.forecaster
        try:
            made: pd.DataFrame = forecaster.curves_at(readings, issued)
        except Exception as error:  # a version of another time may fail in any way
            raise RescoringError(f"{self.name} cannot forecast its curve: {in_one_line(error)}") from error
        return made[["issue_time", "valid_time", "horizon_hours", "forecast"]]


def reload(client: MlflowClient, model_name: str, version: int) -> Reloaded:
    """Load a registered version back, as anyone who uses the registry would.

    Raises:
        VersionLostError: where it cannot be loaded, or is not what was registered.
    """
    name = f"Version {version} of {model_name}"
    tags = patiently(client.get_model_version, model_name, str(version)).tags
    trained = tags.get("trained_until")
    chosen = tags.get("chosen_until", trained)  # older versions say only the former
    with fetched(client, model_name, version) as folder:
        try:
            forecaster = cast("Any", load_files(folder)).unwrap_python_model().forecaster
        except Exception as error:  # a version of another time may fail in any way
            raise not_loaded(name, error) from error
    return Reloaded(name, forecaster, time_said(trained), time_said(chosen))


def rescore(
    reloaded: Reloaded, fit: Fit, prepared: Prepared, station: StationSchema, *, choosing: bool = False
) -> Rescored:
    """Let the challenger, loaded back, forecast the unbroken windows that choose nothing, else those of validation.

    With `choosing` it is those of validation in any case.

    Raises:
        RescoringError: where it cannot forecast them.
    """
    preparation, borders, times = prepared.preparation, prepared.divided.borders, prepared.rows("time")
    choosing = choosing or not len(prepared.starts("judging"))
    split = "validation" if choosing else "judging"
    windows = unbroken(prepared, split)
    kept = prepared.starts(split)[windows.positions]
    column = preparation.columns.index(preparation.target)
    with np.load(fit.folder / "predictions.npz") as predictions:
        trained = predictions[split].reshape(-1)[windows.positions]
    readings = pd.read_parquet(prepared.divided.checked.readings)
    return Rescored(
        windows=windows,
        measured=prepared.rows("target")[kept + prepared.target_offset_rows],
        persistence=prepared.rows("features")[kept + prepared.last_step_row, column]
        * preparation.standard_deviation[column]
        + preparation.mean[column],
        trained=trained,
        reloaded=reloaded.forecasts(readings, windows, of_the_model=True),
        readings=readings,
        trained_until=times[borders.train - 1].astype(datetime),
        chosen_until=times[borders.validation - 1].astype(datetime),
        chosen_on_these=choosing,
        preparation=preparation,
        latitude=station.latitude,
        clock=station.local,
    )


def unbroken(prepared: Prepared, split: str) -> Windows:
    """Give the windows of a split without a gap from first step to target."""
    cadence = timedelta(minutes=prepared.divided.checked.cadence_minutes)
    times, starts = prepared.rows("time"), prepared.starts(split)
    return unbroken_windows(times, cadence, starts, prepared.last_step_row, prepared.target_offset_rows)


def beside_persistence(challenger: Rescored) -> SideBySide:
    """Give the challenger's forecasts beside those of persistence, on all its windows."""
    return challenger.side_by_side(np.ones(challenger.measured.shape, dtype=bool), challenger.persistence)


def beside_champion(champion: Reloaded, challenger: Rescored) -> SideBySide:
    """Give the challenger's forecasts beside the champion's, on the windows that neither was trained on or chosen by.

    Raises:
        RescoringError: where there are none that did not choose the challenger, or the champion cannot forecast, or
            does not say what it was trained on.
    """
    if challenger.chosen_on_these:
        raise RescoringError(
            "There are no windows but those that chose the challenger, on which it looks better than it is; leave some "
            "to judge by, with split.judging."
        )
    if champion.chosen_until is None:
        raise RescoringError(f"{champion.name} does not say until when it was trained.")
    return _after(max(challenger.chosen_until, champion.chosen_until), champion, challenger)


def beside_champion_choosing(champion: Reloaded, challenger: Rescored) -> SideBySide | None:
    """Give the same on windows that may have chosen either, but trained neither; None where the champion does not say.

    Raises:
        RescoringError: where the champion cannot forecast.
    """
    if champion.trained_until is None:
        return None
    return _after(max(challenger.trained_until, champion.trained_until), champion, challenger)


def _after(seen_until: datetime, champion: Reloaded, challenger: Rescored) -> SideBySide:
    mask = after(seen_until, champion, challenger)
    forecasts = champion.forecasts(challenger.readings, challenger.windows.where(mask))
    complete = ~np.isnan(forecasts)  # a longer history may reach over a gap that the challenger's does not
    mask[mask] = complete
    return challenger.side_by_side(mask, forecasts[complete])


def learnt_seasons(prepared: Prepared, station: StationSchema) -> tuple[str, ...]:
    """Give the seasons that enough windows were learnt from."""
    times = prepared.rows("time")[prepared.starts("train") + prepared.target_offset_rows]
    return judged_seasons(season_masks(station.local.standard_time(times), station.latitude), times)


def after(seen_until: datetime, champion: Reloaded, challenger: Rescored) -> NDArray[np.bool_]:
    """Give which of the challenger's windows lie after a time for both, their histories too, as a mask."""
    both = (challenger.preparation, champion.forecaster.preparation)
    longest = max(timedelta(minutes=(each.steps - 1) * each.sampling_minutes) for each in both)
    return never_trained_on(challenger.windows, longest, seen_until)
