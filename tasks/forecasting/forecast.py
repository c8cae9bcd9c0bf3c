"""One forecast from the newest readings: by the champion, or persistence where there is none."""

from __future__ import annotations

import logging
import math
from datetime import timedelta
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jena_models.curves.leads import curve_leads
from jena_models.settings import Settings
from jena_models.stations import StationSchema
from jena_models.stations.clock import seconds_of
from jena_models.stations.units import unit_of
from jena_models.weather_service.service import Service
from tasks.forecasting.forecast_words import sentence, stamp
from tasks.forecasting.forecasts_table import forecasts_table
from tasks.forecasting.made_forecast import Forecast, LeadForecast
from tasks.forecasting.rungs import Spoken, speak
from tasks.forecasting.tables.forecast_rows import COLUMNS, PERSISTENCE_VERSION
from tasks.readings import service_of
from tasks.registry import Champion, NoChampion, load_fallback
from tasks.workspace import Checked, task

FORECAST_SECONDS: Final = 300
WRITING_SECONDS: Final = 300

logger = logging.getLogger("jena")


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
        service_run=_shown_run(said.service_run),
        service_age_hours=_hours(said.issue_time, said.service_run),
        architecture=version.architecture if version and said.rung != "climatology" else said.rung,
        data_hash=checked.ingested.source.key,
        curve=_curve(said, service, percent, station),
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


def _curve(said: Spoken, service: Service | None, percent: int, station: StationSchema) -> tuple[LeadForecast, ...]:
    return tuple(
        LeadForecast(
            horizon_hours=row["horizon_hours"],
            valid_time=station.local.shown(row["valid_time"].to_datetime64()),
            forecast=row["forecast"],
            lower=_number(row.get(f"lower_{percent}")),
            upper=_number(row.get(f"upper_{percent}")),
            service=_number(of_service),
            service_run=_shown_run(row.get("service_run")),
        )
        for (_, row), of_service in zip(
            said.curve.iterrows(), _said_by_service(service, station.target, said), strict=True
        )
    )


def _said_by_service(service: Service | None, target: str, said: Spoken) -> NDArray[np.float64]:
    """Give what the service was known to say of the target at each lead, NaN where nothing, shape (leads,)."""
    valid = seconds_of(pd.DatetimeIndex(said.curve["valid_time"]))
    issued = np.full(len(valid), seconds_of(pd.DatetimeIndex([said.issue_time]))[0])
    known = service.known_of(target, issued, valid) if service is not None else None
    return np.full(len(valid), np.nan) if known is None else known.values[:, 0]


def _hours(issued: pd.Timestamp, run: pd.Timestamp | None) -> float | None:
    return None if run is None else (issued - run).total_seconds() / 3600


def _shown_run(run: pd.Timestamp | None) -> str:
    return "" if run is None or pd.isna(run) else f"{run.isoformat()}Z"


def _number(value: Any) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value
