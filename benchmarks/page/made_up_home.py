"""A home as the other commands leave it, made at once: stations that nobody measures, with a year of forecasts each.

Values are drawn at random about the course of the year and the day; forecasts are what came, off by an error that
grows with the lead. They say how the page looks and how fast it is, and nothing about how good any forecast is.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import yaml

from jena_models.monitoring.check import Check
from jena_models.monitoring.decision import Alarm, Decision
from jena_models.settings import Settings
from jena_models.stations import StationSchema, load_station
from tasks.monitoring import MonitoredDay, Promise
from tasks.page import ShownStation

RUNGS: Final = ("champion", "champion", "champion", "champion with parts missing", "fallback", "persistence")
GATES: Final = {
    "data": "None of 59 expectations failed; the readings are simulated, as the model's name says.",
    "persistence": "Its skill against persistence on validation is 0.118; at least 0.020 is asked for.",
    "champion": "There is no champion to beat yet.",
    "groups": "Against persistence it does least well in winter: 2.149 against 2.330 °C; worse by 0.100 is allowed.",
    "coverage": "Intervals of 80 % hold 83.5 % and those of 90 % hold 92.7 % of 16937 targets; 5 points off will do.",
    "reload": "On 16937 windows the version loaded back is at most 0 °C from the trained model; 0.0001 is allowed.",
}


FILE_DAYS: Final = 120
"""Of readings in a station's file: more than is read of its end."""


@dataclass(frozen=True)
class MadeUp:
    """A station that nobody measures."""

    name: str
    title: str
    latitude: float
    longitude: float
    clock: str
    silent_hours: float = 0.0
    """For how long no reading has come."""
    rung: str = "champion"
    """Who speaks of late."""
    action: str = "nothing"
    """What monitoring decided."""
    simulated: bool = True
    """Whether its model says that it is; one of a fleet whose readings are in files does not."""


SOME: Final = (
    MadeUp("jena", "Jena, Beutenberg", 50.91, 11.57, "UTC+01:00"),
    MadeUp("bremen", "Bremen, airport", 53.05, 8.80, "Europe/Berlin"),
    MadeUp("zugspitze", "Zugspitze", 47.42, 10.98, "Europe/Berlin", action="repair"),
    MadeUp("utrecht", "De Bilt", 52.10, 5.18, "Europe/Amsterdam"),
    MadeUp("praha", "Praha, Ruzyně", 50.10, 14.26, "Europe/Prague", rung="champion with parts missing"),
    MadeUp("krakow", "Kraków, Balice", 50.08, 19.80, "Europe/Warsaw", silent_hours=11.0),
    MadeUp("dijon", "Dijon, Longvic", 47.27, 5.09, "Europe/Paris", rung="fallback"),
    MadeUp("lund", "Lund", 55.70, 13.19, "Europe/Stockholm", action="wait"),
    MadeUp("innsbruck", "Innsbruck", 47.26, 11.36, "Europe/Vienna"),
    MadeUp("leeds", "Leeds, weather tower", 53.80, -1.55, "Europe/London"),
)


def many(count: int) -> list[MadeUp]:
    """Give so many stations over Europe, a few of them in trouble."""
    rng = np.random.default_rng(7)
    places = zip(rng.uniform(42, 60, count), rng.uniform(-5, 25, count), strict=True)
    return [
        MadeUp(
            name=f"s{number:04d}",
            title=f"Station {number}",
            latitude=round(float(north), 3),
            longitude=round(float(east), 3),
            clock="Europe/Berlin",
            silent_hours=30.0 if number % 97 == 5 else 0.0,  # noqa: PLR2004
            rung=RUNGS[number % len(RUNGS)],
            action="repair" if number % 89 == 3 else "nothing",  # noqa: PLR2004
            simulated=False,
        )
        for number, (north, east) in enumerate(places)
    ]


def shown(stations: Sequence[MadeUp], folder: Path) -> list[ShownStation]:
    """Write a station file for each and give what the page is to show."""
    shipped = load_station("jena").model_dump(mode="json", exclude={"addresses", "official_file", "official_rows"})
    settings = Settings(source="simulated")
    found = []
    for each in stations:
        told = {
            "name": each.name,
            "title": each.title,
            "credit": "nobody: made up",
            "latitude": each.latitude,
            "longitude": each.longitude,
            "clock": each.clock,
        }
        schema = StationSchema.model_validate(shipped | told | {"cadence_minutes": 60})
        file = folder / f"{each.name}.yaml"
        file.write_text(yaml.safe_dump(schema.model_dump(mode="json"), allow_unicode=True), encoding="utf-8")
        found.append(ShownStation(each.name, each.title, model_of(each), schema, settings))
    return found


