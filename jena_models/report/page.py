"""The page of a study: one file, with nothing to fetch."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from markupsafe import Markup

from jena_models.evaluation.comparisons import Split, is_tie
from jena_models.evaluation.intervals import percent
from jena_models.evaluation.metrics import PERSISTENCE
from jena_models.neighbours.gains import ahead_in_words
from jena_models.report import number_format
from jena_models.report.drawing import COLOURS
from jena_models.report.figures.contender_figures import lead_figures, leaderboard_figures, training_figures
from jena_models.report.figures.error_figures import error_figures
from jena_models.report.figures.importance_figures import importance_figures
from jena_models.report.figures.interval_figures import interval_figures
from jena_models.report.figures.week_figures import band_is_known, week_figures
from jena_models.report.html_templates import templates_in
from jena_models.report.study_contents import Contender, StudyReport

TEMPLATES: Final = Path(__file__).with_name("templates")
FILTERS: Final = ("day", "plain", "probability", "share", "wrapping")
SPLITS: Final[tuple[Split, Split]] = ("validation", "test")


def page(report: StudyReport) -> str:
    """Give the whole page as HTML."""
    filters = {name: getattr(number_format, name) for name in FILTERS} | {
        "percent": percent,
        "amount": report.amount,
        "change": report.change,
        "steps": report.steps,
    }
    scale, test_errors = leaderboard_figures(report)
    return (
        templates_in(TEMPLATES, filters)
        .get_template("study.html.jinja")
        .render(
            report=report,
            persistence=PERSISTENCE,
            colours=COLOURS,
            style=Markup((TEMPLATES / "page.css").read_text(encoding="utf-8")),  # noqa: S704 (a file of this project)
            scale=scale,
            test_errors=test_errors,
            compared=[(split, compared) for split in SPLITS if (compared := _compared(report, split))],
            is_tie=lambda found, row, column: is_tie(found, row.val_mae_spread, column.val_mae_spread),
            error_figures=error_figures(report),
            week_figures=week_figures(report),
            has_band=band_is_known(report),
            interval_figures=interval_figures(report),
            lead_figures=lead_figures(report),
            importance_figures=importance_figures(report),
            training_figures=training_figures(report),
            ahead_in_words=ahead_in_words,
        )
    )


def _compared(report: StudyReport, split: Split) -> list[Contender]:
    pairs = [each for each in report.significance.comparisons if each.split == split]
    known = {name for pair in pairs for name in (pair.first, pair.second)}
    shown = [each for each in report.contenders if each.architecture in known]
    return shown if len(shown) > 1 else []
