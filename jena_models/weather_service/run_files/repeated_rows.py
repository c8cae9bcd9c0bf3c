"""Rows of one run, lead and member that a service's files hold more than once, and rows of several places or models."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from jena_models.errors import SourceUnreadableError
from jena_models.place_names import LATITUDES, LONGITUDES
from jena_models.reading.assembly import Columns, station_columns
from jena_models.reading.matching import plain
from jena_models.stations.forecast_sources import ForecastSource
from jena_models.weather_service.run_files.run_columns import AVAILABLE, ISSUED, VALID
from jena_models.weather_service.run_files.run_times import Times

MODELS: Final = ("model", "models", "modelname", "modelid", "nwp", "nwpmodel", "weathermodel", "provider")
PLACES: Final = (*LATITUDES, *LONGITUDES)
FARTHEST_DEGREES: Final = 0.5
"""The point of a model's grid that stands for a place may be another one after years, but none so far away."""
ROWS_EACH: Final = 20
"""Of a station or a model there are so many rows at least in the mean; a column with more values numbers rows."""
LISTED: Final = 4

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


def telling_apart(header: Sequence[str], source: ForecastSource) -> list[str]:
    """Give the columns that say which station, place or model a row is of, but for those that the source uses."""
    used = {*source.time_names, *source.select, source.lead, source.available, source.member}
    names = [header[place] for place in station_columns(header)]
    names += [name for name in header if plain(name) in {*MODELS, *PLACES}]
    return [name for name in dict.fromkeys(names) if name not in used and list(header).count(name) == 1]


def of_whom(table: Columns, names: Sequence[str], keep: NDArray[np.bool_], times: Times | None) -> pd.DataFrame:
    """Give how many rows are of which station, place or model, by the time of their run."""
    told = [pd.DataFrame({"column": [], "value": [], "time": [], "rows": []})]
    for name in names:
        texts = table.texts(list(table.header).index(name)).filter(pa.array(keep)).to_pandas().str.strip()
        rows = pd.DataFrame({"value": texts.to_numpy(), "time": times}).groupby(["value", "time"]).size()
        told.append(rows.rename("rows").reset_index().assign(column=name))
    return pd.concat(told[1:] or told, ignore_index=True)


def refuse_several(told: pd.DataFrame, source: ForecastSource) -> None:
    """Refuse rows of several stations, places or models: where no two are of one time, nothing else would tell.

    A model that follows another one is a change of the service's, and goes on; monitoring tells how it does.

    Args:
        told: what columns of `telling_apart` hold: `column`, `value`, the `time` of the run, and the number of `rows`.
        source: for a sentence.

    Raises:
        SourceUnreadableError: the sentence names some of them.
    """
    for name, each in told[told["value"] != ""].groupby("column", sort=False):
        held = each.groupby("value")["rows"].sum().sort_values(ascending=False)
        if plain(str(name)) in PLACES:
            degrees = pd.to_numeric(held.index.to_series(), errors="coerce")
            if not degrees.max() - degrees.min() > FARTHEST_DEGREES:
                continue
        elif not 1 < len(held) <= max(held.sum() // ROWS_EACH, 2) or _are_numbers(each) or _is_change(name, each):
            continue
        listed = ", ".join(f"'{value}' in {count:,} rows" for value, count in held[:LISTED].items())
        raise SourceUnreadableError(
            f"The forecast source '{source.name}' holds runs of {len(held)} stations, places or models, told apart by "
            f"the column '{name}': {listed}; write those that are meant into its entry, as 'select: {{{name}: "
            f'["{held.index[0]}"]}}\'.'
        )


def _is_change(name: object, told: pd.DataFrame) -> bool:
    """Tell whether a column names models of which each follows the one before."""
    spans = told.groupby("value")["time"].agg(["min", "max"]).sort_values("min")
    return plain(str(name)) in MODELS and bool((spans["min"].to_numpy()[1:] > spans["max"].to_numpy()[:-1]).all())


def _are_numbers(told: pd.DataFrame) -> bool:
    """Tell whether values number runs, or the rows of each run, as the hours of a forecast are numbered."""
    values_of_time = told.groupby("time")["value"].nunique()
    is_one_each = told.groupby("value")["time"].nunique().max() == 1 and values_of_time.max() == 1
    return bool(is_one_each or (told["rows"].max() == 1 and values_of_time.max() > 1))
