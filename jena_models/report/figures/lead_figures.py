"""How far ahead the forecasts are worth something."""

from __future__ import annotations

import numpy as np

from jena_models.evaluation.metrics import PERSISTENCE
from jena_models.report.drawing import COLOURS, Drawing, dots, drawn, frame, line, ticks
from jena_models.report.figures.error_figures import colour_of
from jena_models.report.number_format import padded, share
from jena_models.report.study_contents import StudyReport


def lead_figures(report: StudyReport) -> tuple[Drawing, ...]:
    """Give skill and error by lead; none where the study has but one horizon."""
    shown = [each for each in report.contenders if len(each.leads) > 1]
    if not shown:
        return ()
    # The best is drawn last, so that it lies above.
    shown.sort(key=lambda each: (each == report.best, each.name == PERSISTENCE))
    hours = sorted({lead.lead_hours for each in shown for lead in each.leads})
    told = [lead for each in shown for lead in each.leads]
    skills = [100 * lead.test_skill for lead in told]
    bounds = [bound for lead in told for bound in (lead.test_skill_lower, lead.test_skill_upper)]
    skills += [100 * bound for bound in bounds if bound is not None]
    errors = [lead.test_mae for each in shown for lead in each.leads]
    skill = frame((0, hours[-1]), padded(min(0.0, *skills), max(0.0, *skills)), "hours ahead")
    error = frame((0, hours[-1]), (0, 1.05 * max(errors)), "hours ahead")
    for axes in (skill, error):
        ticks(axes, [(hour, f"{hour:g}") for hour in hours])
    own = shown[-1]
    for each in shown:
        colour = colour_of(each.name, report.best.name if report.best else "")
        leads = [lead.lead_hours for lead in each.leads]
        in_percent = [100 * lead.test_skill for lead in each.leads]
        in_unit = [lead.test_mae for lead in each.leads]
        band = [(lead.test_skill_lower, lead.test_skill_upper) for lead in each.leads]
        known = [(low, high) for low, high in band if low is not None and high is not None]
        if len(known) == len(band):
            low, high = (np.clip(100 * np.array(side), *skill.get_ylim()) for side in zip(*known, strict=True))
            skill.fill_between(leads, low, high, color=COLOURS[colour], alpha=0.16, linewidth=0)
        says_skill = [f"{each.name}, {lead.lead_hours:g} h: {share(lead.test_skill)}" for lead in each.leads]
        says_error = [
            f"{each.name}, {lead.lead_hours:g} h: {report.amount(lead.test_mae)} {report.unit}" for lead in each.leads
        ]
        for axes, values, says in ((skill, in_percent, says_skill), (error, in_unit, says_error)):
            line(axes, leads, values, colour)
            dots(axes, leads, values, colour, says, 3)
    shortly = ", ".join(f"{lead.lead_hours:g} h {share(lead.test_skill)}" for lead in own.leads)
    told_error = ", ".join(f"{lead.lead_hours:g} h {report.amount(lead.test_mae)}" for lead in own.leads)
    return (
        Drawing("Skill (%)", drawn(skill, f"{own.name}: {shortly}"), f"{own.name}: {shortly}"),
        Drawing(f"Error ({report.unit})", drawn(error, f"{own.name}, error by lead: {told_error}")),
    )
