"""Divide the readings, in the order of time."""

from __future__ import annotations

import logging
from typing import Final

from prefect import task
from prefect.cache_policies import NO_CACHE

from jena_models.options.readings_options import Split
from jena_models.windows.splits import borders, judging_start
from tasks.workspace import Borders, Checked, Divided, content_key

VERSION: Final = 2

logger = logging.getLogger("jena")


@task(cache_policy=NO_CACHE, timeout_seconds=300)
def split_chronologically(checked: Checked, split: Split) -> Divided:
    """Give the borders of the training, validation, judging and test splits; nothing is copied."""
    from pyarrow import parquet

    rows = parquet.read_metadata(checked.readings).num_rows
    train_end, judged_end, _ = borders(rows, split.train, split.validation)
    chosen_end = judging_start(train_end, judged_end, split.judging)
    logger.info(
        "%s readings to train on, %s to choose by, %s to judge by, %s to test on",
        f"{train_end:,}",
        f"{chosen_end - train_end:,}",
        f"{judged_end - chosen_end:,}",
        f"{rows - judged_end:,}",
    )
    ends = {"train": train_end, "validation": chosen_end, "judging": judged_end}
    key = content_key(version=VERSION, checked=checked.key, **ends)
    return Divided(checked=checked, borders=Borders(**ends, rows=rows), key=key)
