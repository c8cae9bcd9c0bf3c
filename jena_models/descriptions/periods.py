"""The periods in a series of readings, such as the day and the year."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

LEAST_CYCLES: Final = 2.0
"""A period that has not come round twice cannot be told from a trend."""

SHORTEST_HOURS: Final = 3.0
PADDING: Final = 4
"""How much finer than the record allows the spectrum is sampled, so that a peak between two lines is met."""

NEIGHBOURHOOD: Final = 1.6
"""A peak is the highest within this factor of its frequency."""

BACKGROUND: Final = 4.0
"""The background is the median power within this factor of its frequency, beside the peak itself."""

ABOVE_BACKGROUND: Final = 40.0
"""Among ten thousand lines of mere noise the highest stands at about 13 times the median (ln 10,000 / ln 2)."""

LOBE_LINES: Final = 2
"""How many lines of the unpadded spectrum a peak spreads over to either side, with a Hann taper."""

LEAST_SHARE: Final = 0.05
"""Of the strongest peak's power; weaker ones are no period that a reader would see in the series."""

LONGEST_BRIDGED_HOURS: Final = 366 * 24
"""A line across a longer gap would be all that is seen; one row with a wrong year makes a gap of centuries."""

MOST_HOURS: Final = 1 << 20
"""The newest 120 years: the spectrum of more takes memory and tells of no other period."""

OVERTONES: Final = 6
"""A multiple of a stronger peak's frequency, up to this one, is the shape of that cycle and no period of its own."""


def find_periods_hours(series: pd.Series) -> tuple[float, ...]:
    """Give the periods that stand out of the periodogram, the strongest first, in hours.

    The series has a sorted DatetimeIndex. It is averaged over hours, gaps are bridged by straight lines, and its linear
    trend is taken out; then the power of a peak is compared with the median of its neighbourhood.
    """
    from scipy.signal import find_peaks, periodogram

    hourly = _hour_by_hour(series)
    rows = len(hourly)
    if rows < LEAST_CYCLES * 2 * SHORTEST_HOURS:
        return ()
    frequencies, power = periodogram(hourly, window="hann", nfft=PADDING * rows, detrend="linear", scaling="spectrum")
    peaks, _ = find_peaks(power)
    peaks = peaks[(frequencies[peaks] >= LEAST_CYCLES * 0.98 / rows) & (frequencies[peaks] <= 1 / SHORTEST_HOURS)]
    if not len(peaks):
        return ()
    strongest = peaks[np.argsort(power[peaks])[::-1]]
    visible = strongest[power[strongest] >= LEAST_SHARE * power[strongest[0]]]
    found: list[float] = []
    for peak in visible:
        frequency = float(frequencies[peak])
        if _stands_out(frequencies, power, int(peak)) and not _is_overtone(frequency, found):
            found.append(frequency)
    return tuple(round(1 / frequency, 1) for frequency in found)


def _hour_by_hour(series: pd.Series) -> NDArray[np.float64]:
    """Give a value for each hour of the record's longest stretch without a gap that no line can bridge."""
    known = series.dropna()
    means = known.groupby(pd.DatetimeIndex(known.index).floor("1h")).mean()
    hours = means.index.to_numpy().astype("datetime64[h]").astype(np.int64)
    ends = np.flatnonzero(np.diff(hours) > LONGEST_BRIDGED_HOURS) + 1
    longest = max(np.split(np.arange(len(hours)), ends), key=len)
    if not len(longest):
        return np.empty(0)
    first, last = int(hours[longest[0]]), int(hours[longest[-1]])
    every_hour = np.arange(max(first, last - MOST_HOURS + 1), last + 1)
    bridged: NDArray[np.float64] = np.interp(every_hour, hours[longest], means.to_numpy(np.float64)[longest])
    return bridged


def _stands_out(frequencies: NDArray[np.float64], power: NDArray[np.float64], peak: int) -> bool:
    near, around = (
        slice(*np.searchsorted(frequencies, [frequencies[peak] / factor, frequencies[peak] * factor]))
        for factor in (NEIGHBOURHOOD, BACKGROUND)
    )
    beside = np.abs(np.arange(around.start, around.stop) - peak) > LOBE_LINES * PADDING
    background = power[around][beside]
    highest = power[near].max() <= power[peak]
    return bool(highest and len(background) and power[peak] >= ABOVE_BACKGROUND * np.median(background))


def _is_overtone(frequency: float, found: list[float]) -> bool:
    ratios = (frequency / other for other in found)
    return any(round(r) in range(2, OVERTONES + 1) and abs(r - round(r)) < 0.03 * r for r in ratios)
