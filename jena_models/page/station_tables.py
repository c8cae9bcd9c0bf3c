"""The rows of the tables that stand in for charts; made here, as a template takes three times as long for hundreds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from markupsafe import Markup, escape

from jena_models.page.station_facts import ComparedColumns, Said
from jena_models.report.number_format import MINUS
from jena_models.stations.clock import Clock


def next_rows(upcoming: Sequence[Said], clock: Clock) -> Markup:
    """Give a row for each forecast: time, value, interval, lead, who spoke."""
    rows = []
    for said in upcoming:
        value, interval = number(said.forecast), _interval(said.lower, said.upper)
        rows.append(
            f'<tr data-time="{_stamp(said.valid_time)}" data-said="{value}" data-bounds="{interval}">'
            f'<th scope="row">{_moment(said.valid_time, clock)}</th><td class="number">{value}</td>'
            f'<td class="number">{interval}</td><td class="wide number">{said.lead_hours:g}</td>'
            f'<td class="wide">{escape(said.rung)}</td></tr>'
        )
    return Markup("\n".join(rows))  # noqa: S704  (numbers, times, and a word that is escaped)


def week_rows(compared: ComparedColumns, clock: Clock) -> Markup:
    """Give a row for each forecast and what came, the newest first: time, measured, forecast, interval, error."""
    rows = []
    for each in reversed(list(compared.rows())):
        said, came = each.said, number(each.measured)
        value, interval, off = number(said.forecast), _interval(said.lower, said.upper), said.forecast - each.measured
        rows.append(
            f'<tr data-time="{_stamp(said.valid_time)}" data-came="{came}" data-said="{value}" '
            f'data-bounds="{interval}"><th scope="row">{_moment(said.valid_time, clock)}</th>'
            f'<td class="number">{came}</td><td class="number">{value}</td><td class="wide number">{interval}</td>'
            f'<td class="number">{number(off, sign="+")}</td></tr>'
        )
    return Markup("\n".join(rows))  # noqa: S704  (numbers and times)


def number(value: float, digits: int = 1, sign: str = "") -> str:
    """Give a number with so many digits after the point; a zero has no minus.

    >>> number(-0.04), number(-3.26), number(2.5, sign="+")
    ('0.0', '−3.3', '+2.5')
    """
    return f"{round(value, digits) + 0.0:{sign}.{digits}f}".replace("-", MINUS)


def _interval(lower: float | None, upper: float | None) -> str:
    return "" if lower is None or upper is None else f"{number(lower)} to {number(upper)}"


def _moment(time: datetime, clock: Clock) -> str:
    local = time.astimezone(clock.zone)
    return f'<time datetime="{_stamp(time)}" data-yours>{local:%a} {local.day} {local:%b %H:%M}</time>'


def _stamp(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
