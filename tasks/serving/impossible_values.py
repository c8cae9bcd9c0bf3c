"""What no station can have measured counts as missing, one value at a time, and the answer says so."""

from __future__ import annotations

import numpy as np
import pandas as pd

from jena_models.reading.user_tables import user_readings
from jena_models.stations.schema import StationSchema
from jena_models.windows.history import history_table
from jena_models.windows.preparation import Preparation
from tasks.serving.request_readings import TIME


def without_impossible(readings: pd.DataFrame, station: StationSchema) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Give readings whose values are possible or missing, and a sentence for each column that lost some.

    Args:
        readings: what `tasks.serving.request_readings.readings_of` gives.
        station: whose limits hold; its signs of a missing value are no loss.
    """
    kept, sentences = readings, []
    for column in station.columns:
        name, lowest, highest = column.name, column.minimum, column.maximum
        if name not in readings:
            continue
        values = readings[name].to_numpy(dtype=np.float64, na_value=np.nan)
        missing = np.isnan(values) | np.isin(values, station.sentinels_of(name))
        impossible = ~missing & ~((lowest <= values) & (values <= highest))
        if not impossible.any():
            continue
        row = int(np.argmax(impossible))
        at = f" at {readings[TIME].iloc[row]}" if TIME in readings else f" in row {row + 1}"
        sentences.append(
            f"{impossible.sum()} of {len(values)} values of '{name}' lie outside {lowest:g} to {highest:g} and count "
            f"as missing, the first is {values[row]:g}{at}."
        )
        kept = kept.assign(**{name: np.where(impossible, np.nan, values)})
    return kept, tuple(sentences)


def older_target(
    readings: pd.DataFrame, forecasts: pd.DataFrame, preparation: Preparation, station: StationSchema
) -> tuple[str, ...]:
    """Tell where the newest forecast had to take an older value of the target than one of its issue time.

    Args:
        readings: that it was made of.
        forecasts: with a column `issue_time` that names its zone, in order.
        preparation: of the version that made it.
        station: the schema of the columns.
    """
    target = preparation.target
    if target not in readings or not readings[target].isna().any():
        return ()
    issued = pd.Timestamp(forecasts["issue_time"].iloc[-1]).tz_convert(None)
    measured = history_table(user_readings(readings, station), preparation, station)[target].loc[:issued].dropna()
    if not len(measured) or measured.index[-1] == issued:
        return ()
    hours = (issued - measured.index[-1]).total_seconds() / 3600
    newest, asked = (f"{station.local.shown(time):%Y-%m-%d %H:%M %z}" for time in (measured.index[-1], issued))
    return (f"The newest value of '{target}' is of {newest}, {hours:g} hours before {asked}.",)
