"""A forecast in words, and as a table for a terminal."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from jena_models.stations.clock import offset_name
from tasks.forecasting.made_forecast import Forecast
from tasks.forecasting.rungs import PARTS, WHOLE
from tasks.workspace import Justify, as_text, plain_table

if TYPE_CHECKING:
    from rich.table import Table

SHOWN: Final[dict[str, Justify]] = {
    "issued": "left",
    "for": "left",
    "forecast": "right",
    "between": "right",
    "same as now": "right",
    "by": "left",
}

CURVE_SHOWN: Final[dict[str, Justify]] = {"day": "left", "time": "left", "forecast": "right", "between": "right"}
MOST_SHOWN: Final = 16
"""Leads of a curve on a terminal."""


def sentence(made: Forecast) -> str:
    """Give the forecast in words."""
    digits = made.digits
    bounds = "" if made.lower is None else f"{made.lower:z.{digits}f} to {made.upper:z.{digits}f}"
    interval = f" ({bounds} with {made.level * 100:g} %)" if bounds else ""
    of = "" if made.persistence_time is None else f", of {stamp(made.persistence_time)}"
    now = "" if made.persistence is None else f" ({_amount(made.persistence, digits, made.unit)}{of})"
    return (
        f"{_amount(made.forecast, digits, made.unit)}{interval} at {stamp(made.valid_time)}, "
        f"{made.horizon_hours:g} hours after the last reading of {stamp(made.issue_time)}{now}, says {_by(made)}"
        f"{_fed(made)}."
    )


def render(made: Forecast) -> str:
    """Give the forecast as a table for a terminal."""
    table = plain_table(f"{made.model} (times are {offset_name(made.valid_time.utcoffset() or timedelta())})", SHOWN)
    of = "" if made.persistence_time is None else f", of {made.persistence_time:%Y-%m-%d %H:%M}"
    digits = made.digits + 1 if made.digits else 0
    bounds = "" if made.lower is None else f"{made.lower:z.{digits}f} and {made.upper:z.{digits}f}"
    table.add_row(
        f"{made.issue_time:%Y-%m-%d %H:%M}",
        f"{made.valid_time:%Y-%m-%d %H:%M}",
        _amount(made.forecast, digits, made.unit),
        f"{bounds} ({made.level * 100:g} %)" if bounds else "",
        "" if made.persistence is None else f"{_amount(made.persistence, digits, made.unit)}{of}",
        _by(made),
    )
    run = f"\nThe forecast is made{_fed(made).removeprefix(',')}." if made.service_run else ""
    curve = [_curve_table(made)] if len(made.curve) > 1 else []
    where = f"{'Added to' if made.written else 'Already in'} {made.table}." if made.table else "Kept in no table."
    picture = f"\nThe picture is {made.picture}." if made.picture else ""
    return as_text(table, *curve, f"{where}{run}{picture}")


def stamp(time: datetime) -> str:
    """Give a time of the station's clock as people read it, with its offset."""
    return f"{time:%Y-%m-%d %H:%M} {time:%z}"


def _amount(value: float, digits: int, unit: str) -> str:
    """Give an amount with its unit, alone where the target has none."""
    return f"{value:z.{digits}f} {unit}".rstrip()


def _curve_table(made: Forecast) -> Table:
    """Give the curve as a table, some hours apart, a section a day."""
    apart = -(-len(made.curve) // MOST_SHOWN)
    shown = [lead for place, lead in enumerate(made.curve, 1) if place % apart == 0]
    unit = f", in {made.unit}" if made.unit else ""
    table = plain_table(f"The next {made.curve[-1].horizon_hours:g} hours{unit}", CURVE_SHOWN)
    day, digits = "", made.digits
    for lead in shown:
        before, day = day, f"{lead.valid_time:%a %d %b}"
        bounds = "" if lead.lower is None else f"{lead.lower:z.{digits}f} and {lead.upper:z.{digits}f}"
        value = f"{lead.forecast:z.{digits}f}"
        table.add_row("" if day == before else day, f"{lead.valid_time:%H:%M}", value, bounds)
    return table


def _by(made: Forecast) -> str:
    without = f" without {made.missing}" if made.missing and made.rung != "climatology" else ""
    if made.rung in (WHOLE, PARTS):
        return f"version {made.version}, {made.architecture}{without}"
    spoke = f"the fallback, version {made.version}{without}" if made.rung == "fallback" else made.rung
    return f"{spoke}, since {made.why}"


def _fed(made: Forecast) -> str:
    return f", with the weather service's run of {made.service_age_hours:g} h before" if made.service_run else ""
