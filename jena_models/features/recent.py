"""A column's last hours, as single readings, means and extremes."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from jena_models.features.histories import Histories

Values = NDArray[np.float64]
Features = dict[str, Values]
"""By name, each of shape (histories,)."""


class Recent:
    """Reads histories by how many hours lie before the issue time; each answer has shape (histories,)."""

    def __init__(self, histories: Histories) -> None:
        self._histories = histories
        self._known: dict[str, Values] = {}
        self._filled: dict[str, tuple[Values, NDArray[np.bool_] | None]] = {}  # 0 where unknown, and what is known
        self._steps = histories.rows.shape[1]

    def __contains__(self, column: str | None) -> bool:
        """Tell whether there is such a column."""
        return column in self._histories.columns or column in self._known

    def add(self, name: str, values: Values) -> None:
        """Let a column that is computed, shape (histories, steps), be read like a measured one."""
        self._known[name] = values
        self._filled.pop(name, None)

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
        if column not in self._filled:
            values = self.all_of(column)
            finite = np.isfinite(values)
            self._filled[column] = np.where(finite, values, 0.0), None if finite.all() else finite
        filled, known = self._filled[column]
        span = self._span(hours, before_hours)
        total = filled[:, span].sum(axis=1)
        if known is None:
            return np.asarray(total / (span.stop - span.start))
        count = known[:, span].sum(axis=1)
        return np.where(count > 0, total / np.maximum(count, 1), np.nan)

    def lowest(self, column: str, hours: float) -> Values:
        """Give the lowest value of the last hours; missing only where no value is there."""
        return np.asarray(np.fmin.reduce(self._part(column, hours), axis=1))

    def highest(self, column: str, hours: float) -> Values:
        """Give the highest value of the last hours; missing only where no value is there."""
        return np.asarray(np.fmax.reduce(self._part(column, hours), axis=1))

    def values_ago(self, column: str, hours: Iterable[float]) -> Features:
        """Give as features a column's values of so many hours ago, as far as the histories have a step there."""
        return {f"{column} {ago} h ago": self.ago(column, ago) for ago in self.within(hours)}

    def changes(self, column: str, hours: Iterable[float], called: str = "") -> Features:
        """Give as features how a column has changed since so many hours ago, under its own name or another."""
        return {f"{called or column} change {ago} h": self.change(column, ago) for ago in self.within(hours)}

    def means(self, column: str, hours: Iterable[float], called: str = "") -> Features:
        """Give as features a column's means over so many hours that the histories fill, likewise."""
        return {f"{called or column} mean {span} h": self.mean(column, span) for span in self.spanned(hours)}

    def _part(self, column: str, hours: float) -> Values:
        return self.all_of(column)[:, self._span(hours)]

    def _span(self, hours: float, before_hours: float = 0) -> slice:
        end = self._steps - self._step(before_hours)
        return slice(end - self._step(hours), end)

    def _step(self, hours: float) -> int:
        return round(hours * 60 / self._histories.sampling_minutes)

    def _is_step(self, hours: float) -> bool:
        return abs(hours * 60 / self._histories.sampling_minutes - self._step(hours)) < 1e-6  # noqa: PLR2004
