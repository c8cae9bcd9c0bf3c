"""A version's curve: the model of all leads, and how it follows the headlines of this version's own model."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from jena_models.curves.curve_fit import CURVE_FIT_FILE, CurveFit, fit_lead_intervals, fit_weights, through
from jena_models.curves.past_curves import PastCurves, joined, some_of
from jena_models.models.model_files import copy_model
from jena_models.stations import StationSchema
from tasks.readings import later_readings
from tasks.workspace import Fit, Prepared


def fit_to_headline(fit: Fit, curve: Fit, prepared: Prepared, station: StationSchema) -> CurveFit:
    """Fit a curve to what a training says of the headline: weights on validation, intervals on all but the test."""
    past = PastCurves.load(curve.folder)
    splits = [split for split in ("validation", "judging") if split in past.curves]
    leads = past.leads_minutes
    truths = {split: later_readings(prepared, station, split, past.positions[split], leads) for split in splits}
    with np.load(fit.folder / "predictions.npz") as kept:
        said = {split: kept[split].reshape(-1)[past.positions[split]] for split in splits}
    headline = leads.index(prepared.preparation.horizon_minutes)
    weights = fit_weights(past.curves["validation"], said["validation"], truths["validation"].measured, leads, headline)
    record = later_readings(prepared, station, "train", some_of(prepared.windows["train"]), leads)
    missing = past.with_parts_missing["validation"]
    return CurveFit(
        leads_minutes=leads,
        headline_minutes=prepared.preparation.horizon_minutes,
        weights=weights,
        intervals=fit_lead_intervals(
            np.concatenate([through(past.curves[split], said[split], weights, headline) for split in splits]),
            joined([truths[split] for split in splits]),
            record,
            leads,
            station.latitude,
        ),
        intervals_with_parts_missing=fit_lead_intervals(missing, truths["validation"], record, leads, station.latitude),
    )


def keep_curve(fit: Fit, curve: Fit, prepared: Prepared, station: StationSchema, folder: Path) -> None:
    """Write into a folder what a version needs to forecast every lead; the rest as above."""
    folder.mkdir()
    copy_model(curve.folder, folder)
    fitted = fit_to_headline(fit, curve, prepared, station)
    (folder / CURVE_FIT_FILE).write_text(fitted.model_dump_json(), encoding="utf-8")
