"""What neighbours cost a fleet's hourly forecast: reads of files, and processor seconds a station, in this process."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from benchmarks.fleet.simulated_stations import simulated_fleet
from benchmarks.markdown import table
from flows.fleets.station_steps import work_at
from jena_models.stations import load_station
from tasks.fleet import Entry, fleet_entries
from tasks.readings import sources_read_once
from tasks.workspace import home_folder

READING: Final = "tasks.readings.locating.remembered_sources.read"
SETTINGS: Final = {"forecasting.max_age_hours": 6}
"""No champion is needed: what stands below it speaks, and the readings are read and checked as ever."""


def reads_of_neighbours(stations: int, neighbours: Sequence[int]) -> str:
    """Give what a forecast of each station costs with so many neighbours, its files read by each and once for all."""
    rows = []
    file, last = simulated_fleet(stations, home_folder() / f"stations-{stations}")
    for count in neighbours:
        entries = fleet_entries(_with_neighbours(file, count), None, SETTINGS)
        if count == neighbours[0]:
            _forecast(entries[:1], last, nullcontext())  # imports the libraries
        ways: dict[str, AbstractContextManager[None]] = {
            "by each station": nullcontext(),
            "once a run": sources_read_once(),
        }
        for how, way in ways.items():
            reads, seconds = _forecast(entries, last, way)
            rows.append([str(count), how, str(reads), f"{seconds / stations:.3f}"])
    return table("neighbours each | files are read | reads | processor, s a station", rows, words=2)


def _with_neighbours(file: Path, count: int) -> Path:
    """Give a fleet file of the same stations, each of which takes the nearest for neighbours."""
    told: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    if count:
        near = {"neighbours": [{"station": "auto"}], "neighbours_within_km": 20_000, "neighbours_at_most": count}
        schema = load_station("jena").model_dump(mode="json", exclude_defaults=True) | near
        template = file.with_name(f"template-{count}.yaml")
        template.write_text(json.dumps(schema), encoding="utf-8")
        told["station"] = template.name
    with_neighbours = file.with_name(f"fleet-{count}.yaml")
    with_neighbours.write_text(json.dumps(told), encoding="utf-8")
    return with_neighbours


def _forecast(entries: Sequence[Entry], at: str, way: AbstractContextManager[None]) -> tuple[int, float]:
    """Give how often files were read, and the processor seconds of all."""
    from jena_models.reading.reading import read

    with patch(READING, wraps=read) as counted, way:
        began = time.process_time()
        for entry in entries:
            outcome = work_at(entry, "forecast", {"at": at})
            if not outcome.done:
                raise RuntimeError(outcome.sentence)
        return counted.call_count, time.process_time() - began
