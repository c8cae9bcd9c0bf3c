"""Parts of a fleet as flow runs of their own, which any worker of the pool takes, on whichever machine it is."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from prefect import unmapped
from prefect.client.schemas.objects import FlowRun
from prefect.deployments import run_deployment

from tasks.fleet import Outcome, Work, keep_outcomes_of_others, outcomes_of
from tasks.workspace import task

DEPLOYMENT: Final = "part/on-demand"
TRIES: Final = 3
"""How often a part is given to a worker before its stations count as failed: machines go away."""
MOST_AT_ONCE: Final = 50
"""Parts that are waited for at a time; how many of them are worked at, the workers say by their limit."""
LOOKED_SECONDS: Final = 5.0

logger = logging.getLogger("jena")


def in_runs_of_their_own(
    work: Work, stations: Mapping[str, str], stations_a_run: int, parameters: Mapping[str, Any]
) -> list[Outcome]:
    """Give how the work at each station, told with its model, ended: so many in a run of their own, within a flow."""
    names = tuple(stations)
    parts = [names[first : first + stations_a_run] for first in range(0, len(names), stations_a_run)]
    done = elsewhere.map(parts, unmapped(work), unmapped(dict(parameters))).result()
    outcomes = [each.model_copy(update={"model": stations[each.name]}) for part in done for each in part]
    keep_outcomes_of_others(outcomes)
    return outcomes


@task(name="elsewhere", timeout_seconds=24 * 3600)
def elsewhere(names: Sequence[str], work: Work, parameters: Mapping[str, Any]) -> list[Outcome]:
    """Have a worker work at some stations; where its machine goes away meanwhile, another one does."""
    told = {**parameters, "work": work, "stations": list(names)}
    for left in reversed(range(TRIES)):
        asked = run_deployment(DEPLOYMENT, parameters=told, timeout=None, poll_interval=LOOKED_SECONDS)
        run = cast("FlowRun", asked)  # a coroutine where asynchronous code calls it
        outcomes = outcomes_of(run.id, work)
        if outcomes:
            return outcomes
        if run.state is None or not run.state.is_crashed() or not left:
            break
        logger.warning("The run at %s and what follows crashed; it is given to another worker.", names[0])
    ended, why = (run.state.name, run.state.message) if run.state else ("unknown", "")
    sentence = f"The flow run that was to work at it ended as {ended}: {why or 'nothing is said'}"
    return [
        Outcome(name=name, work=work, done=False, sentence=f"{sentence.rstrip('.')}; run again with --failed.")
        for name in names
    ]
