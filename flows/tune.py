"""A search for better hyper-parameters of one architecture, judged on the validation split alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.futures import wait
from prefect.states import Completed

from flows.steps.checked_readings import checked_readings
from jena_models.stations import load_station
from jena_models.tuning.search_result import SearchResult
from tasks.orchestration import ending_in_a_sentence, on_its_source
from tasks.readings import normalize, split_chronologically
from tasks.training import with_runner
from tasks.tuning import (
    Search,
    command_line,
    conclude_search,
    profile_path,
    searched,
    searching,
    try_values,
    tuning_request,
    without_test,
)
from tasks.workspace import require_long_history, resolve


@flow(name="tune", flow_run_name=on_its_source("architecture"), timeout_seconds=24 * 3600)
@ending_in_a_sentence
def tune(
    architecture: str,
    *,
    trials: int | None = None,
    profile: str = "quick",
    source: str | None = None,
    workers: int | None = None,
    output: str | None = None,
    settings: dict[str, Any] | None = None,
) -> State[SearchResult]:
    """Try hyper-parameters of an architecture, and write the best as a profile.

    Args:
        architecture: The name of the one to tune.
        trials: How many to try in all, with those of earlier runs; `tuning.trials` where not given.
        profile: The settings to start from: quick, book, best, or the path of a YAML file.
        source: A path, folder, address, database, `simulated`, or `auto`: the official file, else a simulated one.
        workers: How many to try at a time; one a core, at most four, where not given.
        output: The file to write; `tuned/<architecture>.yaml` under `JENA_HOME` where not given.
        settings: Further settings by dotted key, such as {"lstm.units": 32}; what is set is not searched.
    """
    chosen = resolve(profile, tuning_request(source, trials, workers, settings))
    dimensions = searched(architecture, chosen, settings)
    require_long_history(chosen, [architecture])
    station, target = load_station(chosen.station), profile_path(architecture, output)

    checked = checked_readings(chosen, station)
    divided = split_chronologically(checked, chosen)
    shown = without_test(normalize(divided, chosen, station))

    asked = Search(architecture=architecture, dimensions=dimensions, prepared=shown, settings=chosen)
    command = command_line(architecture, chosen.tuning.trials, profile, source, settings or {})
    result = with_runner(search, chosen)(asked, command, target)
    return Completed(message=result.sentence, data=result)


@flow(name="search", flow_run_name="{asked.architecture}", validate_parameters=False)
def search(asked: Search, command: str, target: Path) -> SearchResult:
    """Try as many sets of hyper-parameters as are still to be tried, and keep the best."""
    with searching(asked) as begun:
        tried = [try_values.submit(begun, asked) for _ in range(asked.trials.left)]
        wait(tried)
        for each in tried:
            each.result()
        return conclude_search(begun, asked, command, target)
