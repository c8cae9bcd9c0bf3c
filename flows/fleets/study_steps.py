"""A study, step by step, in this process and without an orchestrator: for many stations, one after the other."""

from __future__ import annotations

from jena_models.settings import Settings
from jena_models.stations import StationSchema
from tasks.readings import ingest, locate, normalize, split_chronologically, with_services
from tasks.studies import (
    alone_at,
    begin_study,
    conclude_study,
    earlier_result,
    reach_store,
    studying,
    train_architecture,
)
from tasks.tracking import study_id
from tasks.training import longest_first
from tasks.validation import checked_by, observe_or_inspect
from tasks.workspace import Checked, Prepared, StudyResult


def checked_with(settings: Settings, station: StationSchema) -> Checked:
    """Locate, read and check the readings of a station.

    Pages of Great Expectations are made only where something stops the study.
    """
    found = locate.fn(settings.source, station, settings.ingestion)
    readings = ingest.fn(found, station)
    return checked_by(observe_or_inspect, readings, station, settings.validation)


def prepared_with(settings: Settings, station: StationSchema) -> Prepared:
    """Locate, read, check, divide and normalize the readings of a station, with the runs of its weather services."""
    checked = with_services.fn(checked_with(settings, station), station, settings.ingestion)
    divided = split_chronologically.fn(checked, settings)
    return normalize.fn(divided, settings, station)


def train_with(settings: Settings, station: StationSchema) -> StudyResult:
    """Locate, read, check, divide, train, compare and promote; what was done before is not done again."""
    reach_store.fn()
    prepared = prepared_with(settings, station)
    identity = study_id(prepared, settings)
    with alone_at(identity):
        return earlier_result(identity, settings.tracking.experiment) or _study(prepared, station, settings)


def _study(prepared: Prepared, station: StationSchema, settings: Settings) -> StudyResult:
    with studying(begin_study.fn, prepared, settings) as begun:
        trained = [
            train_architecture.fn(name, prepared, station, begun, settings)
            for together in longest_first(settings)
            for name in together
        ]
        return conclude_study.fn(begun, trained, prepared, station, settings)
