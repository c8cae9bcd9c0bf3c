"""What a column is usually like at an hour of the day and a day of the year."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from jena_models.errors import TooFewReadingsError
from jena_models.features.almanac.calendar import DAYS_A_YEAR, SECONDS_A_DAY, day_angle, year_angle
from jena_models.features.histories import Histories
from jena_models.frozen import Frozen


class Waves:
    """Waves of the year and of the day at some times, computed once for all columns that ask for as many."""

    def __init__(self, seconds: NDArray[np.int64]) -> None:
        self._seconds = seconds
        self._terms: dict[tuple[int, int], NDArray[np.float64]] = {}

    def terms(self, yearly: int, daily: int) -> NDArray[np.float64]:
        """Give the products of so many waves of the year and of the day, shape (times, products)."""
        if (yearly, daily) not in self._terms:
            self._terms[yearly, daily] = _terms(self._seconds, yearly, daily)
        return self._terms[yearly, daily]


class Climatology(Frozen):
    """A column's usual value as products of waves of the year and of the day."""

    yearly: int
    """How many waves the year has."""
    daily: int
    """How many waves the day has."""
    coefficients: tuple[float, ...]
    """Of each product of a yearly and a daily term, in the column's unit."""

    def at(self, seconds: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give the usual value at each time, in the shape of `seconds` (since 1970, by the station's clock)."""
        return self.of(Waves(seconds.reshape(-1))).reshape(seconds.shape)

    def of(self, waves: Waves) -> NDArray[np.float64]:
        """Give the usual value at each of the waves' times, shape (times,)."""
        return np.asarray(waves.terms(self.yearly, self.daily) @ np.asarray(self.coefficients))


def fit_climatology(
    values: NDArray[np.floating], seconds: NDArray[np.int64], *, yearly: int, daily: int, name: str
) -> Climatology:
    """Give the climatology that is nearest to the values in the mean square.

    Args:
        values: of the training rows, shape (rows,), NaN where missing.
        seconds: of the rows, since 1970 by the station's clock.
        yearly: how many waves the year has, at most as many as the record has whole years: shorter ones say nothing
            of the seasons they lack.
        daily: how many waves the day has.
        name: the column's, for the message.

    Raises:
        TooFewReadingsError: where no value is there.
    """
    known = np.isfinite(values)
    if not known.any():
        raise TooFewReadingsError(f"Column '{name}' has no training value to fit a climatology on; leave it out.")
    yearly = waves_that_are_told(seconds[known], yearly)
    terms = _terms(seconds[known], yearly, daily)
    # Normal equations: 60 terms want no more, and a row for each reading would fill the memory of the official file.
    coefficients = np.linalg.lstsq(terms.T @ terms, terms.T @ values[known].astype(np.float64), rcond=1e-10)[0]
    return Climatology(yearly=yearly, daily=daily, coefficients=tuple(coefficients.tolist()))


def waves_that_are_told(seconds: NDArray[np.int64], most: int) -> int:
    """Give how many waves of the year may be fitted to a record: as many as it has years, to the nearest whole one.

    Args:
        seconds: of its rows, one at least, shape (rows,).
        most: more are not asked for.
    """
    return min(most, round(float(np.ptp(seconds)) / SECONDS_A_DAY / DAYS_A_YEAR))


def climatology_of(train: Histories, column: str, *, yearly: int, daily: int) -> Climatology:
    """Give what a column usually is, by the rows until the last of the training histories; see `fit_climatology`."""
    values, seconds = train.readings[train.until_last, train.columns.index(column)], train.seconds[train.until_last]
    return fit_climatology(values, seconds, yearly=yearly, daily=daily, name=column)


def _terms(seconds: NDArray[np.int64], yearly: int, daily: int) -> NDArray[np.float64]:
    of_year, of_day = _waves(year_angle(seconds), yearly), _waves(day_angle(seconds), daily)
    return np.asarray((of_year[:, :, None] * of_day[:, None, :]).reshape(len(seconds), -1))


def _waves(angle: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    numbers = np.arange(1, count + 1)
    turned = angle[:, None] * numbers
    return np.concatenate([np.ones((len(angle), 1)), np.sin(turned), np.cos(turned)], axis=1)
