"""How far ahead the forecasts are worth something."""

from __future__ import annotations

from jena_models.evaluation.metrics import PERSISTENCE
from jena_models.report.contents import Contender, StudyReport
from jena_models.report.layout import figure, figures, keys, prose, section
from jena_models.report.markup import Markup
from jena_models.report.numbers import padded, plain, share
from jena_models.report.panel import Axis, Panel


def by_lead(report: StudyReport) -> Markup | None:
    """Give the section; None where the study has but one horizon."""
    shown = [each for each in report.contenders if len(each.leads) > 1]
    if not shown:
        return None
    # The best is drawn last, so that it lies above.
    shown.sort(key=lambda each: (each == report.best, each.name == PERSISTENCE))
    hours = sorted({lead.lead_hours for each in shown for lead in each.leads})
    x = Axis(0, hours[-1], "hours ahead", tuple((hour, f"{hour:g}") for hour in hours))
    skills = [100 * lead.test_skill for each in shown for lead in each.leads]
    errors = [lead.test_mae for each in shown for lead in each.leads]
    skill, error = Panel(x, Axis(*padded(min(0.0, *skills), max(0.0, *skills)))), Panel(x, Axis(0, 1.05 * max(errors)))
    for each in shown:
        leads, kind = [lead.lead_hours for lead in each.leads], _kind(report, each)
        says = [f"{each.name}, {lead.lead_hours:g} h: {share(lead.test_skill)}" for lead in each.leads]
        values = [100 * lead.test_skill for lead in each.leads]
        skill.line(leads, values, kind).dots(leads, values, kind, says, 3)
        says = [f"{each.name}, {lead.lead_hours:g} h: {plain(lead.test_mae)} {report.unit}" for lead in each.leads]
        values = [lead.test_mae for lead in each.leads]
        error.line(leads, values, kind).dots(leads, values, kind, says, 3)
    own = shown[-1]
    told = ", ".join(f"{lead.lead_hours:g} h {share(lead.test_skill)}" for lead in own.leads)
    return section(
        "leads",
        "How far ahead",
        prose(
            "Skill against persistence and mean absolute error on test at each lead, trained for it directly. A short "
            "lead has a small error and little to gain; how far skill reaches is how far the past says something."
        ),
        keys((own.name, "model"), ("persistence", "reference"), ("other architectures", "other")),
        figures(
            figure("Skill (%)", skill.drawn(f"{own.name}: {told}"), f"{own.name}: {told}"),
            figure(f"Error ({report.unit})", error.drawn(f"{own.name}: error by lead")),
        ),
    )


def _kind(report: StudyReport, contender: Contender) -> str:
    if contender == report.best:
        return "model"
    return "reference" if contender.name == PERSISTENCE else "other"
