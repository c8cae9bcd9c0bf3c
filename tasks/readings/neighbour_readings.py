"""Neighbours' readings beside a station's own: one that is not to be had costs its part, and nothing else."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import numpy as np
import pandas as pd

from jena_models.errors import JenaError, SourceUnreadableError
from jena_models.neighbours.distances import place_of
from jena_models.neighbours.joining import joined
from jena_models.stations import StationSchema
from jena_models.stations.cleaned.cleaning import clean
from jena_models.stations.cleaned.cleaning_report import CleaningReport, JoinedNeighbour
from jena_models.stations.schema import Neighbour
from tasks.readings.locating import read_since
from tasks.workspace import Source

FEW: Final = 0.05
"""A neighbour that has a reading at a smaller share of the rows is as good as none, and that is said."""

logger = logging.getLogger("jena")


def with_joined_neighbours(
    readings: pd.DataFrame,
    report: CleaningReport,
    source: Source,
    station: StationSchema,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> tuple[pd.DataFrame, CleaningReport]:
    """Give a station's readings with its neighbours' columns, and the report with what came of each.

    Args:
        readings: the station's own, cleaned.
        report: of their cleaning.
        source: with the sources of the neighbours.
        station: with its neighbours.
        since: what neighbours measured before does not matter, in UTC; all of it matters where it is not given.
        until: what could be had after that does not count, in UTC.
    """
    neighbours = {each.name: each for each in station.named_neighbours}
    columns, told = [readings], []
    for found in source.neighbours:
        neighbour = neighbours[found.name]
        problem, part = found.problem, None
        if found.source is not None:
            try:
                part = _part(readings, report, found.source, station, neighbour, since=since, until=until)
            except JenaError as error:
                problem = str(error)
            except Exception as error:  # nothing that a neighbour holds may stop the station's own forecast
                problem = f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
        told.append(_told(neighbour, station, part, problem))
        columns.append(_silent(readings, station, neighbour) if part is None else part)
    return pd.concat(columns, axis=1), report.model_copy(update={"neighbours": tuple(told)})


def warn_of_neighbours(report: CleaningReport) -> None:
    """Say of each neighbour that has no part, or hardly any, that it has none, and why."""
    for each in report.neighbours:
        if each.problem:
            logger.warning("The neighbour '%s' has no part in this: %s", each.name, each.problem.rstrip(".") + ".")
        elif each.share < FEW:
            logger.warning(
                "The neighbour '%s' has hardly any part in this: of %.1f %% of the readings' times it has a reading.",
                each.name,
                100 * each.share,
            )


def _part(
    readings: pd.DataFrame,
    report: CleaningReport,
    source: Source,
    station: StationSchema,
    neighbour: Neighbour,
    *,
    since: datetime | None,
    until: datetime | None,
) -> pd.DataFrame:
    schema = neighbour.described
    assert schema is not None  # noqa: S101 - whoever found the source read it
    delay = timedelta(hours=neighbour.available_after)
    first = None if since is None else since - delay - timedelta(minutes=schema.step_minutes)
    raw = read_since(source, schema, first)
    times = raw.table.index.to_numpy()
    counts = np.ones(len(times), dtype=bool)
    if until is not None:
        counts &= times <= np.datetime64(until - delay)
    if first is not None:
        counts &= times > np.datetime64(first)
    if not counts.any():
        raise SourceUnreadableError(f"{source.origin} holds no reading of it of these times.")
    theirs, cleaned = clean(replace(raw, table=raw.table[counts]), schema, is_record=False, moves_times=False)
    return joined(
        pd.DatetimeIndex(readings.index),
        station,
        neighbour,
        theirs,
        cadence_minutes=report.cadence_minutes,
        their_cadence_minutes=max(cleaned.cadence_minutes, schema.resample_minutes or 0.0),
    )


def _silent(readings: pd.DataFrame, station: StationSchema, neighbour: Neighbour) -> pd.DataFrame:
    names = [column.name for column in station.columns if column.neighbour == neighbour.name]
    return pd.DataFrame(np.nan, index=readings.index, columns=names)


def _told(neighbour: Neighbour, station: StationSchema, part: pd.DataFrame | None, problem: str) -> JoinedNeighbour:
    schema = neighbour.described
    place = place_of(station, schema) if schema else ""
    told = JoinedNeighbour(name=neighbour.name, place=place, available_after=neighbour.available_after, problem=problem)
    if part is None:
        return told
    known = part.notna().any(axis=1).to_numpy()
    first_last = [station.local.shown(part.index[row]) for row in np.flatnonzero(known)[[0, -1]]] if known.any() else []
    return told.model_copy(
        update={
            "share": float(known.mean()),
            "start": first_last[0] if first_last else None,
            "end": first_last[1] if first_last else None,
        }
    )
