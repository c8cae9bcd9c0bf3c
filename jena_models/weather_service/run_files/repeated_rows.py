"""Rows of one run, lead and member that a service's files hold more than once."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import numpy as np
import pandas as pd

from jena_models.errors import SourceUnreadableError
from jena_models.stations.forecast_sources import ForecastSource
from jena_models.weather_service.run_files.run_columns import AVAILABLE, ISSUED, VALID

logger = logging.getLogger("jena")


def each_once(rows: pd.DataFrame, source: ForecastSource, *, all_needed: bool) -> pd.DataFrame:
    """Give rows without those that say again, in whole or in part, what another says, as of downloads that overlap.

    Args:
        rows: with their issue and valid times, and the file's own columns.
        source: names the column of members, where there are any.
        all_needed: whether a run that says different things of one time ends the work; else it is left out.

    Raises:
        SourceUnreadableError: where two rows of one run, lead and member say different things, or of all runs do.
    """
    keys = [ISSUED, VALID, *filter(None, [source.member])]
    if not rows.duplicated(keys).any():
        return rows.reset_index(drop=True)
    rows = _filled_up(rows.drop_duplicates([name for name in rows if name != AVAILABLE], ignore_index=True), keys)
    differing = rows.duplicated(keys, keep=False)
    contradictory = rows[ISSUED].isin(rows.loc[differing, ISSUED])
    if differing.any() and not all_needed and not contradictory.all():
        logger.warning(
            "%s runs of the weather service '%s' are left out, as they say different things of one time: %s",
            *(f"{rows.loc[contradictory, ISSUED].nunique():,}", source.name, rows.loc[differing, ISSUED].iloc[0]),
        )
        return rows[~contradictory].reset_index(drop=True)
    if differing.any():
        same = rows[differing].groupby(keys, sort=False).size()
        issued, valid, *member = np.atleast_1d(np.asarray(same.index[0], dtype=object))
        lead = (valid - issued) / pd.Timedelta(hours=1)
        raise SourceUnreadableError(
            f"The forecast source '{source.name}' has {same.iloc[0]} rows for the run of {issued:%Y-%m-%dT%H:%M} at "
            f"{lead:g} h"
            + (
                f" and the member '{member[0]}'; choose one place with 'select'."
                if member
                else "; choose one place with 'select', or name the column of an ensemble's members with 'member'."
            )
        )
    return rows


def _filled_up(rows: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Give rows of one run, lead and member as one, where each says what the others lack and none another number."""
    repeated = rows.duplicated(keys, keep=False)
    told = [name for name in rows if name not in (*keys, AVAILABLE)]
    groups = rows[repeated].groupby(list(keys), sort=False, dropna=False)
    agree = (groups[told].transform("nunique") <= 1).all(axis=1)
    first = groups[told].transform("first")
    filled = rows.copy()
    filled.loc[agree.index[agree], told] = first[agree]
    return filled[~(filled.duplicated(keys) & agree.reindex(rows.index, fill_value=False))].reset_index(drop=True)
