"""What a forecast may look at: the readings of each history and the time it is made, and nothing later."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jena_models.weather_service.service import Service

BATCH: Final = 4096
"""Histories gathered at a time: 55 MB of 14 columns and 120 steps."""

Values = NDArray[np.float64]
Seconds = NDArray[np.int64]


@dataclass(frozen=True)
class Histories:
    """The histories of forecasts, each made at the time of its last row.

    Training, forecasting and serving all come through here: what is computed from the same readings is the same.
    """

    readings: Values
    """Measured values, shape (rows, columns), each in its own unit, NaN where missing."""
    columns: tuple[str, ...]
    """Canonical names."""
    seconds: Seconds
    """The time of each row, in seconds since 1970 by the station's clock without daylight saving, shape (rows,)."""
    rows: NDArray[np.intp]
    """The row of each step of each history, shape (histories, steps), the issue time's last."""
    sampling_minutes: float
    """From one step to the next."""
    horizon_minutes: float | Values
    """From the last step to the target: of all histories, or of each of its own, shape (histories,)."""
    missing: NDArray[np.bool_] | None = None
    """Which readings were missing before earlier ones stood in for them, shape (rows, columns); else those of NaN."""
    service: Service | None = None
    """What weather services forecast, by the same clock as `seconds`; None where the station names none."""

    def __len__(self) -> int:
        """Give the number of histories."""
        return len(self.rows)

    @property
    def not_measured(self) -> NDArray[np.bool_]:
        """Which readings are not what a sensor said at that time, shape (rows, columns)."""
        return np.isnan(self.readings) if self.missing is None else self.missing

    @property
    def issue_seconds(self) -> Seconds:
        """When each forecast is made, in seconds since 1970, shape (histories,)."""
        issued: Seconds = self.seconds[self.rows[:, -1]]
        return issued

    @property
    def valid_seconds(self) -> Seconds:
        """What each forecast is for, in seconds since 1970, shape (histories,)."""
        return self.seconds_after(1.0)

    def seconds_after(self, share: float) -> Seconds:
        """Give when so much of the horizon has passed, in seconds since 1970, shape (histories,); 1 is all of it."""
        later: Seconds = np.rint(np.asarray(self.horizon_minutes) * 60 * share).astype(np.int64)
        return self.issue_seconds + later

    def each_at(self, minutes: Values) -> Histories:
        """Give each history once for each of some horizons, in minutes: one history after the other."""
        rows = np.repeat(self.rows, len(minutes), axis=0)
        return replace(self, rows=rows, horizon_minutes=np.tile(minutes, len(self)))

    def batches(self) -> Iterator[tuple[slice, Histories]]:
        """Give the histories a few thousand at a time, in order, each time with where among all they stand."""
        for first in range(0, len(self), BATCH):
            place = slice(first, first + BATCH)
            yield place, self.part(place)

    def part(self, chosen: slice | NDArray[np.intp]) -> Histories:
        """Give some of the histories."""
        horizon = self.horizon_minutes
        of_these = horizon[chosen] if isinstance(horizon, np.ndarray) else horizon
        return replace(self, rows=self.rows[chosen], horizon_minutes=of_these)

    def steps_of(self, column: str) -> Values:
        """Give a column's values from first step to last, shape (histories, steps).

        Raises:
            KeyError: where there is no such column.
        """
        try:
            number = self.columns.index(column)
        except ValueError:
            raise KeyError(column) from None
        values: Values = self.readings[:, number][self.rows]
        return values

    @property
    def row_seconds(self) -> Seconds:
        """When the rows are, from the first that a history has to the last, in seconds since 1970."""
        return self.seconds[self._rows_spanned]

    @property
    def until_last(self) -> slice:
        """The rows from the first that there is to the last that a history has."""
        return slice(int(self.rows.max()) + 1)

    def over_steps(self, of_rows: Values) -> Values:
        """Give for each step, shape (histories, steps), what belongs to its row; `of_rows` is as `row_seconds`."""
        values: Values = of_rows[self.rows - self._rows_spanned.start]
        return values

    def of_columns(
        self, function: Callable[..., tuple[NDArray[np.floating], ...]], columns: tuple[str, ...]
    ) -> tuple[Values, ...]:
        """Give each result of a function of columns for each step, shape (histories, steps), asking once for each row.

        Raises:
            ValueError: where there is no such column.
        """
        rows = self.readings[self._rows_spanned]
        results = function(*(rows[:, self.columns.index(name)] for name in columns))
        return tuple(self.over_steps(np.asarray(each, np.float64)) for each in results)

    @property
    def _rows_spanned(self) -> slice:
        return slice(int(self.rows.min()), int(self.rows.max()) + 1) if len(self) else slice(0, 0)
