"""Which leads of a curve were asked for, by a parameter of a request."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from jena_models.errors import RequestError

HEADLINE: Final = "headline"
"""The lead of the version's own model, alone, in the columns that there have always been."""
ALL: Final = "all"


def with_leads(curves: pd.DataFrame, asked: str) -> pd.DataFrame:
    """Give those rows of curves whose leads were asked for.

    Args:
        curves: with the lead as `horizon_hours`.
        asked: `all`, or leads in hours, by commas.

    Raises:
        RequestError: where a lead is no number, or there is no such.
    """
    if asked == ALL:
        return curves
    there = np.unique(curves["horizon_hours"])
    wanted = []
    for text in asked.split(","):
        try:
            hours = float(text)
        except ValueError:
            raise RequestError(
                f"The lead '{text.strip()[:40]}' cannot be read; ask for '{ALL}', '{HEADLINE}', or hours such as 6,24."
            ) from None
        if not np.isclose(there, hours).any():
            raise RequestError(f"There is no forecast {hours:g} hours ahead; {_known(there)}.")
        wanted.append(hours)
    of_wanted = np.isclose(curves["horizon_hours"].to_numpy()[:, None], wanted).any(axis=1)
    chosen: pd.DataFrame = curves[of_wanted].reset_index(drop=True)
    return chosen


def _known(hours: np.ndarray) -> str:
    if len(hours) == 1:
        return f"this version has one for {hours[0]:g} hours alone"
    return f"there are {len(hours)} leads from {hours[0]:g} to {hours[-1]:g} hours"
