"""The newest readings of a source, and nothing later than the moment that a forecast is made at."""

from __future__ import annotations

import hashlib
import logging
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from jena_models.errors import ReadingsStaleError, RequestError
from jena_models.options.readings_options import Validation
from jena_models.settings import Settings
from jena_models.stations import StationSchema
from jena_models.stations.cleaned.cleaning import clean
from jena_models.stations.clock import oldest_hours
from jena_models.stations.raw_readings import RawReadings
from tasks.readings.ingestion import ingested_in, raw_readings, write_readings
from tasks.readings.locating import NeededDays
from tasks.readings.neighbour_readings import warn_of_neighbours, with_joined_neighbours
from tasks.validation import checked_by, observe_or_inspect
from tasks.workspace import (
    Checked,
    Ingested,
    Source,
    cache_folder,
    forget_old,
    keeping_in,
    places,
    stage,
    stage_folder,
    task,
)

VERSION: Final = 23

KEPT: Final = 48
"""Results of each stage that are kept, two days of hourly forecasts: a study's stay, these would pile up."""
KEPT_SECONDS: Final = 600
"""A fleet's stations make more than that at once, and each reads its own within this."""

LEAST_DAYS: Final = 1e-6
"""Less than a cadence: a single reading may be checked."""

READING_SECONDS: Final = 300
CHECKING_SECONDS: Final = 600

logger = logging.getLogger("jena")


@task(name="read the newest readings", timeout_seconds=READING_SECONDS)
def recent_readings(
    source: Source, station: StationSchema, settings: Settings, moment: datetime, *, asked: bool = False
) -> Ingested:
    """Give the cleaned readings of the last days up to a moment; those after it are dropped before anything else.

    They end with the last reading that holds a value at all: what a forecast can do without
    is for those to say that make it. The source's key becomes the hash of these readings alone, so that later ones do
    not change it.

    Args:
        source: a file of readings.
        station: the schema of the columns.
        settings: how many days, and how old the newest reading may be.
        moment: in UTC, without a zone.
        asked: whether a person named the moment; else it is now.

    Raises:
        RequestError: where no reading lies before the moment.
        ReadingsStaleError: where the newest one is too old.
        SourceUnreadableError: where the source does not hold readings of the station.
    """
    alone = station.alone
    raw = raw_readings(source, station, needed_days(station, settings, moment, asked=asked).since)
    newest = raw.newest(alone, moment)
    if newest is None:
        raw = raw_readings(source, station)
        newest = _newest(raw, alone, moment, source.origin)
    times = raw.table.index.to_numpy().astype("datetime64[s]")
    _require_fresh(newest, moment, settings, station, source.origin, asked=asked)
    later = int((times > np.datetime64(moment, "s")).sum())
    if later and not asked:
        logger.warning(
            "%d readings of %s are later than now (%s) and are not used; the station file says with 'clock' what its "
            "time stamps are in.",
            later,
            source.origin,
            shown(moment, station),
        )
    days = _span(settings)
    within = (times <= np.datetime64(newest, "s")) & (times > np.datetime64(newest - days, "s"))
    readings, report = clean(replace(raw, table=raw.table[within]), alone, is_record=False)
    readings, report = with_joined_neighbours(readings, report, source, station, since=newest - days, until=moment)
    parts = {"readings": _hash(readings), "station": station}
    with own_cache():
        folder = stage("recent", VERSION, parts, lambda to: write_readings(to, readings, report))
    ingested = ingested_in(folder, source.model_copy(update={"key": parts["readings"]}))
    logger.info("Newest readings of %s: %s", source.origin, ingested.report.summary())
    warn_of_neighbours(ingested.report)
    return ingested


def kept_recent(key: str, station: StationSchema) -> Path | None:
    """Give the readings that a forecast was made from; None where they are gone: those of the last forecasts stay.

    Args:
        key: of them, which the table of forecasts has as `data_hash`.
        station: the schema of the columns.
    """
    with own_cache():
        readings = stage_folder("recent", VERSION, {"readings": key, "station": station}) / "readings.parquet"
    return readings if readings.is_file() else None


