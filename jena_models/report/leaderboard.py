"""The leaderboard, with how sure each figure is."""

from __future__ import annotations

from jena_models.evaluation.comparisons import Split
from jena_models.evaluation.metrics import PERSISTENCE
from jena_models.report.contents import Contender, StudyReport
from jena_models.report.layout import cell, header, key, prose, section, table
from jena_models.report.markup import Markup, element, joined, wrapping
from jena_models.report.numbers import padded, plain, share, ticks

STRIP_WIDTH = 190
STRIP_HEIGHT = 20
DIGITS = 3


def leaderboard(report: StudyReport) -> Markup:
    """Give the section."""
    strip = _Strip(report)
    headers = [
        header("", "rank"),
        header("architecture"),
        header("validation", "number"),
        header("test", "number"),
        header(strip.scale(), "strip wide"),
        header("skill", "number"),
        header("parameters", "number wide"),
        header("s / epoch", "number wide"),
        header("version", "number wide"),
        header("standing", "wide"),
    ]
    rows = [_row(contender, report, strip) for contender in report.contenders]
    return section("leaderboard", "Leaderboard", _explained(report), table(headers, rows, "leaderboard"))


def interval_of(report: StudyReport, split: Split, name: str) -> str:
    """Give the 95 % interval of an architecture's error as text, such as `2.33 to 2.49`; empty where it is unknown."""
    found = report.significance.uncertainty(split, name)
    return f"{plain(found.lower)} to {plain(found.upper)}" if found else ""


def _explained(report: StudyReport) -> Markup:
    text = [
        f"Mean absolute error in {report.unit}, on the validation windows that everything was chosen by and on the "
        "test windows that were scored once, at the end. Skill is the share of persistence’s error that is gone, "
        "on test; persistence says that the temperature stays as it is."
        if report.target_name == "temperature"
        else f"Mean absolute error in {report.unit}, on the validation windows that everything was chosen by and on "
        "the test windows that were scored once, at the end. Skill is the share of persistence’s error that is gone, "
        "on test."
    ]
    if report.significance.uncertainties:
        text.append(
            " The line is the 95 % interval of the test error: where it would lie on other years of the same weather, "
            "the autocorrelation of errors allowed for."
        )
    if any(each.rank == "1=" for each in report.contenders):
        text.append(" Those marked 1= cannot be told from the first on validation: the difference is below the noise.")
    seeds = any(each.val_mae_spread is not None for each in report.contenders)
    if seeds:
        text.append(" ± is the standard deviation over as many seeds as the small figure says.")
    keyed = (key("test error and its interval", "model"), " ", key("persistence", "reference"))
    return joined(prose(*text), element("p", *keyed, class_="keys wide"))


def _row(contender: Contender, report: StudyReport, strip: _Strip) -> Markup:
    best = report.best is not None and contender.name == report.best.name
    reference = contender.name == PERSISTENCE
    spread = None
    if contender.val_mae_spread is not None:
        over = f" ± {plain(contender.val_mae_spread, DIGITS)}"
        spread = element("small", over, element("sub", contender.seeds), class_="spread")
    return element(
        "tr",
        cell(contender.rank, "rank"),
        element("th", wrapping(contender.name), scope="row"),
        cell(joined(plain(contender.val_mae, DIGITS), spread), "number"),
        cell(plain(contender.test_mae, DIGITS), "number", interval_of(report, "test", contender.name) or None),
        cell(strip.of(contender), "strip wide"),
        cell("to beat" if reference else share(contender.test_skill, sign=True), "number"),
        cell(f"{contender.parameters:,}" if contender.parameters else "", "number wide"),
        cell(plain(contender.seconds_per_epoch, 1) if contender.seconds_per_epoch else "", "number wide"),
        cell("" if contender.version is None else contender.version, "number wide"),
        cell(contender.standing, "wide"),
        class_="best" if best else "reference" if reference else None,
    )


class _Strip:
    """One scale for the test errors of all rows."""

    def __init__(self, report: StudyReport) -> None:
        self._report = report
        spans = [report.significance.uncertainty("test", each.name) for each in report.contenders]
        values = [each.test_mae for each in report.contenders]
        values += [end for span in spans if span for end in (span.lower, span.upper)]
        self._low, self._high = padded(min(values, default=0), max(values, default=1))
        reference = next((each for each in report.contenders if each.name == PERSISTENCE), None)
        self._reference = None if reference is None else reference.test_mae

    def scale(self) -> Markup:
        """Give the scale, for the head of the column."""
        marks = [
            element("text", f"{value:g}", x=self._across(value), y=14, text_anchor="middle", class_="tick")
            for value in ticks(self._low, self._high, 4)
        ]
        return self._drawn(joined(*marks), "Scale of the test error")

    def of(self, contender: Contender) -> Markup:
        """Give the error of one architecture, with its interval."""
        middle, marks = STRIP_HEIGHT / 2, []
        if self._reference is not None:
            x = self._across(self._reference)
            marks.append(element("line", x1=x, x2=x, y1=0, y2=STRIP_HEIGHT, class_="line reference"))
        kind = "reference" if contender.name == PERSISTENCE else "model"
        span = self._report.significance.uncertainty("test", contender.name)
        says = f"Test error {plain(contender.test_mae, DIGITS)} {self._report.unit}"
        if span:
            left, right = self._across(span.lower), self._across(span.upper)
            marks.append(element("line", x1=left, x2=right, y1=middle, y2=middle, class_=f"line {kind}"))
            says += f", 95 % interval {plain(span.lower)} to {plain(span.upper)}"
        marks.append(element("circle", cx=self._across(contender.test_mae), cy=middle, r=4, class_=f"dot {kind}"))
        return self._drawn(joined(element("title", says), *marks), says)

    def _across(self, value: float) -> float:
        return 6 + (value - self._low) / (self._high - self._low) * (STRIP_WIDTH - 12)

    def _drawn(self, marks: Markup, says: str) -> Markup:
        return element("svg", marks, viewBox=f"0 0 {STRIP_WIDTH} {STRIP_HEIGHT}", role="img", aria_label=says)
