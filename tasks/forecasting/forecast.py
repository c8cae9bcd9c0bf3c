"""One forecast from the newest readings: by the champion, or persistence where there is none."""

from __future__ import annotations

import logging
import math
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, Literal

import pandas as pd
from prefect import task
from prefect.cache_policies import NO_CACHE

from jena_models.errors import DataInvalidError, JenaError, RescoringError
from jena_models.evaluation.metrics import PERSISTENCE
from jena_models.frozen import Frozen
from jena_models.settings import Settings
from jena_models.stations import StationSchema
from jena_models.stations.units import unit_of
from tasks.forecasting.forecasts_table import (
    COLUMNS,
    PERSISTENCE_VERSION,
    add_forecasts,
    forecasts_folder,
    read_forecasts,
)
from tasks.registry import Champion
from tasks.workspace import Checked, Justify, as_text, plain_table

FORECAST_SECONDS: Final = 300
WRITING_SECONDS: Final = 300

SHOWN: Final[dict[str, Justify]] = {
    "issued": "left",
    "for": "left",
    "forecast": "right",
    "between": "right",
    "same as now": "right",
    "by": "left",
}

logger = logging.getLogger("jena")


class Forecast(Frozen):
    """What was said, when, and of what; times by the station's clock with its offset, values in the target's unit."""

    issue_time: datetime
    """Of the last reading that it was made from."""
    valid_time: datetime
    horizon_hours: float
    forecast: float
    lower: float | None
    """Where the interval begins; None where the version gives none, and for persistence."""
    upper: float | None
    level: float
    """The share of what comes true that the interval is to hold."""
    persistence: float
    """The target at issue time."""
    unit: str
    model: str
    """The registered model's name."""
    version: int
    """0 where persistence stands in."""
    standing: Literal["champion", "persistence"]
    architecture: str
    data_hash: str
    """Of the readings that it was made from."""
    written: bool = False
    """Whether it is new in the table."""
    picture: Path | None = None


@task(name="forecast", cache_policy=NO_CACHE, timeout_seconds=FORECAST_SECONDS)
def make_forecast(
    checked: Checked, champion: Champion | None, model_name: str, station: StationSchema, settings: Settings
) -> Forecast:
    """Give the forecast of the champion, or of persistence where there is none.

    Raises:
        HistoryIncompleteError: where the readings do not cover the history that the champion needs.
        RescoringError: where the champion cannot forecast.
    """
    readings = pd.read_parquet(checked.readings)
    target = readings[station.target].dropna()
    if target.empty:
        raise DataInvalidError(f"No reading of {station.target} is left to forecast from; mend the readings.")
    row = _same_as_now(target, settings) if champion is None else _said_by(champion, readings)
    issue_time, valid_time = pd.Timestamp(row["issue_time"]), pd.Timestamp(row["valid_time"])
    percent = round(settings.forecasting.level * 100)
    made = Forecast(
        issue_time=station.local.shown(issue_time.to_datetime64()),
        valid_time=station.local.shown(valid_time.to_datetime64()),
        horizon_hours=(valid_time - issue_time).total_seconds() / 3600,
        forecast=float(row["forecast"]),
        lower=_number(row.get(f"lower_{percent}")),
        upper=_number(row.get(f"upper_{percent}")),
        level=settings.forecasting.level,
        persistence=float(target.loc[:issue_time].iloc[-1]),
        unit=unit_of(station.target),
        model=model_name,
        version=champion.version if champion else PERSISTENCE_VERSION,
        standing="champion" if champion else PERSISTENCE,
        architecture=champion.architecture if champion else PERSISTENCE,
        data_hash=checked.ingested.source.key,
    )
    logger.info("%s", sentence(made))
    return made


@task(name="add to the forecasts table", cache_policy=NO_CACHE, timeout_seconds=WRITING_SECONDS)
def keep_forecast(made: Forecast, station: StationSchema) -> Forecast:
    """Add a forecast to the table, unless it holds the like; says which.

    Raises:
        ForecastsTableError: where the table cannot be read.
    """
    row = made.model_dump(include=set(COLUMNS)) | {"lower": _or_nan(made.lower), "upper": _or_nan(made.upper)}
    written = add_forecasts(made.model, pd.DataFrame([row]), station.local) == 1
    if not written:
        issued = station.local.utc(made.issue_time)
        before = read_forecasts(made.model, station.local, issued, issued)
        same = (before["version"] == made.version) & (before["horizon_hours"] == made.horizon_hours)
        first = before[same].iloc[0]
        if first["data_hash"] != made.data_hash:
            logger.warning(
                "What was said at %s is in the table already and stays, though of other readings: %.1f %s.",
                stamp(made.issue_time),
                first["forecast"],
                made.unit,
            )
    return made.model_copy(update={"written": written})


def sentence(made: Forecast) -> str:
    """Give the forecast in words."""
    interval = "" if made.lower is None else f" ({made.lower:.1f} to {made.upper:.1f} with {made.level * 100:g} %)"
    return (
        f"{made.forecast:.1f} {made.unit}{interval} at {stamp(made.valid_time)}, {made.horizon_hours:g} hours "
        f"after the last reading of {stamp(made.issue_time)} ({made.persistence:.1f} {made.unit}), "
        f"says {_by(made)}."
    )


def render(made: Forecast) -> str:
    """Give the forecast as a table for a terminal."""
    table = plain_table(f"{made.model} (times are UTC{made.valid_time:%z})", SHOWN)
    table.add_row(
        f"{made.issue_time:%Y-%m-%d %H:%M}",
        f"{made.valid_time:%Y-%m-%d %H:%M}",
        f"{made.forecast:.2f} {made.unit}",
        "" if made.lower is None else f"{made.lower:.2f} and {made.upper:.2f} ({made.level * 100:g} %)",
        f"{made.persistence:.2f} {made.unit}",
        _by(made),
    )
    where = "Added to" if made.written else "Already in"
    picture = f"\nThe picture is {made.picture}." if made.picture else ""
    return as_text(table, f"{where} {forecasts_folder(made.model)}.{picture}")


def stamp(time: datetime) -> str:
    """Give a time of the station's clock as people read it, with its offset."""
    return f"{time:%Y-%m-%d %H:%M} {time:%z}"


def _same_as_now(target: pd.Series, settings: Settings) -> pd.Series:
    now = target.index[-1]
    horizon = timedelta(hours=settings.horizon_hours)
    return pd.Series({"issue_time": now, "valid_time": now + horizon, "forecast": target.iloc[-1]})


def _said_by(champion: Champion, readings: pd.DataFrame) -> pd.Series:
    name = f"Version {champion.version} of {champion.model}"
    try:
        row = champion.forecaster.forecast(readings).iloc[0]
    except JenaError:
        raise
    except Exception as error:  # a version of another time may fail in any way
        raise RescoringError(f"{name} cannot forecast: {' '.join(str(error).split())[:300]}") from error
    if not math.isfinite(row["forecast"]):
        raise RescoringError(f"{name} forecasts no number; look at it with `jena registry show`, or roll it back.")
    return row


def _by(made: Forecast) -> str:
    return f"version {made.version}, {made.architecture}" if made.version else "persistence, there being no champion"


def _number(value: Any) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value
