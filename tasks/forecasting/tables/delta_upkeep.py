"""What keeps a Delta table quick to read: many small files become few, what is no part of it is removed."""

from __future__ import annotations

import logging
from typing import Final

import pandas as pd

from jena_models.errors import ForecastsTableError
from tasks.forecasting.tables.delta_store import GROUP, MODEL_ORDER, MONTH, DeltaStore, reason_of

MOST_SMALL: Final = 24
"""Small files that a group of models may have in the month that is written to: a day of hourly runs."""
SMALL_BYTES: Final = 8 * 2**20
MOST_OF_A_PAST_MONTH: Final = 8
"""Files that a group may have in a month that is over, before its rows are put in order by model."""
ORDERED_BYTES: Final = 64 * 2**20
KEPT_HOURS: Final = 7 * 24
"""For so long a file stays that is not part of the table any more: somebody may be reading it."""

logger = logging.getLogger("jena")


def tend(store: DeltaStore) -> None:
    """Join small files and remove those that were joined a week ago, where there are many.

    What is read stays the same. Where another machine does the same or fails at it, it is done after a later run: what
    was to be written is in the table already.
    """
    from deltalake.exceptions import DeltaError

    try:
        _join_crowded(store)
    except (ForecastsTableError, DeltaError, OSError) as error:
        reason = str(error) if isinstance(error, ForecastsTableError) else reason_of(error)
        logger.warning("The files of the forecasts table at %s are not joined this time: %s", store.address, reason)


def _join_crowded(store: DeltaStore) -> None:
    files = store.files()
    if files.empty:
        return
    month, group = f"partition.{MONTH}", f"partition.{GROUP}"
    newest = files[month].max()
    small = _crowded(files[(files[month] == newest) & (files["size_bytes"] < SMALL_BYTES)], [month, group], MOST_SMALL)
    past = _crowded(files[files[month] < newest], [month, group], MOST_OF_A_PAST_MONTH)
    table = store.seen(anew=True) if small or past else None
    if table is None:
        return
    for each in small:
        table.optimize.compact(partition_filters=[(MONTH, "=", each)], target_size=SMALL_BYTES)
    for each in past:
        table.optimize.z_order(MODEL_ORDER, partition_filters=[(MONTH, "=", each)], target_size=ORDERED_BYTES)
    removed = table.vacuum(retention_hours=KEPT_HOURS, dry_run=False)
    table.create_checkpoint()
    table.cleanup_metadata()
    logger.info("Joined files of the forecasts table at %s; %d old ones are removed.", store.address, len(removed))


def _crowded(files: pd.DataFrame, by: list[str], most: int) -> list[str]:
    """Give the months in which a group has more files than it may."""
    counts = files.groupby(by).size()
    return sorted(set(counts[counts > most].index.get_level_values(0)))
