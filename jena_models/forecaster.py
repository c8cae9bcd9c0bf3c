"""A trained model and all it needs, so that raw readings go in and the target's own unit comes out."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jena_models.architectures.curve_boosting import CurveBoosting
from jena_models.architectures.partial_boosting import PartialBoosting
from jena_models.architectures.shared_boosting import SharedBoosting
from jena_models.curves.curve_fit import CURVE_FIT_FILE, CurveFit
from jena_models.curves.curve_rows import rows_of_leads
from jena_models.errors import HistoryIncompleteError, RegistryError
from jena_models.evaluation.intervals import Bounds, Intervals, percent
from jena_models.features.histories import Histories
from jena_models.features.service_inputs import run_ages
from jena_models.models.learner import Model
from jena_models.models.model_files import load_model
from jena_models.models.network import PREPARATION_FILE
from jena_models.options.readings_options import History
from jena_models.pooling.memory import MEMORY_DAYS
from jena_models.stations.schema import StationSchema
from jena_models.weather_service.oldest_run import OLDEST_RUN_FILE, OldestRun, ages_hours
from jena_models.weather_service.service import Service
from jena_models.windows.history import (
    Placed,
    found_in,
    history_table,
    known_values,
    placed_at,
    require_history,
    seconds_of,
    seconds_of_times,
)
from jena_models.windows.history_rule import Found
from jena_models.windows.preparation import Preparation

STATION_FILE: Final = "station.json"
INTERVALS_FILE: Final = "intervals.json"
PARTIAL_FOLDER: Final = "partial"
"""Holds the model that speaks where parts of a history are missing, and its intervals."""
CURVE_FOLDER: Final = "curve"
"""Holds the model of all leads, and how its curves follow what the other two say."""

AT_A_TIME: Final = 65_536
"""Issue times whose histories are looked up at a time: 63 MB of 120 steps."""


@dataclass(frozen=True)
class Forecaster:
    """Forecasts one target of one station."""

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
    """Up to which age a run is worth more than history alone, by validation; beyond, the partial model speaks."""

    def fed(self, service: Service | None) -> Forecaster:
        """Give the same with what weather services forecast."""
        return replace(self, service=service)

    @classmethod
    def load(cls, folder: Path) -> Forecaster:
        """Read model, preparation and station and, where they are there, intervals, partial model and curve."""
        preparation = Preparation.model_validate_json((folder / PREPARATION_FILE).read_text(encoding="utf-8"))
        station = StationSchema.kept_before(json.loads((folder / STATION_FILE).read_text(encoding="utf-8")))
        beside = folder / PARTIAL_FOLDER
        partial = load_model(beside) if beside.is_dir() else None
        curve_model, curve_fit = _curve(folder / CURVE_FOLDER)
        own, of_partial = _intervals(folder), _intervals(beside)
        forecaster = cls(preparation, station, load_model(folder), own, partial, of_partial, curve_model, curve_fit)
        oldest = folder / OLDEST_RUN_FILE
        if not oldest.is_file():
            return forecaster
        kept = OldestRun.model_validate_json(oldest.read_text(encoding="utf-8"))
        return replace(forecaster, oldest_run_hours=kept.hours)

    @property
    def leads_hours(self) -> tuple[float, ...]:
        """The leads that `curve` gives, the shortest first; the horizon alone where the version has no curve."""
        if self.curve_fit is None:
            return (self.preparation.horizon_minutes / 60,)
        return tuple(minutes / 60 for minutes in self.curve_fit.leads_minutes)

    def curve(self, readings: pd.DataFrame) -> pd.DataFrame:
        """Give a row for each lead, made at the time of the newest reading, in the order of leads.

        The columns are those of `forecast`, and `horizon_hours`, the lead; the row of the horizon is what `forecast`
        gives. A version without a curve gives that alone.

        Args:
            readings: as for `forecast`.

        Raises:
            HistoryIncompleteError: where too many are missing; the sentence says which.
        """
        table = self._table(readings)
        return self._all_leads(table, self._spoken(table, pd.DatetimeIndex(table.index[-1:])))

    def curves(self, readings: pd.DataFrame) -> pd.DataFrame:
        """Give the rows of `curve` for each reading from whose time a forecast can be made, in order.

        Raises:
            HistoryIncompleteError: where there is no such time; the sentence says what is missing for the last one.
        """
        table = self._table(readings)
        return self._all_leads(table, self._spoken(table, pd.DatetimeIndex(table.index).as_unit("us")))

    def curves_at(self, readings: pd.DataFrame, issue_times: NDArray[np.datetime64] | pd.DatetimeIndex) -> pd.DataFrame:
        """Give the rows of `curve` for each issue time; the forecasts are NaN where the history has too little.

        Args:
            readings: as for `forecast`, covering all issue times' histories.
            issue_times: in any order.
        """
        return self._all_leads(self._table(readings), self.forecasts_at(readings, issue_times))

    def forecast(self, readings: pd.DataFrame) -> pd.DataFrame:
        """Give one row, made at the time of the newest reading: `issue_time`, `valid_time`, `forecast`, `missing`.

        `missing` names the columns that the history lacks, else it is empty. Where there are intervals, `lower_80`,
        `upper_80`, `lower_90` and `upper_90` are theirs, by level. Of a model that is fed by a weather service,
        `service_run` is the issue time of the run that was used, and `missing` names the service where none was known.

        Args:
            readings: canonical columns and the time (see `jena_models.windows.history.history_table`) of the history
                that the model needs, at its sampling or denser; some of them may be missing.

        Raises:
            HistoryIncompleteError: where too many are; the sentence says which.
        """
        table = self._table(readings)
        return self._spoken(table, pd.DatetimeIndex(table.index[-1:]))

    def forecast_all(self, readings: pd.DataFrame) -> pd.DataFrame:
        """Give a row for each reading from whose time a forecast can be made, in order; the rest as above.

        Raises:
            HistoryIncompleteError: where there is no such time; the sentence says what is missing for the last one.
        """
        table = self._table(readings)
        return self._spoken(table, pd.DatetimeIndex(table.index).as_unit("us"))  # as a single one is

    def forecasts_at(
        self, readings: pd.DataFrame, issue_times: NDArray[np.datetime64] | pd.DatetimeIndex
    ) -> pd.DataFrame:
        """Give a row for each issue time, as `forecast` does; the forecast is NaN where the history has too little.

        Args:
            readings: as for `forecast`, covering all issue times' histories.
            issue_times: in any order.
        """
        issued = pd.DatetimeIndex(issue_times)
        placed = self._placed(self._table(readings), issued)
        return self._issued(placed, found_in(placed, self.preparation), issued)

    def forecast_at(
        self, readings: pd.DataFrame, issue_times: NDArray[np.datetime64] | pd.DatetimeIndex
    ) -> NDArray[np.float32]:
        """Give the forecasts of `forecasts_at` alone, shape (issue times,)."""
        return self.forecasts_at(readings, issue_times)["forecast"].to_numpy(np.float32)

    def model_forecast_at(
        self, readings: pd.DataFrame, issue_times: NDArray[np.datetime64] | pd.DatetimeIndex
    ) -> NDArray[np.float32]:
        """Give what the model says at each issue time, however much of its history is missing; else as `forecast_at`.

        It is what the model said in training of the same windows.
        """
        placed = self._placed(self._table(readings), pd.DatetimeIndex(issue_times))
        return self._said_by(self.model, placed, placed.last_rows >= 0, self.preparation.history)

    def usual(self, valid_times: pd.DatetimeIndex) -> NDArray[np.float64] | None:
        """Give what the target usually is at some times, shape (times,); None where the version does not know."""
        seconds = seconds_of_times(self.station.local.standard_time(valid_times.to_numpy()))
        for model in (self.model, self.partial):
            known = model.usual(seconds) if isinstance(model, PartialBoosting | SharedBoosting) else None
            if known is not None:
                return known
        return None

    def interval_at(
        self,
        forecasts: NDArray[np.floating],
        issue_times: NDArray[np.datetime64] | pd.DatetimeIndex,
        level: float,
    ) -> tuple[Bounds, Bounds]:
        """Give the lower and upper bounds of the model's forecasts made at these times, each of shape (issue times,).

        Args:
            forecasts: of `forecast_at`; NaN has bounds that are NaN.
            issue_times: the same.
            level: one of `intervals.levels`.

        Raises:
            RegistryError: where the model came without intervals.
            RequestError: where it has none of this level.
        """
        if self.intervals is None:
            raise RegistryError("This version was registered without intervals; train and promote a newer one.")
        valid_times = self._valid_times(pd.DatetimeIndex(issue_times)).to_numpy()
        return self.intervals.bounds(forecasts, self.station.local.standard_time(valid_times), level)

    def quantiles_at(
        self, forecasts: NDArray[np.floating], issue_times: NDArray[np.datetime64] | pd.DatetimeIndex
    ) -> tuple[Bounds, Bounds] | None:
        """Give quantiles about the model's forecasts, shape (issue times, probabilities), and their probabilities.

        None where the model came without intervals; the arguments are those of `interval_at`.
        """
        if self.intervals is None:
            return None
        valid_times = self._valid_times(pd.DatetimeIndex(issue_times)).to_numpy()
        return self.intervals.quantiles(forecasts, self.station.local.standard_time(valid_times))

    def _valid_times(self, issue_times: pd.DatetimeIndex) -> pd.DatetimeIndex:
        return issue_times + timedelta(minutes=self.preparation.horizon_minutes)

    def _table(self, readings: pd.DataFrame) -> pd.DataFrame:
        """Give the rows that hold a value of the model's; a row without one is as good as none."""
        table = history_table(readings, self.preparation, self.station)
        held = table[table.notna().any(axis=1)]
        if held.empty:
            raise HistoryIncompleteError("The readings hold no value of a column that the model needs; mend them.")
        return held

    def _placed(self, table: pd.DataFrame, issued: pd.DatetimeIndex) -> Placed:
        remembers = any(isinstance(each, SharedBoosting) for each in (self.model, self.partial))
        return placed_at(table, seconds_of(issued), self.preparation, MEMORY_DAYS if remembers else 0.0)

    def _spoken(self, table: pd.DataFrame, issued: pd.DatetimeIndex) -> pd.DataFrame:
        """Give the rows of the issue times that can be forecast from."""
        placed = self._placed(table, issued)
        found = found_in(placed, self.preparation)
        rows = self._issued(placed, found, issued)
        spoken = rows[rows["forecast"].notna()].reset_index(drop=True)
        if spoken.empty:
            require_history(found, placed, self.preparation, issued[-1], self.station.local)
        return spoken

    def _issued(self, placed: Placed, found: Found, issued: pd.DatetimeIndex) -> pd.DataFrame:
        unknown = ~self._service_is_known(placed)
        lacks = found.missing.any(axis=1) | unknown
        rule = self.preparation.history or History()
        by_model, by_partial = found.is_fresh & ~lacks, found.is_fresh & lacks & (self.partial is not None)
        if isinstance(self.model, PartialBoosting):
            by_model = found.age_hours <= rule.fallback_hours
        if isinstance(self.partial, SharedBoosting):  # no other version stands below this one
            by_partial = (found.age_hours <= rule.fallback_hours) & ~by_model
        forecasts = self._said_by(self.model, placed, by_model, rule).astype(np.float64)
        if self.partial is not None and by_partial.any():
            forecasts[by_partial] = self._said_by(self.partial, placed, by_partial, rule)[by_partial]
        names, gone = np.array(self.preparation.columns), found.missing.copy()
        gone[by_partial & ~found.is_fresh, self.preparation.columns.index(self.preparation.target)] = True
        services = ["weather service"] if self.preparation.services else []
        missing = [
            ", ".join([*names[lacking], *(services if without else [])])
            for lacking, without in zip(gone, unknown, strict=True)
        ]
        valid_times = self._valid_times(issued)
        columns = {"issue_time": issued, "valid_time": valid_times, "forecast": forecasts, "missing": missing}
        for level in self.intervals.levels if self.intervals else ():
            lower, upper = self.interval_at(forecasts, issued, level)
            if self.partial_intervals is not None:
                local = self.station.local.standard_time(valid_times.to_numpy())
                wider = self.partial_intervals.bounds(forecasts, local, level)
                lower, upper = np.where(by_partial, wider[0], lower), np.where(by_partial, wider[1], upper)
            columns |= {f"lower_{percent(level)}": lower, f"upper_{percent(level)}": upper}
        if self.preparation.services:
            columns["service_run"] = self._runs_used(issued, valid_times)
        return pd.DataFrame(columns)

    def _service_is_known(self, placed: Placed) -> NDArray[np.bool_]:
        """Tell for which issue times a run was known that is worth it; for all where the model asks for none."""
        if not self.preparation.services:
            return np.ones(len(placed.last_rows), bool)
        known = np.zeros(len(placed.last_rows), bool)
        for part, histories in self._histories(placed, np.flatnonzero(placed.last_rows >= 0), None):
            known[part] = self._is_worth_it(run_ages(histories))
        return known

    def _runs_used(self, issued: pd.DatetimeIndex, valid: pd.DatetimeIndex) -> pd.DatetimeIndex:
        """Give the issue time of the newest run that was known of each valid time; NaT where none was worth it."""
        runs = np.full(len(issued), np.datetime64("NaT", "s"), dtype="datetime64[s]")
        if self.service is not None:
            seconds, _ = self.service.newest_run(seconds_of(issued), seconds_of(valid))
            found = self._is_worth_it(ages_hours(seconds_of(issued), seconds))
            runs[found] = seconds[found].astype("datetime64[s]")
        return pd.DatetimeIndex(runs)

    def _is_worth_it(self, ages: NDArray[np.float64]) -> NDArray[np.bool_]:
        return np.asarray(np.isfinite(ages) & (ages <= self.oldest_run_hours))

    def _all_leads(self, table: pd.DataFrame, headlines: pd.DataFrame) -> pd.DataFrame:
        """Give the rows of all leads in place of each of the headline."""
        if self.curve_model is None or self.curve_fit is None:
            hours = self.preparation.horizon_minutes / 60
            return headlines.assign(horizon_hours=hours)
        issued, said = pd.DatetimeIndex(headlines["issue_time"]), headlines["forecast"].to_numpy(np.float64)
        placed = self._placed(table, issued)
        fit, speaks = self.curve_fit, np.isfinite(said)
        curves = np.full((len(said), len(fit.leads_minutes)), np.nan)
        for part, histories in self._histories(placed, np.flatnonzero(speaks), self.preparation.history or History()):
            curves[part] = fit.through(self.curve_model.curves(histories), said[part])
        levels = self.intervals.levels if self.intervals else ()
        return rows_of_leads(headlines, curves, fit, levels, self.station.local)

    def _said_by(
        self, model: Model, placed: Placed, speaks: NDArray[np.bool_], rule: History | None
    ) -> NDArray[np.float32]:
        """Give a model's forecasts of the histories that a mask picks, shape (issue times,); NaN of the others."""
        forecasts = np.full(len(speaks), np.nan, dtype=np.float32)
        for part, histories in self._histories(placed, np.flatnonzero(speaks), rule):
            forecasts[part] = model.forecast(histories)
        return forecasts

    def _histories(
        self, placed: Placed, chosen: NDArray[np.intp], rule: History | None
    ) -> Iterator[tuple[NDArray[np.intp], Histories]]:
        """Give the histories of the issue times chosen, some at a time, with the numbers of these."""
        values = known_values(placed.values, rule, placed.cadence_minutes)
        ahead = round(self.station.local.standard_offset.total_seconds())
        service = None if self.service is None else self.service.shifted(ahead)
        for first in range(0, len(chosen), AT_A_TIME):
            part = chosen[first : first + AT_A_TIME]
            yield (
                part,
                Histories(
                    values,
                    self.preparation.columns,
                    placed.seconds + ahead,
                    placed.history_rows(placed.last_rows[part], self.preparation.steps),
                    self.preparation.sampling_minutes,
                    self.preparation.horizon_minutes,
                    np.isnan(placed.values),
                    service,
                ),
            )


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
