"""Where the time of a station goes that takes the model for all: processor seconds of each step, in this process."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import click

from benchmarks.fleet.simulated_stations import simulated_fleet
from benchmarks.markdown import table
from flows.fleets.station_steps import work_at
from jena_models.optional_imports import leave_out_unneeded
from tasks.fleet import Entry, Outcome, Work, entries_with_pool, fleet_entries, grow_pool, shared_run
from tasks.training import training_here
from tasks.workspace import home_folder

TRAINED: Final = {"architectures": ["persistence"]}
STEPS: Final = {
    "readings read, checked, divided and normalized": ("flows.fleets.study_steps", "prepared_with"),
    "windows drawn, with their features": ("tasks.fleet", "gather_part"),
    "scored, with intervals": ("tasks.fleet.shared_champions", "fit_architecture"),
    "registered": ("tasks.fleet.shared_champions", "register_version"),
    "loaded back through MLflow": ("tasks.registry.judgement", "reload"),
    "forecast again": ("tasks.registry.judgement", "rescore"),
    "before the gates, these two among it": ("tasks.fleet.shared_champions", "promote"),
}
"""Functions that take the most of it, as the code that calls them knows them."""


def where_time_goes(stations: int, of: int) -> str:
    """Give what each step costs at the first stations of a fleet, as Markdown.

    Args:
        stations: how many are worked at; the first, which imports the libraries, is not counted.
        of: how many the fleet is taken to have: each gives so small a share of the windows.
    """
    file, last = simulated_fleet(stations, home_folder() / f"stations-{stations}")
    leave_out_unneeded()
    entries = fleet_entries(file, None, TRAINED)
    seconds: Counter[str] = Counter()
    rows: list[list[str]] = []

    def worked(entries: Sequence[Entry], work: Work, asked: dict[str, Any]) -> list[Outcome]:
        outcomes = []
        for number, entry in enumerate(entries):
            if number == 1:
                seconds.clear()  # the first one imported the libraries
            with training_here(), _counted(seconds, f"{work}, all in all"):
                outcomes.append(work_at(entry, work, asked))
        rows.extend([name, f"{value / (len(entries) - 1):.2f}"] for name, value in seconds.items())
        return outcomes

    with ExitStack() as patched:
        for name, (module, function) in STEPS.items():
            patched.enter_context(patch(f"{module}.{function}", _timed(module, function, name, seconds)))
        gathered = worked(entries, "gather", {"stations": of, "with_fallback": True})
        settings = entries[0].settings
        if settings is None:
            raise click.ClickException(entries[0].fault)
        pool = grow_pool([Path(str(each.figures["part"])) for each in gathered], settings, threads=1)
        sharing = entries_with_pool(entries, pool)
        worked(sharing, "train", {"newcomers": True, "shared_run": shared_run(pool, settings)})
        worked(sharing, "forecast", {"at": last})
    return table("step | processor, s a station", rows)


@contextmanager
def _counted(seconds: Counter[str], name: str) -> Iterator[None]:
    began = time.process_time()
    try:
        yield
    finally:
        seconds[name] += time.process_time() - began  # type: ignore[assignment]


def _timed(module: str, name: str, label: str, seconds: Counter[str]) -> Any:
    function = getattr(import_module(module), name)

    @wraps(function)
    def timed(*arguments: Any, **named: Any) -> Any:
        with _counted(seconds, label):
            return function(*arguments, **named)

    return timed
