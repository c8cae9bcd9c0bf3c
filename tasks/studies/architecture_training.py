"""One architecture: trained, scored, tracked and registered; and what every version has beside it, trained once."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial

from jena_models.settings import Settings
from jena_models.stations import StationSchema
from tasks.registry import model_name, register_version
from tasks.studies.study import Trained
from tasks.tracking import ParentRun, finish_architecture_run, log_epoch, open_part, tracked
from tasks.training import fit_architecture, fit_curve, fit_partial, training_slot
from tasks.workspace import Prepared, keeping_in, task


@task(name="train", timeout_seconds=12 * 3600)
def train_architecture(
    architecture: str, prepared: Prepared, station: StationSchema, begun: ParentRun, settings: Settings
) -> Trained:
    """Train an architecture under a run of its own; what was trained before is not trained again.

    Raises:
        TrainingError: where the training ends without a model.
    """
    with keeping_in(begun.places), ExitStack() as slot:
        slot.enter_context(training_slot(architecture))
        run_id, _ = open_part(begun, {"architecture": architecture}, architecture, prepared, settings)
        with tracked(run_id):
            fit = fit_architecture(architecture, prepared, settings, partial(log_epoch, run_id))
            slot.close()
            name = model_name(station, settings, prepared.divided.checked.ingested.source.kind)
            version = None
            if settings.tracking.register_versions and fit.result.parameters > 0:
                version = register_version(
                    fit,
                    prepared,
                    station,
                    run_id=run_id,
                    name=name,
                    settings=settings,
                    partial=fit_partial(prepared, settings),
                    curve=fit_curve(prepared, settings),
                )
            finish_architecture_run(run_id, fit, prepared, name, version, pictures=settings.tracking.report)
    return Trained(architecture=architecture, fit=fit, run_id=run_id, version=version)


@task(name="train what stands beside", timeout_seconds=12 * 3600)
def train_beside(prepared: Prepared, begun: ParentRun, settings: Settings) -> None:
    """Train what every version of a study has beside it, ahead of the first that asks: whoever asks would wait for it.

    Raises:
        TrainingError: where the training ends without a model.
    """
    with keeping_in(begun.places), training_slot("what stands beside"):
        fit_partial(prepared, settings)
        fit_curve(prepared, settings)
