"""A retraining is asked for: the deployment runs, and its gates decide."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final, cast

from httpx import TransportError

from jena_models.settings import Settings
from tasks.monitoring.judged_days import MonitoredDay, read_day
from tasks.monitoring.retraining_request import retraining_parameters
from tasks.workspace import BACK_OFF_SECONDS, only_after, task

if TYPE_CHECKING:
    from prefect.client.schemas.objects import FlowRun

ASKING_SECONDS: Final = 120

logger = logging.getLogger("jena")


@task(
    name="ask for a retraining",
    retry_delay_seconds=BACK_OFF_SECONDS,
    retry_condition_fn=only_after(TransportError),
    timeout_seconds=ASKING_SECONDS,
)
def retrain_if_due(monitored: MonitoredDay, settings: Settings) -> MonitoredDay:
    """Run the deployment that retrains where that was decided; gives the day with the flow run, or why there is none.

    A day asks once: judged again, it is given the flow run that it has.
    """
    before = read_day(monitored.model, monitored.day)
    if before and before.decision.flow_run:
        # Readings that came late, or other settings, may find nothing now; the retraining was asked for all the same.
        return _with(monitored, flow_run=before.decision.flow_run)
    if monitored.decision.action != "retrain":
        return monitored
    limits = settings.monitoring
    if not limits.retrain:
        return _due(monitored, "it is not asked for, as monitoring.retrain is off")
    parameters = retraining_parameters(monitored, settings)
    found = _run(limits.deployment, parameters, f"monitor-{monitored.model}-{monitored.day}")
    if found is None:
        return _due(monitored, f"no Prefect server knows the deployment {limits.deployment}: run `jena train`")
    logger.info("Asked for a retraining: %s runs as flow run %s.", limits.deployment, found)
    return _with(monitored, flow_run=found)


def _run(deployment: str, parameters: dict[str, Any], key: str) -> str | None:
    """Give the id of the flow run, the same for the same key; None where there is no server or no deployment."""
    from prefect.deployments import run_deployment
    from prefect.exceptions import ObjectNotFound
    from prefect.settings import PREFECT_API_URL

    if not PREFECT_API_URL.value():
        return None
    try:
        # It must outlive this run, and nothing here waits for it.
        started = run_deployment(deployment, parameters=parameters, timeout=0, as_subflow=False, idempotency_key=key)
    except ObjectNotFound:
        return None
    return str(cast("FlowRun", started).id)


def _due(monitored: MonitoredDay, why: str) -> MonitoredDay:
    sentence = f"{monitored.decision.sentence.rstrip('.')}; {why}."
    return _with(monitored, action="due", sentence=sentence)


def _with(monitored: MonitoredDay, **changes: Any) -> MonitoredDay:
    return monitored.model_copy(update={"decision": monitored.decision.model_copy(update=changes)})
