"""The model's monitoring run in MLflow: one for as long as the model lives, a point a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Final

from jena_models.monitoring.decision import counts
from tasks.monitoring.day_page import page
from tasks.monitoring.judged_days import MonitoredDay, days_folder
from tasks.tracking import client, experiment_id, log_metrics, patiently
from tasks.workspace import exclusive

ALARMS: Final = "alarms"
"""The metric that every judged day has."""


def monitoring_experiment(experiment: str) -> str:
    """Give the name of the experiment of monitoring runs, which are no studies and are not compared with them."""
    return f"{experiment}-monitoring"


def track_day(monitored: MonitoredDay, experiment: str) -> str:
    """Log the figures of a day, their limits and the decision, once; gives the run's id.

    A step is a day, counted from 1970-01-01, and the time of a point is that day's midnight.

    Raises:
        StoreUnreachableError: where the store cannot be used.
    """
    from mlflow.entities import Metric, RunTag

    store = client()
    with exclusive(days_folder(monitored.model) / ".lock"):
        run_id = _run_of(monitored.model, experiment)
        step = (monitored.day - date(1970, 1, 1)).days
        if step in {metric.step for metric in patiently(store.get_metric_history, run_id, ALARMS)}:
            return run_id
        midnight = round(datetime.combine(monitored.day, time(), UTC).timestamp() * 1000)
        metrics = [Metric(name, value, midnight, step) for name, value in figures(monitored).items()]
        patiently(store.log_dict, run_id, monitored.model_dump(mode="json"), f"days/{monitored.day}.json")
        tags = [
            RunTag("version", str(monitored.version)),
            RunTag("decision", monitored.decision.action),
            RunTag("mlflow.note.content", page(monitored)),
        ]
        log_metrics(run_id, metrics)
        alarms = float(len(monitored.decision.alarms))
        patiently(store.log_batch, run_id, metrics=[Metric(ALARMS, alarms, midnight, step)], tags=tags)
    return run_id


def figures(monitored: MonitoredDay) -> dict[str, float]:
    """Give what is logged: what is known of figures, limits (`<name>_limit`), promises, and alarms by group."""
    promise = monitored.promise
    named: dict[str, float | None] = {
        "promised/MAE": promise.val_mae,
        "promised/skill": promise.val_skill,
        "promised/coverage": promise.val_coverage,
        "version": monitored.version,
    }
    for check in monitored.checks:
        named |= {check.name: check.value, f"{check.name}_limit": check.limit}
    named |= {f"alarms/{group}": count for group, count in counts(monitored.decision).items()}
    named["neighbours_in_trouble"] = float(len({each.neighbour for each in monitored.neighbours}))
    named["retraining"] = float(monitored.decision.action == "retrain")
    return {name: float(value) for name, value in named.items() if value is not None}


def _run_of(model_name: str, experiment: str) -> str:
    store, found_in = client(), experiment_id(monitoring_experiment(experiment))
    wanted = f"tags.role = 'monitoring' and tags.model = '{model_name}'"
    found = patiently(store.search_runs, [found_in], wanted, max_results=1)
    if found:
        return str(found[0].info.run_id)
    tags = {"role": "monitoring", "model": model_name, "mlflow.source.name": "jena monitor"}
    run = patiently(store.create_run, found_in, tags=tags, run_name=f"monitoring {model_name}")
    # It is never at work for longer than a moment: one that stood as running would look like one that was left.
    patiently(store.set_terminated, run.info.run_id, "FINISHED")
    return str(run.info.run_id)
