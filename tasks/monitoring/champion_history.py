"""Earlier years, as the champion knew them: its readings, and what it forecasts of those that it was not trained on."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from jena_models.evaluation.intervals import percent
from jena_models.evaluation.metrics import PERSISTENCE
from jena_models.monitoring.day import COMPARED, Past, Record, past_of
from jena_models.monitoring.earlier_years import thinned
from jena_models.monitoring.live_scores import verified
from jena_models.settings import Settings
from jena_models.stations import StationSchema
from tasks.monitoring.promised_scores import Promise
from tasks.readings import ingested_before
from tasks.registry import Champion
from tasks.workspace import Ingested, stage, task

VERSION: Final = 7
"""Raise it when the same readings and champion would come out otherwise."""

LONGEST_SECONDS: Final = 1800

logger = logging.getLogger("jena")


@task(name="look at earlier years", timeout_seconds=LONGEST_SECONDS)
def earlier_years(
    champion: Champion | None,
    promise: Promise,
    ingested: Ingested,
    station: StationSchema,
    *,
    settings: Settings,
    end: datetime,
) -> Path:
    """Give the folder with the figures of every week of earlier years, for the champion; computed once a champion.

    They are those of the readings that it was trained and chosen on, where the cache has them still, else those of
    the monitored source before the year of `end`. Without a champion they are those of persistence.
    """
    known = ingested_before(promise.data, station) if promise.data else None
    readings_path, key, before = known, promise.data, None
    if readings_path is None:
        readings_path, key, before = ingested.readings, ingested.key, datetime(end.year, 1, 1)
    parts = {
        "readings": key,
        "before": str(before),
        "station": station,
        "model": champion.model if champion else PERSISTENCE,
        "champion": champion.version if champion else 0,
        "horizon": settings.horizon_hours,
        "level": settings.forecasting.level,
    }

    def write(folder: Path) -> None:
        readings = pd.read_parquet(readings_path)
        readings = readings if before is None else readings.loc[: pd.Timestamp(before - station.local.standard_offset)]
        columns = [name for name in _inputs(champion, station) if name in readings]
        hindcast = hindcast_of(champion, promise, readings, station, settings)
        days = f"{_days(readings):,}"
        logger.info("Computing what %s days of earlier years lead to expect, once for each champion.", days)
        inputs = by_standard_time(readings[columns], station)
        for group, record in past_of(inputs, by_standard_time(hindcast, station)).items():
            record.values.to_parquet(folder / f"{group}.parquet")
            record.figures.to_parquet(folder / f"{group}_figures.parquet")

    return stage("earlier_years", VERSION, parts, write)


def by_standard_time(table: pd.DataFrame, station: StationSchema) -> pd.DataFrame:
    """Give a table that is indexed by UTC by the station's clock without daylight saving: its midnights begin days."""
    index = pd.DatetimeIndex(station.local.standard_time(table.index.to_numpy()), name=table.index.name)
    return table.set_axis(index)


def load_past(folder: Path) -> Past:
    """Read what `earlier_years` left."""
    return {
        group: Record(
            pd.read_parquet(folder / f"{group}.parquet"), pd.read_parquet(folder / f"{group}_figures.parquet")
        )
        for group in COMPARED
    }


def hindcast_of(
    champion: Champion | None, promise: Promise, readings: pd.DataFrame, station: StationSchema, settings: Settings
) -> pd.DataFrame:
    """Give what the champion, or persistence, says of readings that it was not trained on, beside what came.

    As `jena_models.monitoring.live_scores.verified` gives it; empty where all readings were trained on.
    """
    sparse = thinned(by_standard_time(readings, station))
    sparse = sparse.set_axis(station.local.from_standard_time(sparse.index.to_numpy()))
    after = pd.Timestamp(promise.trained_until) if champion and promise.trained_until else sparse.index[:1].min()
    if champion:
        steps = champion.forecaster.preparation
        after += timedelta(minutes=steps.steps * steps.sampling_minutes)
    issued = pd.DatetimeIndex(sparse.index[sparse.index > after])
    table = forecasts_at(champion, readings, issued, station, settings)
    return verified(table, readings[station.target])


def forecasts_at(
    champion: Champion | None,
    readings: pd.DataFrame,
    issued: pd.DatetimeIndex,
    station: StationSchema,
    settings: Settings,
) -> pd.DataFrame:
    """Give the forecasts made at some times: `issue_time`, `valid_time`, `forecast`, `persistence`, `lower`, `upper`.

    Those whose history or persistence is not there are left out.
    """
    persistence = readings[station.target].reindex(issued).to_numpy(dtype=np.float64)
    forecasts, lower = persistence, np.full(len(issued), np.nan)
    upper = lower
    if champion and len(issued):
        said = champion.forecaster.forecasts_at(readings, issued)
        forecasts = said["forecast"].to_numpy(dtype=np.float64)
        # Bounds lie about what the model says; where that cannot be, as power below 0, what is said is another value.
        if (name := f"lower_{percent(settings.forecasting.level)}") in said:
            lower, upper = (said[each].to_numpy(dtype=np.float64) for each in (name, name.replace("lower", "upper")))
    table = pd.DataFrame(
        {
            "issue_time": issued,
            "valid_time": issued + timedelta(hours=settings.horizon_hours),
            "forecast": forecasts,
            "persistence": persistence,
            "lower": lower,
            "upper": upper,
        }
    )
    return table[table["forecast"].notna() & table["persistence"].notna()].reset_index(drop=True)


def _inputs(champion: Champion | None, station: StationSchema) -> tuple[str, ...]:
    if champion:
        return champion.forecaster.preparation.columns
    return tuple(column.name for column in station.columns if column.kind != "derived")


def _days(readings: pd.DataFrame) -> int:
    return int((readings.index[-1] - readings.index[0]).days) if len(readings) else 0
