"""Further horizons of a study: its best architecture, trained directly for each of them."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

from jena_models.architectures import find_architecture
from jena_models.settings import Settings
from jena_models.stations import load_station
from jena_models.training.jobs.fit_result import FitResult
from tasks.readings import normalize
from tasks.studies.lead_metrics import FIGURES, lead_name
from tasks.studies.study import Trained
from tasks.tracking import ParentRun, client, patiently
from tasks.training import fit_architecture
from tasks.workspace import LeadSkill, Prepared, keeping_in, task

logger = logging.getLogger("jena")


def further_leads(settings: Settings) -> tuple[float, ...]:
    """Give the leads that the best architecture is to be trained for; none where no further one is set."""
    return settings.leads if len(settings.leads) > 1 else ()


@task(name="train for a lead", task_run_name="{lead_hours:g} h", timeout_seconds=12 * 3600)
def train_lead(
    lead_hours: float,
    trained: Sequence[Trained],
    prepared: Prepared,
    begun: ParentRun,
    settings: Settings,
) -> LeadSkill | None:
    """Train the best architecture by validation for one lead, and keep its skill with its run.

    Args:
        lead_hours: from the last step to the target.
        trained: all that the study trained for its own horizon; the best by validation is taken.
        prepared: the windows of the study, whose splits are those of every lead.
        begun: the study.
        settings: of the study.

    Raises:
        TooFewReadingsError: where a split does not hold a window for this lead.
        TrainingError: where the training ends without a model.
    """
    able = [each for each in trained if find_architecture(each.architecture).is_trained]
    if not able:
        return None
    best = min(able, key=lambda each: each.fit.result.val_mae)
    with keeping_in(begun.places):
        at_lead = settings.model_copy(update={"horizon_hours": lead_hours})
        windows = normalize.fn(prepared.divided, at_lead, load_station(settings.station))
        result = fit_architecture(best.architecture, windows, at_lead).result
        _keep(best.run_id, lead_hours, result)
    logger.info(
        "%s, %g h ahead: validation MAE %.3f, skill %+.1f %%",
        best.architecture,
        lead_hours,
        result.val_mae,
        100 * result.val_skill,
    )
    return LeadSkill(lead_hours=lead_hours, **{name: getattr(result, name) for name in FIGURES})


def _keep(run_id: str, lead_hours: float, result: FitResult) -> None:
    from mlflow.entities import Metric

    now = round(time.time() * 1000)
    metrics = [Metric(f"{name}_{lead_name(lead_hours)}", getattr(result, name), now, 0) for name in FIGURES]
    patiently(client().log_batch, run_id, metrics=metrics)
