"""Groups of windows that a model must not fail in, however good it is on average."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

SEASONS: Final = ("winter", "spring", "summer", "autumn")
"""The meteorological seasons, from that of December, January and February on in the northern hemisphere."""
TENTHS: Final = ("coldest tenth", "warmest tenth")
"""The windows with the lowest and the highest measured targets."""
FEWEST_WINDOWS: Final = 100
"""Fewer windows than this show nothing about a model, or about a season."""
FEWEST_DAYS: Final = 30
"""Unless they lie on so many days: a hundred hourly ones are of four days; daily ones say more each."""
MORE: Final = "as of a longer record or with a larger split.validation"
NEEDED: Final = f"at least {FEWEST_WINDOWS}, or some on {FEWEST_DAYS} days, are needed, {MORE}"
"""What a gate says where there are fewer."""


def groups(
    valid_times: NDArray[np.datetime64], measured: NDArray[np.floating], latitude: float
) -> dict[str, NDArray[np.bool_]]:
    """Give, for each season and tenth, which windows belong to it, as masks of shape (windows,).

    Args:
        valid_times: what each window's target is for, shape (windows,).
        measured: the targets, shape (windows,).
        latitude: of the station, in degrees north; seasons are the other way round in the south.
    """
    low, high = np.quantile(measured, (0.1, 0.9)) if measured.size else (0.0, 0.0)
    return season_masks(valid_times, latitude) | dict(zip(TENTHS, (measured <= low, measured >= high), strict=True))


def season_masks(times: NDArray[np.datetime64], latitude: float) -> dict[str, NDArray[np.bool_]]:
    """Give which times lie in each season, as masks of their shape; see `groups`."""
    numbers = season_numbers(times, latitude)
    return {season: numbers == number for number, season in enumerate(SEASONS)}


def season_numbers(times: NDArray[np.datetime64], latitude: float) -> NDArray[np.int64]:
    """Give the place of each time's season in `SEASONS`, of the shape of `times`; see `groups`.

    >>> times = np.array(["2014-01-31", "2014-07-01"], dtype="datetime64[D]")
    >>> [SEASONS[number] for number in season_numbers(times, latitude=50.9)]
    ['winter', 'summer']
    >>> [SEASONS[number] for number in season_numbers(times, latitude=-33.9)]
    ['summer', 'winter']
    """
    months = times.astype("datetime64[M]").astype(np.int64) % 12
    numbers: NDArray[np.int64] = ((months + 1) % 12 // 3 + (2 if latitude < 0 else 0)) % 4
    return numbers


def judged_seasons(groups: Mapping[str, NDArray[np.bool_]], times: NDArray[np.datetime64]) -> tuple[str, ...]:
    """Give the seasons that hold enough windows to be judged in, or learnt from.

    Args:
        groups: masks of the windows, by season.
        times: of the windows; none where only their number counts.
    """
    return tuple(season for season in SEASONS if _are_enough(groups[season], times))


def are_enough(windows: int, days: int) -> bool:
    """Tell whether windows are enough to judge by, on so many days."""
    return windows >= FEWEST_WINDOWS or days >= FEWEST_DAYS


def days_of(times: NDArray[np.datetime64]) -> int:
    """Give on how many days times lie."""
    return len(np.unique(times.astype("datetime64[D]")))


def _are_enough(mask: NDArray[np.bool_], times: NDArray[np.datetime64]) -> bool:
    return are_enough(int(np.count_nonzero(mask)), days_of(times[mask]) if times.size else 0)
