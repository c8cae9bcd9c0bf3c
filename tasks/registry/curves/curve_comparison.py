"""The challenger's curve beside the champion's, group of leads by group of leads."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jena_models.curves.lead_scores import group_of
from jena_models.evaluation.gates import LeadErrors
from jena_models.evaluation.seasons import FEWEST_WINDOWS
from tasks.registry.rescoring import Reloaded, Rescored, after

MOST_CURVES: Final = 800
"""Windows whose curves are compared, evenly over all."""
NEAREST: Final = timedelta(minutes=30)


def curves_beside_champion(champion: Reloaded, own: Reloaded, challenger: Rescored) -> dict[str, LeadErrors]:
    """Give how far both curves are off in each group of leads, on some of the windows that neither has seen.

    None where one of them has no curve, or there are too few windows.

    Raises:
        RescoringError: where a curve cannot be had.
    """
    if challenger.chosen_on_these or champion.chosen_until is None:
        return {}
    if not all(len(getattr(each.forecaster, "leads_hours", ())) > 1 for each in (champion, own)):
        return {}
    mask = after(max(challenger.chosen_until, champion.chosen_until), champion, challenger)
    issued = pd.DatetimeIndex(challenger.windows.issue_times[mask])
    issued = issued[:: max(1, -(-len(issued) // MOST_CURVES))]
    if len(issued) < FEWEST_WINDOWS:
        return {}
    curves = {name: each.curves(challenger.readings, issued) for name, each in (("own", own), ("theirs", champion))}
    both = curves["own"].merge(curves["theirs"], on=["issue_time", "horizon_hours"], suffixes=("", "_theirs"))
    target = challenger.readings[challenger.preparation.target].dropna()
    now, then = (_measured(target, pd.DatetimeIndex(both[name])) for name in ("issue_time", "valid_time"))
    both = both.assign(group=group_of(both["horizon_hours"].tolist()), now=now, measured=then).dropna()
    off = both.groupby("group", sort=False)[["forecast", "forecast_theirs", "now"]]
    means = {str(name): part.sub(both.loc[part.index, "measured"], axis=0).abs().mean() for name, part in off}
    return {
        name: LeadErrors(mean["forecast"], mean["forecast_theirs"], mean["now"], len(issued))
        for name, mean in means.items()
        if mean["now"] > 0
    }


def _measured(target: pd.Series, times: pd.DatetimeIndex) -> NDArray[np.float64]:
    """Give what was measured at some times, NaN where nothing was within half an hour."""
    places = target.index.get_indexer(times.as_unit("s"), method="nearest", tolerance=NEAREST)
    return np.where(places >= 0, target.to_numpy(np.float64)[places], np.nan)