def model_of(station: MadeUp) -> str:
    """Give the name of a station's registered model."""
    return f"{station.name}-temperature-24h{'-simulated' if station.simulated else ''}"


def make_fleet(folder: Path, stations: Sequence[MadeUp], now: datetime, max_age_hours: float) -> Path:
    """Write a file of hourly readings for each station, and the fleet file that lists them; gives the latter.

    Args:
        folder: of the files.
        stations: to make up.
        now: the time of the last readings.
        max_age_hours: how old they may be when a forecast is made, which is when they count as late.
    """
    end = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0, tzinfo=None)
    hours = pd.date_range(end=end, periods=24 * FILE_DAYS, freq="h", name="Date Time")
    listed = []
    for number, station in enumerate(stations):
        values = {"p (mbar)": 990.0, "T (degC)": _weather(hours, station, number).round(2), "rh (%)": 80.0}
        pd.DataFrame(values, index=hours).to_csv(folder / f"{station.name}.csv")
        place = {"latitude": station.latitude, "longitude": station.longitude}
        listed.append({"name": station.name, "title": station.title, "source": f"{station.name}.csv", **place})
    shipped = load_station("jena").model_dump(mode="json", exclude={"addresses", "official_file", "official_rows"})
    hourly = shipped | {"name": "hourly", "clock": "UTC", "cadence_minutes": 60}
    (folder / "hourly.yaml").write_text(json.dumps(hourly), encoding="utf-8")
    file = folder / "fleet.yaml"
    settings = {"forecasting.max_age_hours": max_age_hours}
    fleet = {"station": "hourly.yaml", "settings": settings, "stations": listed}
    file.write_text(json.dumps(fleet), encoding="utf-8")  # YAML reads it too
    return file


def add_reading(folder: Path, station: MadeUp, time: datetime) -> None:
    """Put a reading at the end of a station's file."""
    with (folder / f"{station.name}.csv").open("a", encoding="utf-8") as file:
        file.write(f"{time:%Y-%m-%d %H:%M:%S},990.0,{time.minute / 10:.2f},80.0\n")


def make_home(home: Path, stations: Sequence[MadeUp], now: datetime, days: int, leads: Sequence[int] = (24,)) -> None:
    """Write forecasts, judged days and a registry for stations, as commands would have left them.

    Args:
        home: what `JENA_HOME` names.
        stations: to make up.
        now: the time that it is, with its zone.
        days: of hourly forecasts.
        leads: hours ahead, a row each.
    """
    for number, station in enumerate(stations):
        write_forecasts(home, station, number, now, days, leads)
        _write_day(home, station, now)
    _register(home, stations, now)


def write_forecasts(  # noqa: PLR0917
    home: Path, station: MadeUp, seed: int, now: datetime, days: int, leads: Sequence[int] = (24,)
) -> None:
    """Write a station's table of forecasts, one partition a month, up to the last whole hour that it was heard of."""
    table = forecasts_of(station, seed, now, days, leads)
    for month, rows in table.groupby(table["issue_time"].dt.strftime("%Y-%m")):
        file = home / "forecasts" / model_of(station) / f"month={month}" / "forecasts.parquet"
        file.parent.mkdir(parents=True, exist_ok=True)
        beside = file.with_suffix(".partial")
        rows.to_parquet(beside, index=False)
        beside.replace(file)


def forecasts_of(station: MadeUp, seed: int, now: datetime, days: int, leads: Sequence[int]) -> pd.DataFrame:
    """Give the rows of a station's table of forecasts, in UTC."""
    end = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    last = end - timedelta(hours=station.silent_hours)
    longest = max(leads)
    hours = pd.date_range(end=end + timedelta(hours=longest), periods=24 * days + longest + 1, freq="h", tz="UTC")
    weather = _weather(hours, station, seed)
    issued = np.arange(24 * days + 1 - round(station.silent_hours))
    rng = np.random.default_rng(seed + 1)
    # Errors of neighbouring times and leads are alike: one course over the valid time, one over the issue time.
    by_valid, by_issue = _slow(rng, len(hours), 0.96), _slow(rng, len(hours), 0.9)
    parts = []
    for lead in leads:
        spread = 0.3 + 0.28 * math.sqrt(lead)
        said = weather[issued + lead] + spread * (0.8 * by_valid[issued + lead] + 0.6 * by_issue[issued])
        parts.append(
            pd.DataFrame(
                {
                    "issue_time": hours[issued],
                    "valid_time": hours[issued + lead],
                    "horizon_hours": float(lead),
                    "forecast": said,
                    "lower": said - 1.75 * spread,
                    "upper": said + 1.75 * spread,
                    "persistence": weather[issued],
                }
            )
        )
    table = pd.concat(parts).sort_values(["issue_time", "horizon_hours"], ignore_index=True)
    late = table["issue_time"] > last - timedelta(hours=12)
    return table.assign(
        model=model_of(station),
        version=3,
        data_hash=f"{seed:016x}",
        rung=np.where(late, station.rung, "champion"),
        missing=np.where(late & (station.rung == "champion with parts missing"), "rh (%)", ""),
    )


