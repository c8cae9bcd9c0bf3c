"""Flow runs whose process or machine is gone: found by their silence, and marked as crashed by the Prefect server."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from prefect.events.schemas.automations import AutomationCore

NAME: Final = "mark silent runs as crashed"

HEARTBEAT: Final = "prefect.flow-run.heartbeat"
TAKEN: Final = "prefect.flow-run.Pending"
"""A worker has taken the run, and is to begin it; where it dies in between, no other would take it."""
GOES_ON: Final = ("Running", "Completed", "Failed", "Cancelled", "Crashed")


def mark_silent_runs(silence_seconds: float = 120) -> dict[str, str]:
    """Have the Prefect server mark a run as crashed that was taken, or gave signs of life, and fell silent.

    A step of `prefect deploy`, so that any server that has the deployments watches their runs as well; there is one
    rule, however often it is asked for.

    Args:
        silence_seconds: how long a run may be silent; its signs are `PREFECT_FLOWS_HEARTBEAT_FREQUENCY` seconds apart.
    """
    from prefect.client.orchestration import get_client

    asked = automation(silence_seconds)
    with get_client(sync_client=True) as client:
        known = client.read_automations_by_name(NAME)
        for extra in known[1:]:
            client.delete_automation(extra.id)
        if known:
            client.update_automation(known[0].id, asked)
        else:
            client.create_automation(asked)
    return {"automation": NAME}


def automation(silence_seconds: float) -> AutomationCore:
    """Give the server's rule: once taken a run begins, and after a sign of life comes another, or its end."""
    from prefect.client.schemas.objects import StateType
    from prefect.events.actions import ChangeFlowRunState
    from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture

    return AutomationCore(
        name=NAME,
        description="A run whose process, worker or machine is gone does not begin, or sends no more heartbeats.",
        trigger=EventTrigger(
            after={TAKEN, HEARTBEAT},
            expect={HEARTBEAT, *(f"prefect.flow-run.{state}" for state in GOES_ON)},
            match={"prefect.resource.id": ["prefect.flow-run.*"]},
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            within=timedelta(seconds=silence_seconds),
        ),
        actions=[
            ChangeFlowRunState(
                state=StateType.CRASHED,
                message=f"Nothing was heard of this run for {silence_seconds:g} seconds: its process, its worker or "
                "the machine is gone. The next run goes on where it stopped.",
            )
        ],
    )
