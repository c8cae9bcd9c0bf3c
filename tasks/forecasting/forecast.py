"""One forecast from the newest readings: by the champion, or persistence where there is none."""

from __future__ import annotations

import logging
import math
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jena_models.curves.leads import curve_leads
from jena_models.frozen import Frozen
from jena_models.report.number_format import digits_of
from jena_models.settings import Settings
from jena_models.stations import StationSchema
from jena_models.stations.clock import offset_name
from jena_models.stations.units import unit_of
from jena_models.weather_service.service import Service
from jena_models.windows.history import seconds_of
from tasks.forecasting.forecast_rows import COLUMNS, PERSISTENCE_VERSION
from tasks.forecasting.forecasts_table import forecasts_table
from tasks.forecasting.rungs import PARTS, WHOLE, Rung, Spoken, speak
from tasks.readings import service_of
from tasks.registry import Champion, NoChampion, load_fallback
from tasks.workspace import Checked, Justify, as_text, plain_table, task

if TYPE_CHECKING:
    from rich.table import Table

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

CURVE_SHOWN: Final[dict[str, Justify]] = {"day": "left", "time": "left", "forecast": "right", "between": "right"}
MOST_SHOWN: Final = 16
"""Leads of a curve on a terminal."""

logger = logging.getLogger("jena")


class LeadForecast(Frozen):
    """What was said of one lead; times and values as in `Forecast`."""

    horizon_hours: float
    """The lead: from the issue time to the valid time."""
    valid_time: datetime
    forecast: float
    lower: float | None
    upper: float | None
    service: float | None = None
    """What the weather service said of it by then, where it forecasts the target."""


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
    persistence: float | None
    """The target's last value at issue time; None where there is none."""
    persistence_time: datetime | None = None
    """Of that value, where it is older than the issue time."""
    unit: str
    model: str
    """The registered model's name."""
    version: int
    """Of what spoke; 0 for persistence."""
    rung: Rung
    """Who spoke: the champion, or what stands in for it."""
    missing: str
    """The columns that were missing from the history, by commas."""
    why: str
    """Why nothing higher spoke; empty where the champion did."""
    service_run: str = ""
    """The issue time of the weather service's run that was used, in UTC; empty where none was."""
    service_age_hours: float | None = None
    """How old that run was at the issue time."""
    architecture: str
    data_hash: str
    """Of the readings that it was made from."""
    curve: tuple[LeadForecast, ...] = ()
    """What was said of each lead, the shortest first, the horizon's among them."""
    written: bool = False
    """Whether it is new in the table."""
    table: str = ""
    """Where the table is that it is kept in."""
    picture: Path | None = None

    @property
    def digits(self) -> int:
        """How many digits after the point tell what was said apart: one of temperatures, three of shares."""
        of_leads = [value for lead in self.curve for value in (lead.forecast, lead.lower, lead.upper)]
        told = [self.forecast, self.lower, self.upper, self.persistence, *of_leads]
        known = [value for value in told if value is not None]
        return digits_of(max(known) - min(known))


@task(name="forecast", timeout_seconds=FORECAST_SECONDS)
def make_forecast(
    checked: Checked,
    champion: Champion | NoChampion | None,
    model_name: str,
    station: StationSchema,
    settings: Settings,
) -> Forecast:
    """Give the forecast of the champion, or of the highest below it that can speak; see `tasks.forecasting.rungs`.

    Raises:
        DataInvalidError: where there is nothing to forecast from.
    """
    readings = pd.read_parquet(checked.readings)
    asked = champion or NoChampion("there is no champion yet", model_name, has_one=False)
    service, horizon, leads_hours = service_of(checked), timedelta(hours=settings.horizon_hours), settings.leads_hours
    if leads_hours is None:
        leads_hours = curve_leads(None, settings.horizon_hours, checked.cadence_minutes)
    if isinstance(asked, Champion):
        asked = asked.fed(service)

    def fallback(model: str) -> Champion | None:
        found = load_fallback(model)
        return found and found.fed(service)

    said = speak(readings, station.target, asked, fallback, horizon, leads_hours=leads_hours)
    by_service = _said_by_service(service, station.target, said)
    percent, version = round(settings.forecasting.level * 100), said.version
    known = readings[station.target].loc[: said.issue_time].dropna()
    made = Forecast(
        issue_time=station.local.shown(said.issue_time.to_datetime64()),
        valid_time=station.local.shown(said.valid_time.to_datetime64()),
        horizon_hours=(said.valid_time - said.issue_time).total_seconds() / 3600,
        forecast=said.forecast,
        lower=_number(said.bounds.get(f"lower_{percent}")),
        upper=_number(said.bounds.get(f"upper_{percent}")),
        level=settings.forecasting.level,
        persistence=float(known.iloc[-1]) if len(known) else None,
        persistence_time=station.local.shown(known.index[-1].to_datetime64())
        if len(known) and known.index[-1] < said.issue_time
        else None,
        unit=unit_of(station.target),
        model=model_name,
        version=version.version if version else PERSISTENCE_VERSION,
        rung=said.rung,
        missing=said.missing,
        why=said.why,
        service_run=f"{said.service_run.isoformat()}Z" if said.service_run is not None else "",
        service_age_hours=_hours(said.issue_time, said.service_run),
        architecture=version.architecture if version and said.rung != "climatology" else said.rung,
        data_hash=checked.ingested.source.key,
        curve=tuple(
            LeadForecast(
                horizon_hours=row["horizon_hours"],
                valid_time=station.local.shown(row["valid_time"].to_datetime64()),
                forecast=row["forecast"],
                lower=_number(row.get(f"lower_{percent}")),
                upper=_number(row.get(f"upper_{percent}")),
                service=_number(of_service),
            )
            for (_, row), of_service in zip(said.curve.iterrows(), by_service, strict=True)
        ),
    )
    logger.info("%s", sentence(made))
    return made


