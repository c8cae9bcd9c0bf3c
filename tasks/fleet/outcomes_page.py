"""What became of a fleet's stations, on the page of the flow run: for people, and for the run that asked for it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from tasks.fleet.station_state import Outcome, Work
from tasks.orchestration import within_a_flow_run

KEY: Final = "fleet-stations"


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
            "ended": each.ended.isoformat(),
            "figures": json.dumps(each.figures),
        }
        for each in sorted(outcomes, key=lambda outcome: outcome.done)
    ]
    create_table_artifact(rows, key=KEY, description="What became of each station.")


def outcomes_of(flow_run: UUID, work: Work) -> list[Outcome]:
    """Give what a flow run showed of its stations, on whichever machine it ran; nothing where it showed none."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId, ArtifactFilterKey

    only = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[flow_run]), key=ArtifactFilterKey(any_=[KEY]))
    with get_client(sync_client=True) as client:
        shown = client.read_artifacts(artifact_filter=only)
    rows = json.loads(str(shown[0].data)) if shown else []
    return [
        Outcome(
            name=row["station"],
            work=work,
            done=row["done"] == "yes",
            sentence=row["sentence"],
            seconds=float(row["seconds"]),
            ended=row["ended"],
            figures=json.loads(row["figures"]),
        )
        for row in rows
    ]
