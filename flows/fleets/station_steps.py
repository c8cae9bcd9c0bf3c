"""Work at one station of a fleet, in the process that works at many: train, forecast, monitor."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from flows.steps.ways import at_once
from jena_models.errors import DataInvalidError, JenaError, TooFewReadingsError, in_one_line
from jena_models.settings import Settings
from jena_models.stations import StationSchema
from tasks.fleet import Entry, Outcome, Work

NEW: Final = timedelta(days=60)
"""A longer record that cannot be trained on is no new station's, but broken."""


def work_at(entry: Entry, work: Work, asked: Mapping[str, Any]) -> Outcome:
    """Do one kind of work at a station, and give what came of it; what goes wrong is told and not raised.

    Args:
        entry: the station.
        work: what to do.
        asked: `at`, the moment that a forecast or a day is of; now where it is not given.
    """
    if entry.settings is None or entry.station is None:
        return Outcome(name=entry.name, work=work, done=False, sentence=entry.fault)
    try:
        sentence, figures = STEPS[work](entry.settings, entry.station, asked)
    except JenaError as error:
        return Outcome(name=entry.name, work=work, done=False, sentence=str(error))
    except Exception as error:  # a bug at one station is told as its outcome, and leaves the others alone
        return Outcome(name=entry.name, work=work, done=False, sentence=f"Something went wrong: {in_one_line(error)}.")
    return Outcome(name=entry.name, work=work, done=True, sentence=sentence, figures=figures)


Told = tuple[str, dict[str, float | str | None]]


def _gathered(settings: Settings, station: StationSchema, asked: Mapping[str, Any]) -> Told:
    from flows.fleets.study_steps import prepared_with
    from tasks.fleet import gather_part

    prepared = prepared_with(settings, station)
    part = gather_part(prepared, station, settings, int(asked["stations"]), bool(asked.get("with_fallback")))
    return f"Gives {prepared.windows['train']:,} windows to the model for all.", {"part": str(part)}


def _trained(settings: Settings, station: StationSchema, asked: Mapping[str, Any]) -> Told:
    from flows.fleets.study_steps import prepared_with, train_with
    from tasks.fleet import study_figures, take_shared, trains_nothing_of_its_own

    run_id = asked.get("shared_run")
    try:
        if run_id and trains_nothing_of_its_own(settings):
            return take_shared(prepared_with(settings, station), station, settings, str(run_id))
        result = train_with(settings, station)
    except (TooFewReadingsError, DataInvalidError) as error:
        if not asked.get("newcomers"):
            raise
        return _started(settings, station, error)
    return result.promotion.sentence, study_figures(result)


def _started(settings: Settings, station: StationSchema, why: JenaError) -> Told:
    """Let a station that is too new for a study of its own start with the model for all; any other stays refused."""
    from flows.fleets.study_steps import checked_with
    from tasks.fleet import SHARED, start_newcomer
    from tasks.readings import that_stop_nothing

    lenient = settings.model_copy(update={"validation": that_stop_nothing(settings.validation)})
    checked = checked_with(lenient, station)
    if checked.ingested.report.end - checked.ingested.report.start > NEW:
        raise why
    version, sentence = start_newcomer(checked, station, settings)
    return sentence, {"architecture": SHARED, "champion": version, "champion_architecture": SHARED}


def _forecast(settings: Settings, _: StationSchema, asked: Mapping[str, Any]) -> Told:
    from flows.steps.forecast_steps import forecast_with
    from tasks.forecasting import sentence

    made = forecast_with(at_once, settings, asked.get("at"))
    return sentence(made), {
        "issue_time": made.issue_time.isoformat(),
        "valid_time": made.valid_time.isoformat(),
        "forecast": made.forecast,
        "lower": made.lower,
        "upper": made.upper,
        "unit": made.unit,
        "digits": made.digits,
        "rung": made.rung,
        "version": made.version,
        "architecture": made.architecture,
    }


def _monitored(settings: Settings, _: StationSchema, asked: Mapping[str, Any]) -> Told:
    from flows.steps.monitor_steps import monitor_with

    judged = monitor_with(at_once, settings, asked.get("at"))
    said = " ".join([judged.decision.sentence, *(each.sentence() for each in judged.neighbours)])
    return said, {
        "day": judged.day.isoformat(),
        "action": judged.decision.action,
        "alarms": len(judged.decision.alarms),
        "version": judged.version,
        "neighbours": ", ".join(dict.fromkeys(each.neighbour for each in judged.neighbours)),
    }


STEPS: Final[Mapping[Work, Callable[[Settings, StationSchema, Mapping[str, Any]], Told]]] = {
    "gather": _gathered,
    "train": _trained,
    "forecast": _forecast,
    "monitor": _monitored,
}
