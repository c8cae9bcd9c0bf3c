"""What the differences on a leaderboard are worth, from the forecasts that the runs keep."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
from pydantic import ValidationError

from jena_models.errors import in_one_line
from jena_models.evaluation.comparisons import Significance, Split, compare_all
from tasks.tracking import attach, table_of, text_of
from tasks.workspace import LeaderboardRow

ARTIFACT: Final = "significance.json"
MOST_COMPARED: Final = 12
"""Of the leaderboard's top: a matrix of more than 66 pairs cannot be read."""
FEWEST_WINDOWS: Final = 100
"""Fewer windows tell nothing."""

logger = logging.getLogger("jena")


def measure(ranked: Sequence[LeaderboardRow], horizon_hours: float) -> Significance:
    """Compare the leaderboard's top on the windows that all of them forecast, on validation and test.

    Args:
        ranked: the best first; runs without forecasts are left out.
        horizon_hours: of the study.
    """
    parts = [_on("validation", ranked, horizon_hours), _on("test", ranked, horizon_hours)]
    return Significance(
        uncertainties=tuple(each for part in parts for each in part.uncertainties),
        comparisons=tuple(each for part in parts for each in part.comparisons),
    )


def attach_significance(study_run_id: str, ranked: Sequence[LeaderboardRow], horizon_hours: float) -> Significance:
    """Measure it and keep it with the study's run; where that fails, say so and tell nothing of ties."""
    try:
        found = measure(ranked, horizon_hours)
        attach(study_run_id, ARTIFACT, found.model_dump_json(indent=2))
    except Exception as error:  # whatever it is, what was trained is not lost for it
        logger.warning("Which differences count could not be measured (%s).", in_one_line(error))
        return Significance()
    return found


def read(study_run_id: str) -> Significance | None:
    """Give what was measured when the study ended; None where it was not, or can no longer be read."""
    text = text_of(study_run_id, ARTIFACT)
    try:
        return None if text is None else Significance.model_validate_json(text)
    except ValidationError:
        return None


def _on(split: Split, ranked: Sequence[LeaderboardRow], horizon_hours: float) -> Significance:
    columns = {}
    for row in ranked[:MOST_COMPARED]:
        table = table_of(row.run_id, f"{split}_predictions.parquet")
        if table is None:
            continue
        errors = (table["forecast"] - table["measured"]).to_numpy(np.float64)
        if np.isfinite(errors).all():
            columns[row.architecture] = pd.Series(errors, index=pd.DatetimeIndex(table["valid_time"]))
    if not columns:
        return Significance()
    shared = pd.DataFrame(columns).sort_index().dropna()
    if len(shared) < FEWEST_WINDOWS:
        return Significance()
    step_hours = float(np.median(np.diff(shared.index.to_numpy())) / np.timedelta64(1, "h"))
    horizon_windows = max(1, round(horizon_hours / step_hours)) if step_hours else 1
    return compare_all(split, {name: shared[name].to_numpy() for name in columns}, horizon_windows)
