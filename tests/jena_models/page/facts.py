"""A station's facts, for the tests of what is made of them."""

from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree

import numpy as np

from jena_models.evaluation.gates import GateVerdict
from jena_models.page.station_facts import (
    Champion,
    ComparedColumns,
    Measured,
    MeasuredColumns,
    Place,
    Said,
    StationFacts,
    StationRecord,
    Verdict,
    WeekScores,
)

NOW = datetime(2024, 3, 10, 12, 20, tzinfo=UTC)
ISSUED = datetime(2024, 3, 10, 12, tzinfo=UTC)


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314  (of our own making)


def place(name="jena", title="Jena", *, latitude=50.91, longitude=11.57, clock="UTC+01:00", unit="°C") -> Place:
    return Place(
        name=name,
        title=title,
        credit="somebody",
        model=f"{name}-temperature-24h",
        latitude=latitude,
        longitude=longitude,
        clock=clock,
        target="temperature",
        unit=unit,
        cadence_minutes=60,
        source="station.csv",
        simulated=False,
    )


def said(lead=24.0, forecast=7.5, issued=ISSUED, rung="champion", missing="") -> Said:
    return Said(
        issue_time=issued,
        valid_time=issued + timedelta(hours=lead),
        lead_hours=lead,
        forecast=forecast,
        lower=forecast - 2,
        upper=forecast + 2,
        persistence=6.0,
        version=3,
        rung=rung,
        missing=missing,
    )


def verdict(action="nothing", sentence="Nothing is to be done.") -> Verdict:
    return Verdict(day=date(2024, 3, 10), action=action, sentence=sentence, alarms=(), flow_run=None)


def facts(where: Place | None = None, **changes) -> StationFacts:
    known = {
        "place": where or place(),
        "reading_time": ISSUED,
        "newest": Measured(time=ISSUED, value=6.0),
        "written": NOW - timedelta(minutes=5),
        "latest": said(),
        "upcoming": tuple(said(float(lead), 6 + lead / 10) for lead in range(1, 49)),
        "scores": WeekScores(
            days=7, forecasts=168, mae=1.5, persistence_mae=2.0, skill=0.25, coverage=0.9, lead_hours=24.0
        ),
        "champion": Champion(
            version=3,
            architecture="ridge",
            val_mae=1.6,
            since=datetime(2024, 2, 1, tzinfo=UTC),
            way="gates",
            study="s1",
            run_id="r1",
            gates=(GateVerdict(gate="data", passed=True, evidence="None failed."),),
        ),
        "verdict": verdict(),
        "level": 0.9,
        "late_hours": 3.0,
        "silent_hours": 6.0,
    }
    return StationFacts(**(known | changes))


def record(known: StationFacts | None = None, *, bare: bool = False) -> StationRecord:
    end = np.datetime64("2024-03-10T12:00:00")
    hours = end - np.arange(0 if bare else 216, -1 if not bare else 0, -1) * np.timedelta64(1, "h")
    values = 6 + hours.astype("datetime64[h]").astype(float) % 24 / 8
    week = slice(len(hours) - min(168, len(hours)), None)
    count = len(hours[week])
    return StationRecord(
        facts=known or facts(),
        measured=MeasuredColumns(hours, values),
        measured_from="readings",
        compared=ComparedColumns(
            issue_time=hours[week] - np.timedelta64(24, "h"),
            valid_time=hours[week],
            lead_hours=np.full(count, 24.0),
            forecast=np.full(count, 6.5),
            lower=np.full(count, 4.5),
            upper=np.full(count, 8.5),
            persistence=np.full(count, 6.0),
            version=np.full(count, 3),
            rung=("champion",) * count,
            missing=("",) * count,
            measured=values[week],
        ),
    )
