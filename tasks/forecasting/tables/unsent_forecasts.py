"""Forecasts that wait to be sent to a table of many machines: kept at once, sent together, lost by no outage.

Each forecast is a file in a folder of this machine until it is in the table. So a run over a thousand stations writes
to the table once, and what could not be written goes with the next run.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager
from contextvars import ContextVar
from pathlib import Path
from typing import Final

import pandas as pd

from jena_models.stations import Clock
from jena_models.whole_files import whole_file
from tasks.forecasting.tables.delta_store import MODEL, DeltaStore
from tasks.forecasting.tables.delta_upkeep import tend
from tasks.forecasting.tables.forecast_rows import in_utc, typed
from tasks.forecasting.tables.parquet_forecasts import ParquetForecasts, forecasts_folder
from tasks.workspace import content_key, exclusive, holding, home_folder

TAKEN_OVER: Final = ".taken-over"
"""Ends the name of a file with what a model's own Parquet held when its forecasts began to go to the table."""
DAMAGED: Final = ".damaged"
"""Ends the name of a file that waited and cannot be read."""
MOST_AT_ONCE: Final = 2_000_000
"""Rows that are held in memory at a time."""

_later: ContextVar[bool] = ContextVar("forecasts_sent_later", default=False)

logger = logging.getLogger("jena")


def forecasts_sent_later() -> AbstractContextManager[None]:
    """Have forecasts wait until `send_forecasts`, for whoever makes many of them."""
    return holding(_later, True)


def are_sent_later() -> bool:
    """Tell whether forecasts wait until they are sent together."""
    return _later.get()


def keep_unsent(store: DeltaStore, model_name: str, rows: pd.DataFrame, clock: Clock) -> None:
    """Keep rows until they are sent; with them, once, what the model's own Parquet holds.

    Raises:
        ForecastsTableError: where that Parquet cannot be read.
    """
    folder = unsent_folder(store)
    if is_to_be_taken_over(store, model_name):
        earlier = folder / f"{model_name}{TAKEN_OVER}.parquet"
        if not earlier.exists():
            _write(ParquetForecasts().read(model_name, clock), model_name, earlier)
    _write(typed(rows), model_name, folder / f"{time.time_ns()}.{model_name}.{uuid.uuid4().hex[:8]}.parquet")


def send_forecasts(place: str | None) -> None:
    """Send what waits to the table at a place, in as few commits as memory allows; files of this machine wait for none.

    Raises:
        ForecastsTableError: where the table cannot be read or written; what waits stays and goes with the next.
        RequestError: where the place cannot be one, or needs a package that is not installed.
    """
    if place is not None:
        send(DeltaStore(place))


def send(store: DeltaStore) -> Counter[str]:
    """Send what waits to a table; gives how many forecasts of each registered model are new in it.

    What is taken over goes before it, and does not count.
    """
    added: Counter[str] = Counter()
    with exclusive(unsent_folder(store) / ".lock"):
        waiting = [file for file in sorted(unsent_folder(store).glob("*.parquet")) if _can_be_read(file)]
        earlier = [file for file in waiting if file.stem.endswith(TAKEN_OVER)]
        for files in _batches(earlier):
            store.append(_read(files))
            for file in files:
                _take_over(store, file.stem.removesuffix(TAKEN_OVER))
                file.unlink()
        for files in _batches([file for file in waiting if file not in set(earlier)]):
            added += store.append(_read(files))
            for file in files:
                file.unlink()
        if added:
            tend(store)
    return added


def unsent_folder(store: DeltaStore) -> Path:
    """Give the folder of what waits for a table."""
    return home_folder() / "unsent-forecasts" / content_key(place=store.address)


def is_to_be_taken_over(store: DeltaStore, model_name: str) -> bool:
    """Tell whether a model has Parquet of this machine that a table does not hold yet."""
    return ParquetForecasts().last_written(model_name) is not None and not _marker(store, model_name).exists()


def _marker(store: DeltaStore, model_name: str) -> Path:
    return forecasts_folder(model_name) / f"taken-over-{content_key(place=store.address)}"


def _take_over(store: DeltaStore, model_name: str) -> None:
    marker = _marker(store, model_name)
    with whole_file(marker) as beside:
        beside.write_text(f"{store.address}\n", encoding="utf-8")
    logger.info(
        "What %s held of %s is in the table at %s now; the files stay, and are read no more.",
        marker.parent,
        model_name,
        store.address,
    )


def _can_be_read(file: Path) -> bool:
    """Tell whether a file holds forecasts; a damaged one is set aside, lest it keep all others from the table."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        pq.read_metadata(file)
    except (pa.ArrowException, OSError):
        aside = file.rename(f"{file}{DAMAGED}")
        logger.warning("%s is damaged, so that what it holds is not in the table; it is set aside.", aside)
        return False
    return True


def _batches(files: list[Path]) -> Iterator[list[Path]]:
    import pyarrow.parquet as pq

    batch: list[Path] = []
    held = 0
    for file in files:
        batch.append(file)
        held += pq.read_metadata(file).num_rows
        if held >= MOST_AT_ONCE:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch


def _write(rows: pd.DataFrame, model_name: str, file: Path) -> None:
    with whole_file(file) as beside:
        in_utc(rows).assign(**{MODEL: model_name}).to_parquet(beside, index=False)


def _read(files: list[Path]) -> pd.DataFrame:
    """Give the rows of files, those said first before the others."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    tables = [pq.ParquetFile(file).read() for file in files]
    rows = pa.concat_tables(tables, promote_options="permissive").to_pandas()
    return typed(rows).assign(**{MODEL: rows[MODEL]})