@task(name="check the newest readings", timeout_seconds=CHECKING_SECONDS)
def check_recent(ingested: Ingested, station: StationSchema, settings: Settings) -> Checked:
    """Give what the study's own validation leaves of the newest readings: what is impossible or stuck is missing.

    It is asked of pandas, in a tenth of a second; Great Expectations, which takes five, makes its pages where something
    stops the forecast.

    Raises:
        DataInvalidError: where they are no readings of the station at all.
    """
    with own_cache():
        checked = checked_by(observe_or_inspect, ingested, station, that_stop_nothing(settings.validation))
        for made in ("recent", "validate", "service"):
            forget_old((cache_folder() / made).glob("[!.]*"), KEPT, KEPT_SECONDS)
    return checked


def that_stop_nothing(validation: Validation) -> Validation:
    """Give limits under which a broken sensor's values are set aside, however many, and few readings are enough.

    What is left may be little: a study can wait for a person to mend it, a forecast cannot.
    """
    few = {"least_days": LEAST_DAYS, "within_limits": 0.0, "flat_share": 1.0, "stuck_values": "set aside"}
    return validation.model_copy(update=few)


def _newest(raw: RawReadings, station: StationSchema, moment: datetime, origin: str) -> datetime:
    newest = raw.newest(station, moment)
    if newest is not None:
        return newest
    held = raw.times_with_values(station)
    advice = f"the first is of {shown(held.min(), station)}; name a later time with --at" if len(held) else "mend it"
    raise RequestError(f"{origin} holds no reading up to {shown(moment, station)}: {advice}.")


def needed_days(station: StationSchema, settings: Settings, moment: datetime, *, asked: bool) -> NeededDays:
    """Give what of a record a forecast of a moment can come to need, so that of a table no more is read.

    Args:
        station: whose neighbours may be known later than they measured.
        settings: how many days are checked, and how old the newest reading may be.
        moment: in UTC, without a zone.
        asked: whether a person named the moment; else it is now.
    """
    oldest = moment - timedelta(hours=oldest_hours(settings.forecasting.max_age_hours, station.step_minutes))
    late = timedelta(hours=max((each.available_after for each in station.named_neighbours), default=0.0))
    steps = [each.described.step_minutes for each in station.named_neighbours if each.described is not None]
    before = late + timedelta(minutes=max([station.step_minutes, *steps]))
    return NeededDays(oldest - _span(settings) - before, oldest, moment, asked)


def _span(settings: Settings) -> timedelta:
    """Give how far before the newest reading the readings of a forecast begin."""
    return max(timedelta(days=settings.forecasting.days), timedelta(hours=settings.history_hours, days=1))


def _require_fresh(
    newest: datetime, moment: datetime, settings: Settings, station: StationSchema, origin: str, *, asked: bool
) -> None:
    age, most = moment - newest, oldest_hours(settings.forecasting.max_age_hours, station.step_minutes)
    if age <= timedelta(hours=most):
        return
    old = f"{age / timedelta(hours=1):.1f} hours" if age < timedelta(days=4) else f"{age.days:,} days"
    when = shown(moment, station) if asked else f"now, {shown(moment, station)}"
    then = station.local.shown(newest).isoformat(timespec="minutes")
    raise ReadingsStaleError(
        f"The newest reading of {origin} is of {shown(newest, station)}, {old} before {when}, and may be at most "
        f"{most:g} hours old: give newer readings, ask with --at {then} what "
        "would have been said then, or raise forecasting.max_age_hours."
    )


def _hash(readings: pd.DataFrame) -> str:
    digest = hashlib.sha256("\n".join(readings.columns).encode())
    digest.update(readings.index.to_numpy().astype("datetime64[s]").tobytes())
    digest.update(np.ascontiguousarray(readings.to_numpy(dtype=np.float64)).tobytes())
    return digest.hexdigest()[:16]


def own_cache() -> AbstractContextManager[None]:
    """Keep what is made apart from what studies made, which is kept for good."""
    return keeping_in(places().model_copy(update={"cache": cache_folder() / "forecast"}))


def shown(time: datetime | np.datetime64, station: StationSchema) -> str:
    """Give a time in UTC as people at the station read it."""
    return f"{station.local.shown(time):%Y-%m-%d %H:%M %z}"