def _weather(hours: pd.DatetimeIndex, station: MadeUp, seed: int) -> np.ndarray:
    rng = np.random.default_rng(10_000 + seed)
    year = 2 * np.pi * (hours.day_of_year.to_numpy() - 20) / 365.25
    day = 2 * np.pi * (hours.hour.to_numpy() + station.longitude / 15 - 4) / 24
    mean = 24 - 0.3 * station.latitude
    warmth = mean - 9 * np.cos(year) - (3.2 - 1.6 * np.cos(year)) * np.cos(day)
    return warmth + 3.4 * _slow(rng, len(hours), 0.985) + 0.25 * rng.standard_normal(len(hours))


def _slow(rng: np.random.Generator, count: int, memory: float) -> np.ndarray:
    """Give noise of spread one that forgets slowly."""
    from scipy.signal import lfilter

    drawn = rng.standard_normal(count + 200) * math.sqrt(1 - memory**2)
    smooth: np.ndarray = lfilter([1.0], [1.0, -memory], drawn)[200:]
    return smooth


def _write_day(home: Path, station: MadeUp, now: datetime) -> None:
    stuck = Check(group="sensors", subject="rh (%)", figure="hours on one value", unit="h", value=31, limit=12)
    drift = Check(group="inputs", subject="p (mbar)", figure="distance", window_days=30, value=0.41, limit=0.32)
    alarm = {"repair": Alarm(check=stuck, days=1), "wait": Alarm(check=drift, days=4)}.get(station.action)
    begins = {"repair": "Mend this before anything is retrained", "wait": "Nothing new is retrained yet"}
    sentence = f"{begins[station.action]}: {alarm.sentence()}." if alarm else "Nothing is to be done."
    day = MonitoredDay(
        model=model_of(station),
        version=3,
        architecture="gradient_boosting",
        day=now.date(),
        source="simulated",
        promise=Promise(val_mae=2.15),
        checks=(stuck, drift),
        decision=Decision(action=station.action, sentence=sentence, alarms=(alarm,) if alarm else ()),
    )
    file = home / "monitoring" / day.model / f"{day.day.year}" / f"{day.day}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(day.model_dump_json(indent=1), encoding="utf-8")


def _register(home: Path, stations: Sequence[MadeUp], now: datetime) -> None:
    """Fill a registry in one go: MLflow's own way takes a second a model."""
    from tasks.tracking import prepare_database

    path = home / "mlflow.db"
    if not path.exists():
        prepare_database(f"sqlite:///{path}")
    stamp = round(now.timestamp() * 1000)
    since = now - timedelta(days=40)
    change = f'{{"time":"{since.isoformat()}","version":3,"replaced":null,"way":"gates"}}'
    tags = {"architecture": "gradient_boosting", "val_mae": "2.147", "study": "11120a1637f0"}
    tags |= {f"gate.{gate}": f"passed: {evidence}" for gate, evidence in GATES.items()}
    with closing(sqlite3.connect(path)) as database, database:
        for station in stations:
            name = model_of(station)
            _insert(database, "registered_models", name=name, creation_time=stamp, last_updated_time=stamp)
            _insert(database, "registered_model_tags", name=name, key=f"change.{since:%Y%m%dT%H%M%S.%fZ}", value=change)
            version = {"name": name, "version": 3}
            _insert(database, "model_versions", **version, creation_time=stamp, last_updated_time=stamp, run_id="")
            _insert(database, "registered_model_aliases", **version, alias="champion")
            for key, value in tags.items():
                _insert(database, "model_version_tags", **version, key=key, value=value)


def _insert(database: sqlite3.Connection, table: str, **values: object) -> None:
    row = {"workspace": "default", **values}
    names, places = ", ".join(row), ", ".join("?" * len(row))
    database.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", tuple(row.values()))  # noqa: S608
