"""Some stations of a fleet, as a run of their own: on whichever machine a worker has room for it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.fleet import at_each, kind_of_work
from flows.fleets.at_stations import require_all_done
from jena_models.errors import RequestError
from jena_models.settings import DEFAULT_WORKERS
from tasks.fleet import Outcome, chosen, entries_with_pool, fleet_entries, fleet_standing, overall_sentence
from tasks.orchestration import ending_in_a_sentence


@flow(name="part", flow_run_name="{work}", timeout_seconds=24 * 3600)
@ending_in_a_sentence
def part(  # noqa: PLR0917  (they are the form that Prefect shows)
    work: str,
    stations: list[str],
    file: str = "fleet.yaml",
    at: str | None = None,
    profile: str | None = None,
    workers: int | None = None,
    settings: dict[str, Any] | None = None,
    pool: str | None = None,
    shared_run: str | None = None,
) -> State[list[Outcome]]:
    """Do one kind of work at some stations of a fleet; the flow `fleet` asks for it, part by part.

    Args:
        work: What to do at each: train, forecast or monitor.
        stations: The names of those to work at.
        file: The file that lists all stations; a path within the clone, or an absolute one.
        at: An ISO time in each station's clock, to say what would have been said then; now where not given.
        profile: The settings to start from, in place of those that the file names.
        workers: How many stations to work at at a time; one a core, at most four, where not given.
        settings: Settings of all stations by dotted key, such as {"forecasting.max_age_hours": 6}.
        pool: The folder of the model that all stations share, where each may take it.
        shared_run: The run of that model, which stations that train nothing of their own point to.
    """
    kind = kind_of_work(work)
    entries = chosen(fleet_entries(file, profile, settings), stations)
    if pool:
        if not Path(pool).is_dir():
            raise RequestError(
                f"The model for all was grown in {pool}, which is not to be seen from this machine: let JENA_CACHE be "
                "a folder that all machines see, and run again with failed=true."
            )
        entries = entries_with_pool(entries, Path(pool))
    side_by_side = workers or DEFAULT_WORKERS
    # A process a worker: each takes seconds to start.
    stations_a_task = max(1, math.ceil(len(entries) / side_by_side))
    asked = {"at": at, "newcomers": bool(pool), "shared_run": shared_run}
    outcomes = at_each(kind, entries, asked, side_by_side, stations_a_task)
    require_all_done(outcomes, kind)
    return Completed(message=overall_sentence(fleet_standing(entries).overall), data=outcomes)
