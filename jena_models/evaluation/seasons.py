"""Groups of windows that a model must not fail in, however good it is on average."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

SEASONS: Final = ("winter", "spring", "summer", "autumn")
"""The meteorological seasons, from that of December, January and February on in the northern hemisphere."""
TENTHS: Final = ("coldest tenth", "warmest tenth")
"""The windows with the lowest and the highest measured targets."""


def groups(
    valid_times: NDArray[np.datetime64], measured: NDArray[np.floating], latitude: float
) -> dict[str, NDArray[np.bool_]]:
    """Give, for each season and tenth, which windows belong to it, as masks of shape (windows,).

    Args:
        valid_times: what each window's target is for, shape (windows,).
        measured: the targets, shape (windows,).
        latitude: of the station, in degrees north; seasons are the other way round in the south.
    """
    numbers = season_numbers(valid_times, latitude)
    masks = {season: numbers == number for number, season in enumerate(SEASONS)}
    low, high = np.quantile(measured, (0.1, 0.9)) if measured.size else (0.0, 0.0)
    return masks | dict(zip(TENTHS, (measured <= low, measured >= high), strict=True))


def season_numbers(times: NDArray[np.datetime64], latitude: float) -> NDArray[np.int64]:
    """Give the place of each time's season in `SEASONS`, of the shape of `times`; see `groups`."""
    months = times.astype("datetime64[M]").astype(np.int64) % 12
    numbers: NDArray[np.int64] = ((months + 1) % 12 // 3 + (2 if latitude < 0 else 0)) % 4
    return numbers
