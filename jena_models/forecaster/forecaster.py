"""Raw readings go in, and forecasts in the target's own unit come out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jena_models.architectures.partial_boosting import PartialBoosting
from jena_models.architectures.shared_boosting import SharedBoosting
from jena_models.curves.curve_rows import rows_of_leads
from jena_models.errors import HistoryIncompleteError, RegistryError
from jena_models.evaluation.intervals import Bounds
from jena_models.forecaster.speakers import (
    fed_by_runs_worth_it,
    histories_of,
    placed_for,
    runs_of_leads,
    said_at,
    said_by,
)
from jena_models.forecaster.version_parts import VersionParts
from jena_models.options.readings_options import History
from jena_models.stations.clock import seconds_of
from jena_models.stations.schema import Column
from jena_models.windows.history import found_in, history_table, require_history


@dataclass(frozen=True)
class Forecaster(VersionParts):
    """Forecasts one target of one station, within what the station file calls physically possible."""

    def curve(self, readings: pd.DataFrame) -> pd.DataFrame:
        """Give a row for each lead, made at the time of the newest reading, in the order of leads.

        The columns are those of `forecast`, and `horizon_hours`, the lead; the row of the horizon is what `forecast`
        gives. A version without a curve gives that alone. `service_run` is the run that speaks of each lead.

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
        table = self._table(readings)
        return self._all_leads(table, self._said(table, pd.DatetimeIndex(issue_times)))

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
        return self._possible(self._spoken(table, pd.DatetimeIndex(table.index[-1:])))

    def forecast_all(self, readings: pd.DataFrame) -> pd.DataFrame:
        """Give a row for each reading from whose time a forecast can be made, in order; the rest as above.

        Raises:
            HistoryIncompleteError: where there is no such time; the sentence says what is missing for the last one.
        """
        table = self._table(readings)
        return self._possible(self._spoken(table, pd.DatetimeIndex(table.index).as_unit("us")))  # as a single one is

    def forecasts_at(
        self, readings: pd.DataFrame, issue_times: NDArray[np.datetime64] | pd.DatetimeIndex
    ) -> pd.DataFrame:
        """Give a row for each issue time, as `forecast` does; the forecast is NaN where the history has too little.

        Args:
            readings: as for `forecast`, covering all issue times' histories.
            issue_times: in any order.
        """
        return self._possible(self._said(self._table(readings), pd.DatetimeIndex(issue_times)))

    def forecast_at(
        self, readings: pd.DataFrame, issue_times: NDArray[np.datetime64] | pd.DatetimeIndex
    ) -> NDArray[np.float32]:
        """Give the forecasts of `forecasts_at` alone, shape (issue times,)."""
        return self.forecasts_at(readings, issue_times)["forecast"].to_numpy(np.float32)

    def model_forecast_at(
        self, readings: pd.DataFrame, issue_times: NDArray[np.datetime64] | pd.DatetimeIndex
    ) -> NDArray[np.float32]:
        """Give what the model says at each issue time, however much of its history is missing; else as `forecast_at`.

        It is what the model said in training of the same windows, impossible values too.
        """
        placed = placed_for(self, self._table(readings), pd.DatetimeIndex(issue_times))
        return said_by(self, self.model, placed, placed.last_rows >= 0, self.preparation.history)

    def usual(self, valid_times: pd.DatetimeIndex) -> NDArray[np.float64] | None:
        """Give what the target usually is at some times, shape (times,); None where the version does not know."""
        seconds = seconds_of(self.station.local.standard_time(valid_times.to_numpy()))
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
        valid_times = self.valid_times(pd.DatetimeIndex(issue_times)).to_numpy()
        lower, upper = self.intervals.bounds(forecasts, self.station.local.standard_time(valid_times), level)
        return possible_values(lower, self._target), possible_values(upper, self._target)

    def quantiles_at(
        self, forecasts: NDArray[np.floating], issue_times: NDArray[np.datetime64] | pd.DatetimeIndex
    ) -> tuple[Bounds, Bounds] | None:
        """Give quantiles about the model's forecasts, shape (issue times, probabilities), and their probabilities.

        None where the model came without intervals; the arguments are those of `interval_at`.
        """
        if self.intervals is None:
            return None
        valid_times = self.valid_times(pd.DatetimeIndex(issue_times)).to_numpy()
        quantiles, probabilities = self.intervals.quantiles(forecasts, self.station.local.standard_time(valid_times))
        return possible_values(quantiles, self._target), probabilities

    @property
    def _target(self) -> Column:
        return self.station.column(self.preparation.target)

    def _possible(self, rows: pd.DataFrame) -> pd.DataFrame:
        return possible_rows(rows, self._target)

    def _table(self, readings: pd.DataFrame) -> pd.DataFrame:
        """Give the rows that hold a value of the model's; a row without one is as good as none."""
        table = history_table(readings, self.preparation, self.station)
        held = table[table.notna().any(axis=1)]
        if held.empty:
            raise HistoryIncompleteError("The readings hold no value of a column that the model needs; mend them.")
        return held

    def _said(self, table: pd.DataFrame, issued: pd.DatetimeIndex) -> pd.DataFrame:
        """Give a row for each issue time, as its models say it."""
        placed = placed_for(self, table, issued)
        return said_at(self, placed, found_in(placed, self.preparation), issued)

    def _spoken(self, table: pd.DataFrame, issued: pd.DatetimeIndex) -> pd.DataFrame:
        """Give the rows of the issue times that can be forecast from."""
        placed = placed_for(self, table, issued)
        found = found_in(placed, self.preparation)
        rows = said_at(self, placed, found, issued)
        spoken = rows[rows["forecast"].notna()].reset_index(drop=True)
        if spoken.empty:
            require_history(found, placed, self.preparation, issued[-1], self.station.local)
        return spoken

    def _all_leads(self, table: pd.DataFrame, headlines: pd.DataFrame) -> pd.DataFrame:
        """Give the rows of all leads in place of each of the headline, as it was said."""
        if self.curve_model is None or self.curve_fit is None:
            hours = self.preparation.horizon_minutes / 60
            return self._possible(headlines.assign(horizon_hours=hours))
        issued, said = pd.DatetimeIndex(headlines["issue_time"]), headlines["forecast"].to_numpy(np.float64)
        placed = placed_for(self, table, issued)
        fit, speaks, rule = self.curve_fit, np.isfinite(said), self.preparation.history or History()
        curves = np.full((len(said), len(fit.leads_minutes)), np.nan)
        fed, is_silent = fed_by_runs_worth_it(self, issued, fit)
        for version, chosen in ((fed, speaks & ~is_silent), (self.fed(None), speaks & is_silent)):
            for part, histories in histories_of(version, placed, np.flatnonzero(chosen), rule):
                curves[part] = fit.through(self.curve_model.curves(histories), said[part])
        levels = self.intervals.levels if self.intervals else ()
        rows = rows_of_leads(headlines, curves, fit, levels, self.station.local)
        if self.preparation.services:
            rows["service_run"] = runs_of_leads(self, rows)
        return self._possible(rows)


def possible_values(values: NDArray[np.floating], target: Column) -> NDArray[np.float64]:
    """Give the nearest values that the target can have, such as 0 m/s for less; NaN stays."""
    return np.clip(np.asarray(values, dtype=np.float64), target.minimum, target.maximum)


def possible_rows(rows: pd.DataFrame, target: Column) -> pd.DataFrame:
    """Give rows of forecasts with the nearest possible `forecast`, `lower_80`, `upper_80` and so on."""
    told = [name for name in rows.columns if name == "forecast" or name.startswith(("lower_", "upper_"))]
    return rows.assign(**{name: possible_values(rows[name].to_numpy(), target) for name in told})
