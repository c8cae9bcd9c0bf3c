"""Who beats whom, and who only seems to: every pair of the leaderboard's top."""

from __future__ import annotations

from typing import Final

from jena_models.evaluation.comparisons import Comparison, Split, is_tie
from jena_models.report.contents import Contender, StudyReport
from jena_models.report.layout import cell, figures, header, key, prose, section, table
from jena_models.report.markup import Markup, element, joined, wrapping
from jena_models.report.numbers import MINUS, probability, signed

SPLITS: Final[tuple[Split, Split]] = ("validation", "test")
SIDE_BY_SIDE: Final = 9
"""Matrices of more architectures stand one below the other."""


def matrices(report: StudyReport) -> Markup | None:
    """Give the section; None where no pair was compared."""
    drawn = [drawn for split in SPLITS if (drawn := _matrix(report, split))]
    if not drawn:
        return None
    explained = prose(
        f"Mean absolute error of the row less that of the column, in hundredths of a {_unit_in_words(report)}: a row "
        "that is better all along is blue all along. ≈ marks a tie: a difference that an accident makes in more than "
        "one case of twenty (Diebold and Mariano’s test with a variance that allows for autocorrelation), or that is "
        "within two standard deviations of what another seed would give. Each pair is tested by itself."
    )
    keyed = element(
        "p",
        key("the row is better", "better"),
        " ",
        key("the row is worse", "worse"),
        " ",
        key("a tie", "tie"),
        class_="keys",
    )
    kind = "matrices" if len(report.contenders) <= SIDE_BY_SIDE else "stacked"
    return section("significance", "Which differences count", explained, keyed, figures(*drawn, kind=kind))


def _matrix(report: StudyReport, split: Split) -> Markup | None:
    known = {each.first for each in report.significance.comparisons if each.split == split}
    known |= {each.second for each in report.significance.comparisons if each.split == split}
    shown = [each for each in report.contenders if each.name in known]
    if len(shown) <= 1:
        return None
    headers = [header(""), *(header(number, "number") for number in range(1, len(shown) + 1))]
    rows = [
        element(
            "tr",
            element("th", element("b", number), " ", wrapping(row.name), scope="row"),
            *(_cell(report, split, row, column) for column in shown),
        )
        for number, row in enumerate(shown, 1)
    ]
    windows = next(each.windows for each in report.significance.comparisons if each.split == split)
    title = element("h3", f"On {split}, {windows:,} windows")
    return element("div", title, table(headers, rows, "matrix"))


def _cell(report: StudyReport, split: Split, row: Contender, column: Contender) -> Markup:
    found = report.significance.comparison(split, row.name, column.name)
    if found is None:
        return cell("", "none")
    spreads = (row.val_mae_spread, column.val_mae_spread)
    said = (
        f"{row.name} against {column.name}: {signed(found.difference, 3)} {report.unit}, {probability(found.p_value)}"
    )
    if is_tie(found, *spreads):
        return cell(joined("≈", element("small", _hundredths(found), class_="wide")), "tie", said)
    return cell(_hundredths(found), "better" if found.difference < 0 else "worse", said)


def _hundredths(found: Comparison) -> str:
    rounded = round(100 * abs(found.difference))
    return f"{MINUS if found.difference < 0 else '+'}{rounded}" if rounded else "0"


def _unit_in_words(report: StudyReport) -> str:
    return "degree" if report.unit == "°C" else report.unit
