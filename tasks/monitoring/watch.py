"""One day under watch: judged, decided on, kept."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from jena_models.curves.leads import CURVE_HOURS
from jena_models.errors import SourceUnreadableError, StoreUnreachableError
from jena_models.evaluation.metrics import PERSISTENCE
from jena_models.monitoring.check import Check
from jena_models.monitoring.day import examine
from jena_models.monitoring.decision import decide
from jena_models.monitoring.earlier_years import WINDOWS_DAYS
from jena_models.monitoring.live import Live
from jena_models.monitoring.neighbour_watch import columns_in_trouble, neighbour_troubles
from jena_models.monitoring.service_checks import service_checks
from jena_models.settings import Settings
from jena_models.stations import StationSchema
from jena_models.weather_service.service import Service
from tasks.forecasting import PERSISTENCE_VERSION, TIMES, read_forecasts
from tasks.monitoring.champion_history import by_standard_time, load_past
from tasks.monitoring.judged_days import MonitoredDay, read_days, remembered, write_day
from tasks.monitoring.monitoring_run import track_day
from tasks.monitoring.promised_scores import Promise, promise_of
from tasks.registry import Champion, NoChampion
from tasks.workspace import BACK_OFF_SECONDS, Ingested, only_after, task

JUDGING_SECONDS: Final = 600
KEEPING_SECONDS: Final = 600
LOOKED_AT: Final = timedelta(days=WINDOWS_DAYS[-1] + 1)
"""What forecasts are judged over, by their valid time; what was issued earlier is not read."""

logger = logging.getLogger("jena")


@task(
    name="read what was promised",
    retry_delay_seconds=BACK_OFF_SECONDS,
    retry_condition_fn=only_after(StoreUnreachableError),
    timeout_seconds=KEEPING_SECONDS,
)
def promised(champion: Champion | None, level: float) -> Promise:
    """Give what validation promised of the champion; nothing where there is none.

    Raises:
        StoreUnreachableError: where the store cannot be used.
    """
    return promise_of(champion.model, champion.version, level) if champion else Promise()


@task(name="judge the day", timeout_seconds=JUDGING_SECONDS)
def judge_day(
    ingested: Ingested,
    past: Path,
    *,
    model_name: str,
    champion: Champion | NoChampion | None,
    promise: Promise,
    end: datetime,
    station: StationSchema,
    settings: Settings,
    service: Service | None = None,
) -> MonitoredDay:
    """Give every figure of the day that begins at `end`, by what there was until then, and what is to be done.

    Only forecasts of the version that is the champion now count; of a weather service, what could be had by then.
    Where the champion is lost, persistence stands in and the rest is judged.

    Raises:
        SourceUnreadableError: where the source holds nothing up to then.
    """
    by_utc = pd.read_parquet(ingested.readings)
    readings = by_standard_time(by_utc, station).loc[: pd.Timestamp(end)]
    if readings.empty:
        raise SourceUnreadableError(
            f"{ingested.source.origin} holds no reading up to {end:%Y-%m-%d %H:%M}; name a later day with --at."
        )
    version, architecture = PERSISTENCE_VERSION, PERSISTENCE
    if isinstance(champion, Champion):
        version, architecture = champion.version, champion.architecture
    last = end - station.local.standard_offset
    curves = _curves(model_name, version, last, station, settings)
    headlines = curves[np.isclose(curves["horizon_hours"], settings.horizon_hours)]
    days = read_days(model_name, before=end.date())
    troubles = neighbour_troubles(
        by_utc,
        station,
        settings.monitoring,
        end=last,
        cadence_minutes=ingested.report.cadence_minutes,
        resting_hours=settings.validation.resting_hours,
        reasons={each.name: each.problem for each in ingested.report.neighbours},
        before=days[-1].neighbours if days else (),
    )
    readings = readings.drop(columns=[c for c in columns_in_trouble(troubles, station) if c in readings])
    live = Live(readings, ingested.report.measured, ingested.report.cadence_minutes, headlines, end, curves)
    checks = examine(live, load_past(past), station, settings.monitoring, settings.validation.resting_hours)
    expected = [source.name for source in station.forecasts]
    checks += service_checks(
        service, expected, by_utc, last, settings.horizon_hours, settings.monitoring, station.target
    )
    if isinstance(champion, NoChampion):
        checks.insert(0, _lost(champion))
    if not any(check.limit is not None for check in checks if check.group == "inputs"):
        logger.warning("The inputs' drift is not judged: too little is known of the same weeks of earlier years.")
    decision = decide(checks, end.date(), remembered(days), settings.monitoring, version)
    return MonitoredDay(
        model=model_name,
        version=version,
        architecture=architecture,
        day=end.date(),
        source=ingested.source.origin,
        promise=promise,
        checks=tuple(checks),
        decision=decision,
        neighbours=troubles,
    )


@task(
    name="keep the day",
    retry_delay_seconds=BACK_OFF_SECONDS,
    retry_condition_fn=only_after(StoreUnreachableError),
    timeout_seconds=KEEPING_SECONDS,
)
def keep_day(monitored: MonitoredDay, experiment: str) -> MonitoredDay:
    """Write the day, and log it to the model's monitoring run; what is there already stays as it is.

    Raises:
        StoreUnreachableError: where the store cannot be used; the day is written none the less.
    """
    write_day(monitored)
    track_day(monitored, experiment)
    log = logger.info if monitored.decision.action == "nothing" else logger.warning
    log("%s, %s: %s", monitored.model, monitored.day, monitored.decision.sentence)
    for trouble in monitored.neighbours:
        logger.warning("%s, %s: %s", monitored.model, monitored.day, trouble.sentence())
    return monitored


def _curves(model_name: str, version: int, last: datetime, station: StationSchema, settings: Settings) -> pd.DataFrame:
    """Give the rows of a version's forecasts that are judged at a moment, by the station's clock as readings are."""
    longest = max(CURVE_HOURS, settings.horizon_hours, *(settings.leads_hours or ()))
    first = last - LOOKED_AT - timedelta(hours=longest)
    forecasts = read_forecasts(model_name, station.local, first, last, place=settings.forecasting.table)
    own = forecasts[forecasts["version"] == version]
    return own.assign(**{name: station.local.standard_time(own[name].to_numpy()) for name in TIMES})


def _lost(lost: NoChampion) -> Check:
    return Check(
        group="champion", subject="champion", figure="readable", value=0.0, limit=1.0, bad="below", told=lost.why
    )
