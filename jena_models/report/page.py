"""The page of a study: one file, with nothing to fetch."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from jena_models.evaluation.metrics import PERSISTENCE
from jena_models.report.contents import StudyReport
from jena_models.report.coverage import coverage
from jena_models.report.data import data
from jena_models.report.errors import where_it_errs
from jena_models.report.layout import cell, facts, header, prose, section, table
from jena_models.report.leaderboard import interval_of, leaderboard
from jena_models.report.leads import by_lead
from jena_models.report.listening import importance
from jena_models.report.markup import Markup, element, joined
from jena_models.report.matrix import matrices
from jena_models.report.numbers import day, plain, share
from jena_models.report.training import training_curves
from jena_models.report.weeks import weeks

STYLE: Final = Path(__file__).with_name("page.css")

NOTHING_FETCHED: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""What a browser is told to refuse: whatever a name in the data may look like, the page asks nobody for anything."""


def page(report: StudyReport) -> str:
    """Give the whole page as HTML."""
    title = f"{report.target_name.capitalize()} {report.horizon_hours:g} hours ahead"
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=NOTHING_FETCHED),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", f"{title}: study {report.study}"),
        element("style", Markup(STYLE.read_text(encoding="utf-8"))),
    )
    body = element(
        "body",
        element("header", element("h1", title), prose(_subtitle(report)), _finding(report)),
        element(
            "main",
            leaderboard(report),
            matrices(report),
            where_it_errs(report),
            weeks(report),
            coverage(report),
            by_lead(report),
            importance(report),
            training_curves(report),
            gates(report),
            data(report),
            settings(report),
        ),
        element("footer", _footer(report)),
    )
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n"


def gates(report: StudyReport) -> Markup | None:
    """Give the section on promotion; None where nothing stood for it."""
    if not report.promotion and not report.gates:
        return None
    rows = [
        element(
            "tr",
            cell("passed" if verdict.passed else "closed", "good" if verdict.passed else "bad"),
            element("th", verdict.gate, scope="row"),
            cell(verdict.evidence),
        )
        for verdict in report.gates
    ]
    judged = table([header("verdict"), header("gate"), header("evidence")], rows, "plain gates") if rows else None
    return section("gates", "Gates", prose(report.promotion), judged)


def settings(report: StudyReport) -> Markup:
    """Give all that is needed to repeat the study, folded up."""
    told = [(name, element("code", value)) for name, value in sorted(report.settings.items())]
    return section(
        "settings",
        "To repeat it",
        facts(list(report.origin.items())),
        element("details", element("summary", f"All {len(told)} settings"), facts(told)) if told else None,
    )


def _subtitle(report: StudyReport) -> str:
    finished = f", finished {day(report.finished)}" if report.finished else ""
    steps = f"{report.history_hours:g} hours of history in steps of {report.sampling_minutes:g} minutes"
    return f"{report.station_title}. Study {report.study}{finished}; {steps}."


def _finding(report: StudyReport) -> Markup:
    best = report.best
    if best is None:
        return prose("Nothing was trained: persistence is all there is.")
    interval = interval_of(report, "test", best.name)
    parts = [
        element("strong", best.name),
        f" forecasts the test split with a mean absolute error of {plain(best.test_mae)} {report.unit}",
        f" (95 % interval {interval})" if interval else "",
    ]
    if any(each.name == PERSISTENCE for each in report.contenders):
        against = "better" if best.test_skill >= 0 else "worse"
        parts.append(f", {share(abs(best.test_skill))} {against} than persistence")
    ties = [each.name for each in report.trained if each.rank == "1=" and each.name != best.name]
    if ties:
        named = ties[0] if len(ties) == 1 else f"{', '.join(ties[:-1])} and {ties[-1]}"
        parts.append(f". On validation, by which it was chosen, it cannot be told from {named}")
    return element("p", *parts, ".", class_="finding")


def _footer(report: StudyReport) -> Markup:
    credit = f"Readings: {report.credit}. " if report.credit else ""
    return prose(joined(credit, "Times are in the station’s own clock."))
