"""How good the best architecture's curve is at each lead, told beside its row of the leaderboard."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jena_models.curves.lead_scores import skill_by_lead
from jena_models.curves.past_curves import PastCurves
from jena_models.stations import StationSchema
from tasks.readings import later_readings
from tasks.registry import fit_to_headline
from tasks.tracking import client, patiently
from tasks.workspace import Fit, LeadSkill, Prepared

TOLD_HOURS: Final = (1.0, 3.0, 6.0, 12.0, 18.0, 24.0, 36.0, 48.0)
TOLD_HOURS_OF_DAYS: Final = (1.0, 6.0, 12.0, 24.0, 48.0, 72.0, 120.0, 168.0, 240.0, 360.0)
"""The leads that are told of, of a curve to two days or beyond: a metric a lead would bury the others."""
FIGURES: Final = ("val_mae", "val_skill", "test_mae", "test_skill")
BAND: Final = ("test_skill_lower", "test_skill_upper")
"""Studies of earlier times have none."""

logger = logging.getLogger("jena")


def score_curve(fit: Fit, curve: Fit, prepared: Prepared, station: StationSchema, run_id: str) -> tuple[LeadSkill, ...]:
    """Score the curve of an architecture, and keep its skill at some leads with its run."""
    found = curve_skill(fit, curve, prepared, station)
    _keep(run_id, found)
    told = ", ".join(f"{each.lead_hours:g} h {each.val_skill:+.1%}" for each in found)
    logger.info("The curve of %s, skill on validation: %s", fit.result.architecture, told)
    return found


def curve_skill(fit: Fit, curve: Fit, prepared: Prepared, station: StationSchema) -> tuple[LeadSkill, ...]:
    """Give the skill of a training's curve at some leads; at the headline's own it is the training's on all windows."""
    past, fitted = PastCurves.load(curve.folder), fit_to_headline(fit, curve, prepared, station)
    scores = {}
    with np.load(fit.folder / "predictions.npz") as kept:
        for split in ("validation", "test"):
            if split not in past.curves:
                return ()
            headlines = kept[split].reshape(-1)[past.positions[split]]
            truth = later_readings(prepared, station, split, past.positions[split], past.leads_minutes)
            scores[split] = skill_by_lead(fitted.through(past.curves[split], headlines), truth)
    result, found = fit.result, []
    for lead in told_leads(np.asarray(past.leads_minutes) / 60, fitted.headline_minutes / 60):
        validation, test = scores["validation"][lead], scores["test"][lead]
        skill = LeadSkill(
            lead_hours=past.leads_minutes[lead] / 60,
            val_mae=validation.mae,
            val_skill=validation.skill,
            test_mae=test.mae,
            test_skill=test.skill,
            test_skill_lower=test.lower,
            test_skill_upper=test.upper,
        )
        if past.leads_minutes[lead] == fitted.headline_minutes:
            skill = skill.model_copy(update={name: getattr(result, name) for name in FIGURES})
        found.append(skill)
    return tuple(found)


def told_leads(leads_hours: NDArray[np.float64], headline_hours: float) -> list[int]:
    """Give the numbers of the leads that are told of: the nearest to usual ones, the headline's, the last; or all.

    Args:
        leads_hours: in ascending order.
        headline_hours: one of them.
    """
    if len(leads_hours) <= len(TOLD_HOURS):
        return list(range(len(leads_hours)))
    usual = TOLD_HOURS if leads_hours[-1] <= TOLD_HOURS[-1] else TOLD_HOURS_OF_DAYS
    wanted = [*(hours for hours in usual if leads_hours[0] <= hours <= leads_hours[-1]), headline_hours]
    return sorted({int(np.abs(leads_hours - hours).argmin()) for hours in wanted} | {len(leads_hours) - 1})


def _keep(run_id: str, found: Sequence[LeadSkill]) -> None:
    from mlflow.entities import Metric

    now = round(time.time() * 1000)
    metrics = [
        Metric(f"{name}_{lead_name(skill.lead_hours)}", value, now, 0)
        for skill in found
        for name in (*FIGURES, *BAND)
        if (value := getattr(skill, name)) is not None
    ]
    patiently(client().log_batch, run_id, metrics=metrics)


def lead_name(lead_hours: float) -> str:
    """Give a lead as names of metrics have it, such as `lead_06h`."""
    return f"lead_{lead_hours:02g}h"


def by_lead(metrics: Mapping[str, float]) -> tuple[LeadSkill, ...]:
    """Read the skill at each lead from a run's metrics, the shortest lead first; none where there is but one."""
    leads = [match[1] for name in metrics if (match := re.fullmatch(rf"{FIGURES[0]}_lead_([\d.]+)h", name))]
    found = []
    for lead in leads:
        told = {name: f"{name}_lead_{lead}h" for name in (*FIGURES, *BAND)}
        if all(told[name] in metrics for name in FIGURES):
            known = {name: metrics[metric] for name, metric in told.items() if metric in metrics}
            found.append(LeadSkill(lead_hours=float(lead), **known))
    return tuple(sorted(found, key=lambda skill: skill.lead_hours))
