"""A column's last hours, as single readings, means and extremes."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from jena_models.features.histories import Histories

Values = NDArray[np.float64]


class Recent:
    """Reads histories by how many hours lie before the issue time; each answer has shape (histories,)."""

    def __init__(self, histories: Histories) -> None:
        self._histories = histories
        self._known: dict[str, Values] = {}
        self._steps = histories.rows.shape[1]

    def __contains__(self, column: str | None) -> bool:
        """Tell whether there is such a column."""
        return column in self._histories.columns or column in self._known

    def add(self, name: str, values: Values) -> None:
        """Let a column that is computed, shape (histories, steps), be read like a measured one."""
        self._known[name] = values

    def all_of(self, column: str) -> Values:
        """Give every step of a column, first to last, shape (histories, steps)."""
        if column not in self._known:
            self._known[column] = self._histories.steps_of(column)
        return self._known[column]

    def within(self, hours: Iterable[float]) -> list[float]:
        """Give those of the hours ago that the histories have a step at."""
        return [ago for ago in hours if self._is_step(ago) and self._step(ago) < self._steps]

    def spanned(self, hours: Iterable[float]) -> list[float]:
        """Give those of the durations that the histories fill."""
        return [span for span in hours if self._is_step(span) and 1 <= self._step(span) <= self._steps]

    def ago(self, column: str, hours: float) -> Values:
        """Give the value some hours ago; now is 0."""
        values: Values = self.all_of(column)[:, self._steps - 1 - self._step(hours)]
        return values

    def change(self, column: str, hours: float) -> Values:
        """Give the value now less that of some hours ago."""
        return self.ago(column, 0) - self.ago(column, hours)

    def mean(self, column: str, hours: float, before_hours: float = 0) -> Values:
        """Give the mean over the hours that end `before_hours` ago; missing only where no value is there."""
        part = self._part(column, hours, before_hours)
        known = np.isfinite(part)
        count = known.sum(axis=1)
        total = np.where(known, part, 0.0).sum(axis=1)
        return np.where(count > 0, total / np.maximum(count, 1), np.nan)

    def lowest(self, column: str, hours: float) -> Values:
        """Give the lowest value of the last hours; missing only where no value is there."""
        return np.asarray(np.fmin.reduce(self._part(column, hours), axis=1))

    def highest(self, column: str, hours: float) -> Values:
        """Give the highest value of the last hours; missing only where no value is there."""
        return np.asarray(np.fmax.reduce(self._part(column, hours), axis=1))

    def _part(self, column: str, hours: float, before_hours: float = 0) -> Values:
        end = self._steps - self._step(before_hours)
        return self.all_of(column)[:, end - self._step(hours) : end]

    def _step(self, hours: float) -> int:
        return round(hours * 60 / self._histories.sampling_minutes)

    def _is_step(self, hours: float) -> bool:
        return abs(hours * 60 / self._histories.sampling_minutes - self._step(hours)) < 1e-6  # noqa: PLR2004
