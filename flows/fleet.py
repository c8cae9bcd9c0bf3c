"""Many stations: trained, forecast or watched, side by side, in this run or in runs of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from prefect import flow, unmapped
from prefect.client.schemas.objects import State
from prefect.states import Completed
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows.fleets.at_stations import at_stations, only_failed, require_all_done, with_forecasts_sent
from flows.fleets.runs_of_their_own import MOST_AT_ONCE, in_runs_of_their_own
from flows.fleets.shared_model import with_shared_model
from jena_models.errors import RequestError, nearest
from jena_models.settings import DEFAULT_WORKERS
from tasks.fleet import (
    Entry,
    Outcome,
    Work,
    attach_stations,
    begin_work,
    chosen,
    fleet_entries,
    fleet_standing,
    models_of,
    overall_sentence,
    pool_of,
    show_outcomes,
    trains_nothing_of_its_own,
)
from tasks.forecasting import read_time
from tasks.orchestration import ending_in_a_sentence
from tasks.workspace import Places, keeping_in, places, task

STATIONS_A_TASK: Final[Mapping[Work, int]] = {"train": 1, "forecast": 50, "monitor": 25}
"""A process takes seconds to start, which a forecast of a fifth of a second does not earn by itself."""
SHARED_A_TASK: Final = 25
"""Stations that take the model for all and train nothing of their own: some two seconds each."""
TAGS: Final = frozenset({"fleet-stations"})
"""Of each task run, so that a server's limit of a tag holds for all machines together."""
PARTS_AT_ONCE: Final[TaskRunner[Any]] = ThreadPoolTaskRunner(max_workers=MOST_AT_ONCE)


@flow(name="fleet", flow_run_name="{work}", timeout_seconds=24 * 3600, task_runner=PARTS_AT_ONCE)
@ending_in_a_sentence
def fleet(  # noqa: PLR0917  (they are the form that Prefect shows)
    work: str,
    file: str = "fleet.yaml",
    stations: list[str] | None = None,
    failed: bool = False,
    shared: bool = False,
    at: str | None = None,
    profile: str | None = None,
    workers: int | None = None,
    settings: dict[str, Any] | None = None,
    stations_a_run: int | None = None,
) -> State[list[Outcome]]:
    """Do one kind of work at every station of a fleet; one that fails leaves the others alone.

    Args:
        work: What to do at each: train, forecast or monitor.
        file: The file that lists the stations; a path within the clone, or an absolute one.
        stations: The names of those to work at; all where not given.
        failed: Whether to work at those alone that failed the last time.
        shared: With train, whether to train one model for all too, which each station may take.
        at: An ISO time in each station's clock, to say what would have been said then; now where not given.
        profile: The settings to start from, in place of those that the file names.
        workers: How many stations to work at at a time; one a core, at most four, where not given.
        settings: Settings of all stations by dotted key, such as {"forecasting.max_age_hours": 6}.
        stations_a_run: How many stations a flow run of its own works at, which any worker of the pool may take, on
            any machine; all are worked at in this run where not given.
    """
    kind = kind_of_work(work)
    if stations_a_run is not None and stations_a_run < 1:
        raise RequestError(f"A run works at one station at least, and not at {stations_a_run}; correct stations_a_run.")
    if at is not None:
        read_time(at)  # what no station could read is told once
    every, side_by_side = fleet_entries(file, profile, settings), workers or DEFAULT_WORKERS
    asked: dict[str, Any] = {"at": at}
    if shared:
        sharing = with_shared_model(every, side_by_side)
        every, asked = sharing.entries, asked | sharing.asked
    entries = chosen(every, stations)
    entries = only_failed(entries, kind) if failed else entries
    begin_work(models_of(entries), kind)
    if stations_a_run is not None:
        told = {"file": file, "at": at, "profile": profile, "workers": workers, "settings": settings}
        pools = [str(pool_of(each.settings)) for each in entries if each.settings] if shared else []
        told |= {"pool": next(iter(pools), None), "shared_run": asked.get("shared_run")}
        outcomes = in_runs_of_their_own(kind, models_of(entries), stations_a_run, told)
        show_outcomes(outcomes)
    else:
        outcomes = at_each(kind, entries, asked, side_by_side, _stations_a_task(kind, entries, asked))
    if run_id := asked.get("shared_run"):
        attach_stations(run_id, outcomes)
    require_all_done(outcomes, kind)
    return Completed(message=overall_sentence(fleet_standing(entries).overall), data=outcomes)


def at_each(
    work: Work, entries: Sequence[Entry], asked: Mapping[str, Any], side_by_side: int, stations_a_task: int
) -> list[Outcome]:
    """Work at the stations in this run, show what came of each, and send what was forecast."""
    runner: TaskRunner[Any] = ThreadPoolTaskRunner(max_workers=side_by_side)
    outcomes = each_station.with_options(task_runner=runner)(work, entries, asked, stations_a_task)
    if work == "forecast":
        outcomes = with_forecasts_sent(outcomes, entries)
    show_outcomes(outcomes)
    return outcomes


def _stations_a_task(work: Work, entries: Sequence[Entry], asked: Mapping[str, Any]) -> int:
    lean = asked.get("shared_run") and all(
        each.settings and trains_nothing_of_its_own(each.settings) for each in entries
    )
    return SHARED_A_TASK if lean else STATIONS_A_TASK[work]


@flow(name="stations", flow_run_name="{work}", validate_parameters=False)
def each_station(work: Work, entries: Sequence[Entry], asked: Mapping[str, Any], stations_a_task: int) -> list[Outcome]:
    """Work at the stations, so many of them in each task run, which is called after them."""
    parts = [tuple(entries[first : first + stations_a_task]) for first in range(0, len(entries), stations_a_task)]
    done = (
        stations_task.with_options(tags=TAGS).map(parts, unmapped(work), unmapped(asked), unmapped(places())).result()
    )
    return [outcome for part in done for outcome in part]


@task(name="stations", timeout_seconds=12 * 3600)
def stations_task(entries: Sequence[Entry], work: Work, asked: Mapping[str, Any], told: Places) -> list[Outcome]:
    """Work at some stations, one after the other, in a process of their own."""
    with keeping_in(told):
        return at_stations(work, entries, asked, workers=1)


def kind_of_work(work: str) -> Work:
    """Give the kind of work that a name stands for."""
    for kind in STATIONS_A_TASK:
        if kind == work:
            return kind
    raise RequestError(f"There is no work '{work}' at a fleet; {nearest(work, STATIONS_A_TASK)}")
