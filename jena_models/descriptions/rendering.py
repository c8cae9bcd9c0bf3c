"""A description as text for a terminal."""

from __future__ import annotations

import io
from collections.abc import Mapping

from rich.console import Console
from rich.table import Table

from jena_models.descriptions.description import DAY_HOURS, YEAR_HOURS, Description
from jena_models.exactness import digits_for
from jena_models.weather_service.run_descriptions import rows_of

WIDTH = 110
SHOWN_GAPS = 8


def render(description: Description) -> str:
    """Give the text of a description: what was found, a line a column, the periods, the figures."""
    console = Console(file=io.StringIO(), width=WIDTH, highlight=False, emoji=False, markup=False)
    console.print(_facts(description))
    console.print()
    console.print(_statistics(description))
    for service in description.services:
        console.print()
        console.print(_grid(rows_of(service)))
    if description.figures:
        console.print()
        console.print(f"Whole series:   {description.figures.whole_series}", soft_wrap=True)
        console.print(f"First ten days: {description.figures.first_ten_days}", soft_wrap=True)
    written = console.file
    assert isinstance(written, io.StringIO)  # noqa: S101 - made above
    return "\n".join(line.rstrip() for line in written.getvalue().splitlines())


def name_period(hours: float) -> str:
    """Give a period in words: the day, the year, or its length."""
    if abs(hours / DAY_HOURS - 1) < 0.02:  # noqa: PLR2004
        return f"{hours:g} h (the day)"
    if abs(hours / YEAR_HOURS - 1) < 0.1:  # noqa: PLR2004
        return f"{hours:g} h (the year, {hours / DAY_HOURS:.0f} days)"
    return f"{hours:g} h" if hours < 2 * DAY_HOURS else f"{hours:g} h ({hours / DAY_HOURS:.1f} days)"


def _facts(description: Description) -> Table:
    columns = description.columns
    gaps = [f"{g.after:%Y-%m-%d %H:%M} to {g.before:%Y-%m-%d %H:%M} ({_duration(g.minutes)})" for g in description.gaps]
    more = [f"and {len(gaps) - SHOWN_GAPS:,} more"] if len(gaps) > SHOWN_GAPS else []
    periods = ", ".join(name_period(hours) for hours in description.periods_hours) or "none"
    repeats = f"{description.repeated_timestamps:,} dropped"
    if description.repeated_timestamps:
        repeats += f", {description.differing_repeats:,} of them differing from the one that stayed"
    facts = {
        "Source": f"{description.source} ({description.kind}, station '{description.station}')",
        "Rows": f"{description.rows:,} of {description.rows_read:,} read",
        "Range": f"{description.start:%Y-%m-%d %H:%M} to {description.end:%Y-%m-%d %H:%M}",
        "Cadence": f"{description.cadence_minutes:g} minutes",
        "Gaps": "\n".join([str(len(gaps)), *gaps[:SHOWN_GAPS], *more]) if gaps else "none",
        "Repeated stamps": repeats,
        "Out of order": f"{description.out_of_order:,} rows",
        "Sentinels": ", ".join(f"{name}: {count:,}" for name, count in description.sentinels.items()) or "none",
        "Measured": ", ".join(columns.measured),
        "By formula": ", ".join(columns.derived) or "none",
        "Not measured": ", ".join(columns.missing) or "none",
        "Ignored": ", ".join(columns.ignored) or "none",
        "Periods": f"{periods} in {description.target}" + f"\n{description.periods_remark}".rstrip(),
    }
    if description.clock:
        facts["Clock"] = "\n".join(description.clock.in_words())
    if description.neighbours:
        facts["Neighbours"] = "\n".join(each.in_words() for each in description.neighbours)
    return _grid(facts)


def _grid(facts: Mapping[str, str]) -> Table:
    table = Table.grid(padding=(0, 2))
    for name, text in facts.items():
        table.add_row(name, text)
    return table


def _statistics(description: Description) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("column")
    for name in ("mean", "std", "min", "25 %", "50 %", "75 %", "max", "missing"):
        table.add_column(name, justify="right", no_wrap=True)
    for name, s in description.statistics.items():
        numbers = (s.mean, s.standard_deviation, s.minimum, s.lower_quartile, s.median, s.upper_quartile, s.maximum)
        digits = digits_for(s.standard_deviation or abs(s.mean), 2)
        table.add_row(name, *(f"{number:.{digits}f}" for number in numbers), f"{s.missing:,}")
    return table


def _duration(minutes: float) -> str:
    return f"{minutes:g} min" if minutes < 120 else f"{minutes / 60:.1f} h"  # noqa: PLR2004
