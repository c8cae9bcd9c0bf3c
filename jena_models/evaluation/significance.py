"""Whether one forecast's smaller error than another's, or than those of all others, is more than an accident."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jena_models.frozen import Frozen

LAG_FACTOR: Final = 1.3
"""Lags of the variance as a multiple of √windows.

From Lazarus, Lewis, Stock and Watson, "HAR inference: recommendations for practice", Journal of Business & Economic
Statistics 36 (2018): more lags than textbooks take, and Student's t in place of the normal distribution.
"""

LEVEL: Final = 0.05
"""A difference that an accident makes more often than this is shown as a tie."""

RESAMPLES: Final = 2000
"""The standard error of a p-value near the level is then half a point."""

MEANS_A_BLOCK: Final = 8
"""Losses are averaged until so many means make up a block, which leaves what is resampled small."""

SEED: Final = 2011
Values = NDArray[np.floating]


class PairedTest(Frozen):
    """How much lower the challenger's mean absolute error is, and how sure that is."""

    improvement: float
    """Mean of the champion's absolute error − the challenger's, in the target's unit."""
    standard_error: float
    """Of the improvement, autocorrelation allowed for."""
    p_value: float
    """How probable so large an improvement is where there is none in truth (one-sided)."""
    lags: int
    """How many lags of autocorrelation were allowed for, in windows."""

    @property
    def two_sided_p_value(self) -> float:
        """How probable a difference so large, either way, is where there is none in truth."""
        return 1.0 if self.improvement == 0 else 2 * min(self.p_value, 1 - self.p_value)


def lags_allowed_for(windows: int, horizon_windows: int) -> int:
    """Give the number of lags: those that overlapping horizons correlate, or 1.3 √windows where that is more.

    >>> lags_allowed_for(windows=10_000, horizon_windows=24)
    130
    """
    return min(max(horizon_windows - 1, math.ceil(LAG_FACTOR * math.sqrt(windows))), windows - 1)


def newey_west_standard_error(series: Values, lags: int) -> float:
    """Give the standard error of the mean of an autocorrelated series (Newey and West, 1987, Bartlett's weights).

    Args:
        series: shape (windows,), in the order of time, two or more.
        lags: how many autocovariances count, with weights that fall to zero.
    """
    windows, centred = series.size, series.astype(np.float64) - np.mean(series, dtype=np.float64)
    # Padded with zeros, so that the end does not meet the beginning.
    spectrum = np.fft.rfft(centred, 1 << (windows + lags).bit_length())
    autocovariances = np.fft.irfft(np.abs(spectrum) ** 2)[: lags + 1]
    weights = 2 * (1 - np.arange(lags + 1) / (lags + 1))
    weights[0] = 1
    return math.sqrt(max(float(weights @ autocovariances), 0.0) / windows / (windows - 1))


def independent_windows(series: NDArray[np.generic], horizon_windows: int) -> float:
    """Give how many independent windows would tell the mean of a series as well as these, which overlap.

    Args:
        series: shape (windows,), in the order of time.
        horizon_windows: how many windows start within one horizon.
    """
    windows, values = series.size, series.astype(np.float64)
    if windows <= 1:
        return float(windows)
    lags = lags_allowed_for(windows, horizon_windows)
    standard_error = newey_west_standard_error(values, lags)
    if standard_error == 0:
        return windows / (lags + 1)
    return min(float(windows), float(values.var()) / standard_error**2)


def paired_test(challenger_errors: Values, champion_errors: Values, horizon_windows: int) -> PairedTest:
    """Test whether the challenger's absolute errors are smaller (Diebold and Mariano, 1995).

    The variance of the mean difference is that of Newey and West (1987). Its share of lags leaves 1.5 windows / lags
    degrees of freedom to Student's t (Lazarus and others, 2018).

    Args:
        challenger_errors: forecast − measured, shape (windows,), in the order of time.
        champion_errors: those of the other forecast on the same windows.
        horizon_windows: how many windows start within one horizon.

    Raises:
        ValueError: where the two are not of one length of at least two windows.
    """
    if challenger_errors.shape != champion_errors.shape or challenger_errors.size <= 1:
        raise ValueError("a paired test needs the errors of both forecasts on the same two or more windows")
    difference = np.abs(champion_errors.astype(np.float64)) - np.abs(challenger_errors.astype(np.float64))
    windows = difference.size
    lags = lags_allowed_for(windows, horizon_windows)
    if np.ptp(difference) == 0:
        constant = float(difference[0])
        return PairedTest(improvement=constant, standard_error=0.0, p_value=0.0 if constant > 0 else 1.0, lags=lags)

    from scipy.stats import t as student_t

    improvement, standard_error = float(difference.mean()), newey_west_standard_error(difference, lags)
    statistic = improvement / max(standard_error, float(np.finfo(np.float64).tiny))
    p_value = float(student_t.sf(statistic, df=1.5 * windows / lags))
    return PairedTest(improvement=improvement, standard_error=standard_error, p_value=p_value, lags=lags)


def mean_interval(series: Values, horizon_windows: int, level: float = 1 - LEVEL) -> tuple[float, float]:
    """Give the interval that holds the true mean of an autocorrelated series with a probability of `level`.

    Args:
        series: shape (windows,), in the order of time.
        horizon_windows: how many windows start within one horizon.
        level: between 0 and 1.
    """
    mean, windows = float(np.mean(series, dtype=np.float64)), series.size
    if windows <= 1:
        return -math.inf, math.inf

    from scipy.stats import t as student_t

    lags = lags_allowed_for(windows, horizon_windows)
    quantile = float(student_t.ppf((1 + level) / 2, df=1.5 * windows / lags))
    margin = quantile * newey_west_standard_error(series, lags)
    return mean - margin, mean + margin


def import_resampling() -> None:
    """Import what `best_set_p_values` will, which takes a second or two, where there is something to wait for."""
    import arch.bootstrap  # noqa: F401


def best_set_p_values(losses: Values, horizon_windows: int) -> NDArray[np.float64]:
    """Give how probable losses such as each model's are among models that are all as good as the best.

    Those above `LEVEL` make up the Model Confidence Set (Hansen, Lunde and Nason, Econometrica 79, 2011), which holds
    the best model with a probability of 1 − `LEVEL`, however many are compared. Fewer windows than make two blocks tell
    nothing: any may be the best. Blocks as long as the paired test's
    lags are resampled, so that autocorrelation and overlapping horizons stay within them.

    Args:
        losses: shape (windows, models), in the order of time, two windows or more.
        horizon_windows: how many windows start within one horizon.
    """
    windows = len(losses)
    averaged = max(1, lags_allowed_for(windows, horizon_windows) // MEANS_A_BLOCK)
    # The oldest windows that fill no mean are left out.
    means = losses[windows % averaged :].reshape(-1, averaged, losses.shape[1]).mean(axis=1, dtype=np.float64)
    different, kind_of = np.unique(means, axis=1, return_inverse=True)
    if different.shape[1] == 1 or len(means) < 2 * MEANS_A_BLOCK:
        return np.ones(losses.shape[1])

    from arch.bootstrap import MCS

    compared = MCS(different, LEVEL, RESAMPLES, MEANS_A_BLOCK, bootstrap="circular", seed=SEED)
    compared.compute()
    p_values: NDArray[np.float64] = compared.pvalues["Pvalue"].sort_index().to_numpy(np.float64)[kind_of]
    return p_values
