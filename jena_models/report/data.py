"""What the study was made from, and what had to be mended first."""

from __future__ import annotations

from jena_models.report.contents import StudyReport
from jena_models.report.layout import cell, facts, figures, header, prose, section, table
from jena_models.report.markup import Child, Markup, element, joined
from jena_models.stations.cleaning_report import CleaningReport, Gap

MOST_GAPS = 12


def data(report: StudyReport) -> Markup:
    """Give the section."""
    parts: list[Child] = [facts([*_readings(report), *(_cleaned(report.cleaning) if report.cleaning else [])])]
    tables: list[Child] = []
    if report.windows:
        tables.append(element("div", element("h3", "Windows"), _windows(report)))
    if report.cleaning and report.cleaning.gaps:
        tables.append(element("div", element("h3", "Gaps"), _gaps(report.cleaning.gaps)))
    if tables:
        parts.append(figures(*tables, kind="pair"))
    if report.expectations:
        parts += _checked(report)
    return section("data", "Data", *parts)


def _readings(report: StudyReport) -> list[tuple[str, Child]]:
    what = (
        "readings of the station" if report.kind == "real" else "simulated: no result on them says how good a model is"
    )
    return [("source", f"{report.source} ({what})"), *([("measured by", report.credit)] if report.credit else [])]


def _cleaned(found: CleaningReport) -> list[tuple[str, Child]]:
    dropped = f"{found.repeated_timestamps:,}"
    if found.differing_repeats:
        dropped += f", of which {found.differing_repeats:,} differed from the row that stayed"
    told: list[tuple[str, Child]] = [
        ("period", f"{found.start:%Y-%m-%d %H:%M} to {found.end:%Y-%m-%d %H:%M}"),
        ("readings", f"{found.rows:,} of {found.rows_read:,} rows, every {found.cadence_minutes:g} minutes"),
        ("repeated time stamps dropped", dropped),
        ("rows put in order", f"{found.out_of_order:,}"),
        ("values that stood for a missing one", _counts(found.sentinels)),
        ("missing values", _counts(found.missing)),
        ("measured columns", ", ".join(found.measured)),
        ("computed by formula", ", ".join(found.derived) or "none"),
    ]
    if found.absent:
        told.append(("left out, as not measured", ", ".join(found.absent)))
    if found.ignored:
        told.append(("ignored, as not known", ", ".join(found.ignored)))
    return told


def _windows(report: StudyReport) -> Markup:
    rows = [
        element(
            "tr",
            element("th", each.split, scope="row"),
            cell(f"{each.used:,}", "number"),
            cell(f"{each.left_out:,}", "number"),
        )
        for each in report.windows
    ]
    heads = [header("split"), header("windows", "number"), header("left out", "number")]
    told = prose("Left out: across a gap or a split’s border, or without a target.")
    return joined(table(heads, rows, "plain"), told)


def _gaps(gaps: tuple[Gap, ...]) -> Markup:
    longest = sorted(sorted(gaps, key=lambda gap: -gap.minutes)[:MOST_GAPS], key=lambda gap: gap.after)
    rows = [
        element("tr", cell(f"{gap.after:%Y-%m-%d %H:%M}"), cell(f"{gap.minutes / 60:.1f}", "number")) for gap in longest
    ]
    more = prose(f"The longest {MOST_GAPS} of {len(gaps):,}.") if len(gaps) > MOST_GAPS else None
    return joined(table([header("last reading before"), header("hours", "number")], rows, "plain"), more)


def _checked(report: StudyReport) -> list[Child]:
    remarkable = [each for each in report.expectations if each.outcome != "pass" or each.rows]
    passed = sum(each.outcome == "pass" for each in report.expectations)
    told: list[Child] = [
        element("h3", "Validation"),
        prose(f"{passed} of {len(report.expectations)} expectations hold."),
    ]
    if remarkable:
        heads = [header("expectation"), header("outcome"), header("rows", "number"), header("for example", "wide")]
        rows = [
            element(
                "tr",
                cell(each.expectation),
                cell(each.outcome),
                cell(f"{each.rows:,}", "number"),
                cell(each.example, "wide"),
            )
            for each in remarkable
        ]
        told.append(table(heads, rows, "plain"))
    return told


def _counts(numbers: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in numbers.items()) or "none"
