"""Nixtla's long format, `unique_id, ds, y, …`: readings and forecasts as other libraries take them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from pathlib import Path
from typing import Final

import pandas as pd

from jena_models.errors import RequestError
from jena_models.stations.schema import StationSchema
from jena_models.whole_files import whole_file

SERIES: Final = "unique_id"
TIME, ISSUED, MEASURED = "ds", "cutoff", "y"


def long_readings(readings: pd.DataFrame, station: StationSchema) -> pd.DataFrame:
    """Give readings with a row a time: `unique_id`, `ds`, the target as `y`, and the other columns beside it.

    Args:
        readings: canonical columns, the target among them, indexed by time in UTC.
        station: names the series, and says which column is the target.
    """
    times = station.local.standard_time(readings.index.to_numpy())
    told = {SERIES: station.name, TIME: times, MEASURED: readings[station.target].to_numpy()}
    others = readings.drop(columns=[station.target]).reset_index(drop=True)
    return pd.concat([pd.DataFrame(told), others], axis="columns")


def long_forecasts(forecasts: Mapping[str, pd.DataFrame], series: str) -> pd.DataFrame:
    """Give forecasts with a row a window, as Nixtla's `cross_validation` does: a column for each architecture.

    Args:
        forecasts: by architecture, with `issue_time`, `valid_time`, `measured` and `forecast`.
        series: what it is the name of.

    Returns:
        `unique_id`, `ds` (what is forecast), `cutoff` (when), `y` (what was measured), then the architectures; windows
        that all of them forecast, in the order of time.
    """
    keys = [TIME, ISSUED, MEASURED]
    tables = [
        table[["valid_time", "issue_time", "measured", "forecast"]].set_axis([*keys, name], axis="columns")
        for name, table in forecasts.items()
    ]
    whole = reduce(lambda left, right: left.merge(right, on=keys), tables)
    whole.insert(0, SERIES, series)
    return whole.sort_values([ISSUED, TIME], ignore_index=True)


def write_long(table: pd.DataFrame, output: Path) -> int:
    """Write a table as CSV where the file's name says so, else as Parquet, and give how many rows it has.

    Raises:
        RequestError: where the file cannot be written.
    """
    try:
        with whole_file(output) as beside:
            if output.suffix.casefold() == ".csv":
                table.to_csv(beside, index=False)
            else:
                table.to_parquet(beside, index=False)
    except OSError as error:
        raise RequestError(f"The table cannot be written to {output} ({error.strerror or error}).") from error
    return len(table)
