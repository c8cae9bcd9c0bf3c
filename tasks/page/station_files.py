"""What the files of one station say: the table of forecasts, the readings it was made from, monitoring's last day."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np
import pandas as pd

from jena_models.errors import JenaError, in_one_line
from jena_models.page.recent_forecasts import NOTHING, Recent, kept_of, recent
from jena_models.page.station_facts import Champion, Place, StationFacts, StationRecord, Verdict
from jena_models.report.number_format import digits_of
from jena_models.sources.credentials import without_secrets
from jena_models.stations.clock import oldest_hours
from jena_models.stations.units import unit_of
from tasks.forecasting import forecasts_table
from tasks.monitoring import MonitoredDay, last_day_file, last_judged
from tasks.page.shown_station import ShownStation
from tasks.readings import kept_recent
from tasks.registry import ChampionInBrief, kind_of_model


class Stamp(NamedTuple):
    """What tells whether anything of a station has changed: when its newest files were written, in nanoseconds."""

    written: int | None
    """The table of forecasts; None where there is none."""
    judged: int | None
    """Monitoring's days."""


def stamp_of(shown: ShownStation) -> Stamp:
    """Give a station's stamp; it costs a few looks at folders and opens no file."""
    table = forecasts_table(shown.settings.forecasting.table)
    return Stamp(table.last_written(shown.model), last_judged(shown.model))


def read_record(shown: ShownStation, stamp: Stamp, champion: ChampionInBrief | None) -> StationRecord:
    """Read the last days of a station; what cannot be read is told in `troubles` and missing from the rest.

    Args:
        shown: the station.
        stamp: as it was before reading, so that what changes meanwhile is read again.
        champion: of its model; None where it has none.
    """
    troubles: list[str] = []
    forecasts, readings = _forecasts(shown, troubles), None
    if len(forecasts):
        readings = _readings(shown, str(forecasts["data_hash"].iloc[-1]), troubles)
    settings, station, version = shown.settings, shown.station, champion.version if champion else None
    found = recent(
        forecasts, readings, settings.horizon_hours, station.step_minutes, champion=version, target=station.target
    )
    return _record(
        shown,
        found,
        written=stamp.written,
        champion=_champion(champion),
        verdict=_verdict(shown, troubles),
        troubles=troubles,
    )


def unreadable(shown: ShownStation, why: str) -> StationRecord:
    """Give what is known of a station whose files cannot be read."""
    return _record(shown, NOTHING, written=None, champion=None, verdict=None, troubles=[why])


def _record(
    shown: ShownStation,
    found: Recent,
    *,
    written: int | None,
    champion: Champion | None,
    verdict: Verdict | None,
    troubles: list[str],
) -> StationRecord:
    station, settings = shown.station, shown.settings
    late = settings.forecasting.max_age_hours
    facts = StationFacts(
        place=Place(
            name=shown.name,
            title=shown.title,
            credit=station.credit,
            model=shown.model,
            latitude=station.latitude,
            longitude=station.longitude,
            clock=station.clock,
            target=station.target_name,
            unit=unit_of(station.target),
            cadence_minutes=station.step_minutes,
            source=without_secrets(shown.table or settings.source),
            simulated=kind_of_model(shown.model) == "simulated",
        ),
        reading_time=found.reading_time,
        newest=found.newest,
        written=None if written is None else datetime.fromtimestamp(written / 1e9, UTC),
        latest=found.latest,
        upcoming=found.upcoming,
        scores=found.scores,
        champion=champion,
        verdict=verdict,
        level=settings.forecasting.level,
        late_hours=oldest_hours(late, station.step_minutes),
        silent_hours=oldest_hours(max(late, settings.monitoring.max_age_hours), station.step_minutes),
        troubles=tuple(troubles),
        digits=_digits(found),
    )
    return StationRecord(facts, found.measured, found.measured_from, found.compared)


def _digits(found: Recent) -> int:
    ahead = [value for said in found.upcoming for value in (said.forecast, said.lower, said.upper) if value is not None]
    values = np.append(found.measured.value, ahead)
    return digits_of(float(np.ptp(values))) if len(values) else 1


def _forecasts(shown: ShownStation, troubles: list[str]) -> pd.DataFrame:
    try:
        table = forecasts_table(shown.settings.forecasting.table)
        return table.newest(shown.model, shown.station.local, kept_of(shown.settings.horizon_hours))
    except JenaError as error:
        troubles.append(str(error))
        return pd.DataFrame()


def _readings(shown: ShownStation, key: str, troubles: list[str]) -> pd.Series | None:
    file = kept_recent(key, shown.station)
    if file is None:
        return None
    target = shown.station.target
    try:
        read = pd.read_parquet(file, columns=[target])[target]
    except FileNotFoundError:  # removed at this moment, as those of older forecasts are
        return None
    except (OSError, ValueError, KeyError) as error:
        troubles.append(f"The readings in {file} cannot be read ({in_one_line(error, 200)}).")
        return None
    # What is impossible is set aside by a forecast too, after what is read here.
    column = shown.station.column(target)
    return read.where(read.between(column.minimum, column.maximum))


def _champion(brief: ChampionInBrief | None) -> Champion | None:
    if brief is None:
        return None
    return Champion(
        version=brief.version,
        architecture=brief.architecture,
        val_mae=brief.val_mae,
        since=brief.change.time if brief.change else None,
        way=brief.change.way if brief.change else "",
        study=brief.study,
        run_id=brief.run_id,
        gates=brief.gates,
    )


def _verdict(shown: ShownStation, troubles: list[str]) -> Verdict | None:
    file = last_day_file(shown.model)
    if file is None:
        return None
    try:
        judged = MonitoredDay.model_validate_json(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        troubles.append(f"What monitoring found cannot be read in {file} ({in_one_line(error, 200)}).")
        return None
    decision = judged.decision
    return Verdict(
        day=judged.day,
        action=decision.action,
        sentence=decision.sentence,
        alarms=tuple(alarm.sentence() for alarm in decision.alarms),
        flow_run=decision.flow_run,
        neighbours=tuple(trouble.sentence() for trouble in judged.neighbours),
    )
