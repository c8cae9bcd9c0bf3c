"""Whether the champion is still what validation promised, and what is done about it where it is not."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.steps.monitor_steps import monitor_with
from flows.steps.ways import through_prefect
from tasks.monitoring import MonitoredDay, show_day
from tasks.orchestration import ending_in_a_sentence
from tasks.workspace import requested, resolve


@flow(name="monitor", timeout_seconds=3600)
@ending_in_a_sentence
def monitor(
    source: str | None = None, at: str | None = None, settings: dict[str, Any] | None = None
) -> State[MonitoredDay]:
    """Compare readings and forecasts with what came and with earlier years; ask for a retraining where it is due.

    Args:
        source: A path, folder, address, database, `simulated`, or `auto`: the official file, else a simulated one.
        at: An ISO time in the station's clock, such as 2016-12-31T06:00, to judge that day; now where not given. A day
            is judged at the midnight that begins it.
        settings: Further settings by dotted key, such as {"monitoring.patience_days": 5}.
    """
    judged = monitor_with(through_prefect, resolve(None, requested(source, settings=settings)), at)
    show_day(judged)
    return Completed(message=judged.decision.sentence, data=judged)
