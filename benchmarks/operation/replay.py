"""When monitoring notices what: `python -m benchmarks.operation.replay --train FILE --later FILE`.

A champion of earlier years forecasts later readings hour by hour and is judged every day, first with the readings as
they are, then with a sensor that goes wrong.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import click
import numpy as np
import pandas as pd

from benchmarks.markdown import output_option, table, tell
from benchmarks.operation.faults import FAULTS
from benchmarks.processes import ROOT, jena
from jena_models.frozen import Frozen
from jena_models.monitoring.check import Check
from jena_models.monitoring.day import Past, examine
from jena_models.monitoring.decision import Decision, JudgedDay, decide, judged
from jena_models.monitoring.live import Live
from jena_models.reading.reading import read
from jena_models.settings import Settings
from jena_models.stations import StationSchema, load_station
from jena_models.stations.cleaned.cleaning import clean
from jena_models.stations.raw_readings import RawReadings
from tasks.monitoring import earlier_years, forecasts_at, load_past, promise_of
from tasks.readings import ingest, locate
from tasks.registry import Champion, load_champion, model_name
from tasks.workspace import resolve


class ReplayedDay(Frozen):
    """One day of a replay."""

    day: date
    checks: tuple[Check, ...]
    decision: Decision


@click.command()
@click.option("--train", "training", required=True, metavar="FILE", help="The readings to train on.")
@click.option("--later", required=True, metavar="FILE", help="The readings to replay.")
@click.option("--fault", "faults", multiple=True, type=click.Choice(list(FAULTS)), help="Only these.  [default: all]")
@click.option("--begin", default="2017-09-01", show_default=True, help="When the fault begins.")
@output_option("monitoring.md")
def main(*, training: str, later: str, faults: tuple[str, ...], begin: str, page: Path | None) -> None:
    """Replay later readings with each fault, and tell what noticed it when."""
    os.environ.setdefault("JENA_HOME", str(ROOT / ".cache" / "replay"))
    settings = resolve("quick", {"source": training})
    station = load_station(settings.station)
    champion, past, measured = prepared(settings, station)
    raw = every_hour(read(Path(later), station), measured)
    started = datetime.fromisoformat(begin)
    found = {}
    for fault in faults or FAULTS:
        broken = FAULTS[fault](raw.table, station, started)
        found[fault] = replay(champion, past, replace(raw, table=broken), station, settings)
        click.echo(f"{fault}: {len(found[fault])} days", err=True)
    tell(table_of(found, started, station), page, "replay")


def prepared(settings: Settings, station: StationSchema) -> tuple[Champion, Past, tuple[str, ...]]:
    """Give a champion of the training readings, earlier years as it knew them, and the columns that were measured."""
    ingested = ingest.fn(locate.fn(settings.source, station, settings.ingestion), station)
    name = model_name(station, settings, ingested.source.kind)
    champion = load_champion.fn(name)
    if champion is None:
        jena("train", "--profile", "quick", "--architectures", "persistence,lstm", "--source", settings.source)
        champion = load_champion.fn(name)
    if champion is None:
        raise click.ClickException("No model passed the gates, so there is nothing to watch.")
    promise = promise_of(name, champion.version, settings.forecasting.level)
    end = ingested.report.end
    folder = earlier_years.fn(champion, promise, ingested, station, settings=settings, end=end)
    return champion, load_past(folder), ingested.report.measured


def every_hour(raw: RawReadings, measured: Sequence[str]) -> RawReadings:
    """Give instantaneous readings an hour apart from the first on, of some columns."""
    since = np.asarray((raw.table.index - raw.table.index[0]) / timedelta(hours=1))
    columns = [name for name in measured if name in raw.table]
    return replace(raw, table=raw.table.loc[since == np.floor(since), columns])


def replay(
    champion: Champion, past: Past, raw: RawReadings, station: StationSchema, settings: Settings
) -> list[ReplayedDay]:
    """Judge every day of readings at the midnight that ends it, as if nothing later were there.

    All forecasts are made in one go: a forecast takes nothing from after its issue time, so that it is the one that
    would have been made then, and a day is shown those alone that were issued before it ended.
    """
    readings, report = clean(raw, station)
    table = forecasts_at(champion, readings, pd.DatetimeIndex(readings.index), station, settings)
    first, last = readings.index[0].normalize() + timedelta(days=1), readings.index[-1].ceil("D")
    days: list[ReplayedDay] = []
    earlier: list[JudgedDay] = []
    for end in pd.date_range(first, last, freq="D"):
        live = Live(readings, report.measured, report.cadence_minutes, table, end.to_pydatetime())
        checks = examine(live, past, station, settings.monitoring, settings.validation.resting_hours)
        decision = decide(checks, end.date(), earlier, settings.monitoring)
        earlier.append(judged(end.date(), checks, decision))
        days.append(ReplayedDay(day=end.date(), checks=tuple(checks), decision=decision))
    return days


def first_alarms(days: Sequence[ReplayedDay]) -> dict[str, tuple[date, str]]:
    """Give, for each group in the order in which they gave alarm, the first day and what was said."""
    found: dict[str, tuple[date, str]] = {}
    for day in days:
        for alarm in day.decision.alarms:
            found.setdefault(alarm.check.group, (day.day, alarm.sentence()))
    return found


def table_of(found: Mapping[str, Sequence[ReplayedDay]], begin: datetime, station: StationSchema) -> str:
    """Give what noticed each fault when, as Markdown."""
    rows: list[list[str]] = []
    for fault, days in found.items():
        begun = "" if fault == "none" else f"{begin:%Y-%m-%d}"
        alarms = first_alarms(days)
        if not alarms:
            rows.append([fault, begun, f"no alarm in {len(days)} days", "", ""])
        for day, sentence in alarms.values():
            after = f"{(day - begin.date()).days} d" if begun else ""
            rows.append([fault, begun, f"{day}", after, sentence])
    named = {fault: pd.Series([day.decision.action for day in days]).value_counts() for fault, days in found.items()}
    decided = "; ".join(
        f"{fault}: " + ", ".join(f"{action} {count}" for action, count in counts.items())
        for fault, counts in named.items()
    )
    found_when = table("fault | begun | noticed | after | by", rows, words=5)
    return f"{found_when}\n\nDays by decision: {decided}.\n\nReadings: {station.credit}."


if __name__ == "__main__":
    main()
