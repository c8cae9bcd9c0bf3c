"""How good the forecasts of a backtest are: over all, by origin, by season and by hour, for each lead."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
import pandas as pd

from jena_models.evaluation.metrics import PERSISTENCE, mean_absolute_error, root_mean_squared_error, skill
from jena_models.evaluation.seasons import SEASONS, season_numbers
from jena_models.frozen import Frozen

By = Literal["all", "origin", "season", "hour"]


class Score(Frozen):
    """Of one architecture at one lead on one group of windows; errors in the target's unit."""

    architecture: str
    lead_hours: float
    by: By
    group: str
    """`all`, the origin's date, the season, or the hour of the valid time from 00 to 23."""
    windows: int
    mae: float
    rmse: float
    bias: float
    """Mean of forecast − measured: positive where forecasts are too high."""
    skill: float
    """1 − MAE / MAE of persistence on the same windows."""


def score_forecasts(forecasts: pd.DataFrame, latitude: float) -> tuple[Score, ...]:
    """Score forecasts in the order of architectures, leads and groups as they come.

    Args:
        forecasts: a row a forecast: `architecture`, `lead_hours`, `origin`, `issue_time`, `valid_time`, `measured` and
            `forecast`; each architecture has the windows that persistence, which must be among them, has.
        latitude: of the station, in degrees north.
    """
    scores: list[Score] = []
    for lead_hours, of_lead in forecasts.groupby("lead_hours", sort=True):
        for by, groups in _groupings(of_lead, latitude):
            found = [
                _score(part, str(architecture), float(str(lead_hours)), by, str(group))
                for (architecture, group), part in of_lead.groupby(["architecture", groups], sort=False)
            ]
            reference = {score.group: score.mae for score in found if score.architecture == PERSISTENCE}
            scores += [s.model_copy(update={"skill": skill(s.mae, reference[s.group])}) for s in found]
    return tuple(scores)


def chosen(
    scores: tuple[Score, ...], by: By, lead_hours: float | None = None, architecture: str | None = None
) -> tuple[Score, ...]:
    """Give the scores of one kind of group, of one lead or architecture where named."""
    return tuple(
        score
        for score in scores
        if score.by == by and lead_hours in (None, score.lead_hours) and architecture in (None, score.architecture)
    )


def _groupings(forecasts: pd.DataFrame, latitude: float) -> Iterator[tuple[By, pd.Series]]:
    def of(values: object) -> pd.Series:
        return pd.Series(values, index=forecasts.index, name="group")

    valid_times = forecasts["valid_time"].to_numpy().astype("datetime64[s]")
    yield "all", of("all")
    yield "origin", of(forecasts["origin"].dt.strftime("%Y-%m-%d"))
    yield "season", of(np.asarray(SEASONS, dtype=object)[season_numbers(valid_times, latitude)])
    yield "hour", of(forecasts["valid_time"].dt.strftime("%H"))


def _score(part: pd.DataFrame, architecture: str, lead_hours: float, by: By, group: str) -> Score:
    forecast, measured = part["forecast"].to_numpy(np.float64), part["measured"].to_numpy(np.float64)
    return Score(
        architecture=architecture,
        lead_hours=lead_hours,
        by=by,
        group=group,
        windows=len(part),
        mae=mean_absolute_error(forecast, measured),
        rmse=root_mean_squared_error(forecast, measured),
        bias=float((forecast - measured).mean()),
        skill=0.0,
    )
