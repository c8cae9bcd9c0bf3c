"""What a version promised when it was registered."""

from __future__ import annotations

from datetime import datetime

from jena_models.evaluation.intervals import percent
from jena_models.frozen import Frozen
from tasks.registry import figure_said, time_said
from tasks.tracking import client as open_store
from tasks.tracking import patiently


class Promise(Frozen):
    """What validation said of a version, and what it was made of; None where nothing is known."""

    val_mae: float | None = None
    """In the target's unit."""
    val_skill: float | None = None
    val_coverage: float | None = None
    """The share of targets that the intervals held where they were not fitted."""
    data: str | None = None
    """Key of the source that it was trained on."""
    trained_until: datetime | None = None
    """In UTC."""
    profile: str | None = None


def promise_of(model_name: str, version: int, level: float) -> Promise:
    """Read what a version of a registered model promised.

    Args:
        model_name: of the registered model.
        version: its number.
        level: the share that the intervals of the forecasts table are to hold.

    Raises:
        StoreUnreachableError: where the store cannot be used.
    """
    from mlflow.exceptions import MlflowException

    store = open_store()
    found = patiently(store.get_model_version, model_name, str(version))
    try:
        metrics = patiently(store.get_run, found.run_id).data.metrics if found.run_id else {}
    except MlflowException:  # the run may have been deleted; the version's own tags are left
        metrics = {}

    def figure(name: str) -> float | None:
        # What stations share has one run, which knows no figures of a station's own.
        return metrics.get(name, figure_said(found.tags.get(name)))

    return Promise(
        val_mae=figure("val_mae"),
        val_skill=figure("val_skill"),
        val_coverage=figure(f"val_coverage_{percent(level)}"),
        data=found.tags.get("data"),
        trained_until=time_said(found.tags.get("trained_until")),
        profile=found.tags.get("profile"),
    )