@task(name="add to the forecasts table", timeout_seconds=WRITING_SECONDS)
def keep_forecast(made: Forecast, station: StationSchema, place: str | None = None) -> Forecast:
    """Add a forecast to the table at a place, a row a lead, unless it holds the like; says which.

    Raises:
        ForecastsTableError: where the table cannot be read or written.
    """
    table = forecasts_table(place)
    same = made.model_dump(include=set(COLUMNS)) | {"persistence": _or_nan(made.persistence)}
    rows = [
        same | lead.model_dump() | {name: _or_nan(getattr(lead, name)) for name in ("lower", "upper")}
        for lead in made.curve
    ]
    written = table.add(made.model, pd.DataFrame(rows), station.local) > 0
    if not written:
        issued = station.local.utc(made.issue_time)
        before = table.read(made.model, station.local, issued, issued, made.horizon_hours)
        first = before[before["version"] == made.version].iloc[0]
        if first["data_hash"] != made.data_hash:
            logger.warning(
                "What was said at %s is in the table already and stays, though of other readings: %s %s.",
                stamp(made.issue_time),
                f"{first['forecast']:z.{made.digits}f}",
                made.unit,
            )
    return made.model_copy(update={"written": written, "table": table.place(made.model)})


def sentence(made: Forecast) -> str:
    """Give the forecast in words."""
    digits = made.digits
    bounds = "" if made.lower is None else f"{made.lower:z.{digits}f} to {made.upper:z.{digits}f}"
    interval = f" ({bounds} with {made.level * 100:g} %)" if bounds else ""
    of = "" if made.persistence_time is None else f", of {stamp(made.persistence_time)}"
    now = "" if made.persistence is None else f" ({made.persistence:z.{digits}f} {made.unit}{of})"
    return (
        f"{made.forecast:z.{digits}f} {made.unit}{interval} at {stamp(made.valid_time)}, {made.horizon_hours:g} hours "
        f"after the last reading of {stamp(made.issue_time)}{now}, says {_by(made)}{_fed(made)}."
    )


def render(made: Forecast) -> str:
    """Give the forecast as a table for a terminal."""
    table = plain_table(f"{made.model} (times are {offset_name(made.valid_time.utcoffset() or timedelta())})", SHOWN)
    of = "" if made.persistence_time is None else f", of {made.persistence_time:%Y-%m-%d %H:%M}"
    digits = made.digits + 1 if made.digits else 0
    bounds = "" if made.lower is None else f"{made.lower:z.{digits}f} and {made.upper:z.{digits}f}"
    table.add_row(
        f"{made.issue_time:%Y-%m-%d %H:%M}",
        f"{made.valid_time:%Y-%m-%d %H:%M}",
        f"{made.forecast:z.{digits}f} {made.unit}",
        f"{bounds} ({made.level * 100:g} %)" if bounds else "",
        "" if made.persistence is None else f"{made.persistence:z.{digits}f} {made.unit}{of}",
        _by(made),
    )
    run = f"\nThe forecast is made{_fed(made).removeprefix(',')}." if made.service_run else ""
    curve = [_curve_table(made)] if len(made.curve) > 1 else []
    where = "Added to" if made.written else "Already in"
    picture = f"\nThe picture is {made.picture}." if made.picture else ""
    return as_text(table, *curve, f"{where} {made.table}.{run}{picture}")


def stamp(time: datetime) -> str:
    """Give a time of the station's clock as people read it, with its offset."""
    return f"{time:%Y-%m-%d %H:%M} {time:%z}"


def _curve_table(made: Forecast) -> Table:
    """Give the curve as a table, some hours apart, a section a day."""
    apart = -(-len(made.curve) // MOST_SHOWN)
    shown = [lead for place, lead in enumerate(made.curve, 1) if place % apart == 0]
    table = plain_table(f"The next {made.curve[-1].horizon_hours:g} hours, in {made.unit}", CURVE_SHOWN)
    day, digits = "", made.digits
    for lead in shown:
        before, day = day, f"{lead.valid_time:%a %d %b}"
        bounds = "" if lead.lower is None else f"{lead.lower:z.{digits}f} and {lead.upper:z.{digits}f}"
        value = f"{lead.forecast:z.{digits}f}"
        table.add_row("" if day == before else day, f"{lead.valid_time:%H:%M}", value, bounds)
    return table


def _by(made: Forecast) -> str:
    without = f" without {made.missing}" if made.missing and made.rung != "climatology" else ""
    if made.rung in (WHOLE, PARTS):
        return f"version {made.version}, {made.architecture}{without}"
    spoke = f"the fallback, version {made.version}{without}" if made.rung == "fallback" else made.rung
    return f"{spoke}, since {made.why}"


def _said_by_service(service: Service | None, target: str, said: Spoken) -> NDArray[np.float64]:
    """Give what the service was known to say of the target at each lead, NaN where nothing, shape (leads,)."""
    valid = seconds_of(pd.DatetimeIndex(said.curve["valid_time"]))
    issued = np.full(len(valid), seconds_of(pd.DatetimeIndex([said.issue_time]))[0])
    known = service.known_of(target, issued, valid) if service is not None else None
    return np.full(len(valid), np.nan) if known is None else known.values[:, 0]


def _hours(issued: pd.Timestamp, run: pd.Timestamp | None) -> float | None:
    return None if run is None else (issued - run).total_seconds() / 3600


def _fed(made: Forecast) -> str:
    return f", with the weather service's run of {made.service_age_hours:g} h before" if made.service_run else ""


def _number(value: Any) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value
