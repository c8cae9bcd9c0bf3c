"""What became of a fleet's stations, on the page of the flow run."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.fleet.station_state import Outcome
from tasks.orchestration import within_a_flow_run


@within_a_flow_run
def show_outcomes(outcomes: Sequence[Outcome]) -> None:
    """Show, in a table, how the work at each station ended, those that failed first."""
    from prefect.artifacts import create_table_artifact

    rows = [
        {
            "station": each.name,
            "done": "yes" if each.done else "no",
            "seconds": f"{each.seconds:.1f}",
            "sentence": each.sentence,
        }
        for each in sorted(outcomes, key=lambda outcome: outcome.done)
    ]
    create_table_artifact(rows, key="fleet-stations", description="What became of each station.")
