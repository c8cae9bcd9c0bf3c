"""The main job: from a source of readings to a champion."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.compare import compare
from flows.steps.checked_readings import checked_readings
from jena_models.stations import load_station
from tasks.orchestration import ending_in_a_sentence, on_its_source, show_study
from tasks.readings import normalize, split_chronologically
from tasks.workspace import StudyResult, for_station, requested, require_long_history, resolve


@flow(name="train", flow_run_name=on_its_source("profile"), timeout_seconds=12 * 3600)
@ending_in_a_sentence
def train(
    profile: str = "quick",
    source: str | None = None,
    architectures: list[str] | None = None,
    workers: int | None = None,
    settings: dict[str, Any] | None = None,
) -> State[StudyResult]:
    """Ingest, check, split and normalize readings; train and compare architectures; promote the best.

    Args:
        profile: The settings to start from: quick, book, best, or the path of a YAML file.
        source: A path, folder, address, database, `simulated`, or `auto`: the official file, else a simulated one.
        architectures: The names of those to train; all that the profile names where not given.
        workers: How many to train at a time; one a core, at most four, where not given.
        settings: Further settings by dotted key, such as {"lstm.units": 32}.
    """
    chosen = resolve(profile, requested(source, architectures, workers, settings))
    station = load_station(chosen.station)
    chosen = for_station(chosen, station)
    require_long_history(chosen, chosen.architectures)

    checked = checked_readings(chosen, station)
    divided = split_chronologically(checked, chosen)
    prepared = normalize(divided, chosen, station)

    result = compare(prepared, station, chosen)
    show_study(result)
    return Completed(message=result.promotion.sentence, data=result)
