"""Divide the readings, in the order of time."""

from __future__ import annotations

import logging
from typing import Final

from prefect import task
from prefect.cache_policies import NO_CACHE

from jena_models.options.readings_options import Split
from jena_models.windows.splits import borders
from tasks.workspace import Borders, Checked, Divided, content_key

VERSION: Final = 1

logger = logging.getLogger("jena")


@task(cache_policy=NO_CACHE, timeout_seconds=300)
def split_chronologically(checked: Checked, split: Split) -> Divided:
    """Give the borders of the training, validation and test splits; nothing is copied."""
    from pyarrow import parquet

    rows = parquet.read_metadata(checked.readings).num_rows
    train_end, validation_end, _ = borders(rows, split.train, split.validation)
    logger.info(
        "%s readings to train on, %s to choose by, %s to test on",
        f"{train_end:,}",
        f"{validation_end - train_end:,}",
        f"{rows - validation_end:,}",
    )
    key = content_key(version=VERSION, checked=checked.key, train_end=train_end, validation_end=validation_end)
    return Divided(checked=checked, borders=Borders(train=train_end, validation=validation_end, rows=rows), key=key)
