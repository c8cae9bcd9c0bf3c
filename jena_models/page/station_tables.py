"""The rows of tables; made here, as a template takes three times as long for hundreds of them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

from markupsafe import Markup, escape

from jena_models.page.shown_state import StateNow, age_in_words
from jena_models.page.station_facts import Champion, Compared, Said, StationFacts
from jena_models.page.time_charts import spark_line
from jena_models.report.number_format import grouped, share, wrapping
from jena_models.stations.clock import Clock


def findable(text: str) -> str:
    """Give a text without accents and capitals, by which stations are sorted and found.

    >>> findable("Åland"), findable("İstanbul")
    ('aland', 'istanbul')
    """
    parts = unicodedata.normalize("NFD", text.lower())
    return "".join(each for each in parts if not unicodedata.combining(each))


def next_rows(upcoming: Sequence[Said], clock: Clock, digits: int) -> Markup:
    """Give a row for each forecast: time, value with so many digits after the point, interval, lead, who spoke."""
    rows = []
    for said in upcoming:
        value, interval = grouped(said.forecast, digits), _interval(said, digits)
        rows.append(
            f'<tr data-time="{stamp(said.valid_time)}" data-said="{value}" data-bounds="{interval}">'
            f'<th scope="row">{_moment(said.valid_time, clock)}</th><td class="number">{value}</td>'
            f'<td class="number">{interval}</td><td class="wide number">{said.lead_hours:g}</td>'
            f'<td class="wide">{escape(said.rung)}</td></tr>'
        )
    return Markup("\n".join(rows))  # noqa: S704  (numbers, times, and a word that is escaped)


def week_rows(compared: Sequence[Compared], clock: Clock, digits: int) -> Markup:
    """Give a row for each forecast and what came, the newest first: time, measured, forecast, interval, error."""
    rows = []
    for each in reversed(compared):
        said, came, off = each.said, grouped(each.measured, digits), each.said.forecast - each.measured
        value, interval = grouped(said.forecast, digits), _interval(said, digits)
        rows.append(
            f'<tr data-time="{stamp(said.valid_time)}" data-came="{came}" data-said="{value}" '
            f'data-bounds="{interval}"><th scope="row">{_moment(said.valid_time, clock)}</th>'
            f'<td class="number">{came}</td><td class="number">{value}</td><td class="wide number">{interval}</td>'
            f'<td class="number">{grouped(off, digits, "+")}</td></tr>'
        )
    return Markup("\n".join(rows))  # noqa: S704  (numbers and times)


def station_row(facts: StationFacts, now: StateNow) -> Markup:
    """Give a station's row of the list; but for its age it is made once for as long as nothing changes."""
    kept = _KEPT.get(facts.place.name)
    if kept is None or kept[0] is not facts or kept[1] != now.state:
        kept = _KEPT[facts.place.name] = facts, now.state, _halves(facts, now)
    before, after = kept[2]
    age = "" if now.target_age_seconds is None else age_in_words(now.target_age_seconds)
    return Markup(before + age + after)  # noqa: S704  (escaped where it is put in)


_KEPT: Final[dict[str, tuple[StationFacts, str, tuple[str, str]]]] = {}


def _halves(facts: StationFacts, now: StateNow) -> tuple[str, str]:
    place, said, scores = facts.place, facts.latest, facts.scores
    of = facts.champion.architecture if facts.champion else ""
    find = escape(findable(f"{place.name} {place.title} {now.word} {of}"))
    simulated = " <small>simulated</small>" if place.simulated else ""
    # On a phone too: of two stations one may measure in °F.
    value = (
        f"{grouped(facts.newest.value, facts.digits)} <small class='unit'>{escape(place.unit)}</small>"
        if facts.newest
        else ""
    )
    before = (
        f'<tr class="{now.state}" data-find="{find}"><th scope="row"><a href="stations/{quote(place.name)}">'
        f'{escape(place.title)}</a>{simulated}</th><td><span class="state {now.state}"><i aria-hidden="true"></i>'
        f'{now.word}</span></td><td class="number">{value}</td><td class="number">'
    )
    if facts.newest:
        before += f'<time datetime="{stamp(facts.newest.time)}" data-age>'
    spoken = grouped(said.forecast, facts.digits) if said else ""
    forecast = f"{spoken} <small class='wide'>in {said.lead_hours:g} h</small>" if said else ""
    if said and (interval := _interval(said, facts.digits)):
        forecast += f"<small class='below wide'>{interval}</small>"
    skill = share(scores.skill, 0, sign=True) if scores and scores.skill is not None else ""
    end = "</time>" if facts.newest else ""
    after = (
        f'{end}</td><td class="wide">{spark_line(facts.upcoming, facts.newest)}</td>'
        f'<td class="number">{forecast}</td>'
        f'<td class="wide number">{grouped(scores.mae, facts.error_digits) if scores else ""}</td>'
        f'<td class="wide number">{skill}</td><td class="wide words">{escape(said.rung) if said else ""}</td>'
        f'<td class="wide words">{_champion(facts.champion) if facts.champion else ""}</td></tr>'
    )
    return before, after


def _champion(champion: Champion) -> Markup:
    """Give which version it is, and by a sign and in words whether its gates let it in."""
    closed, gates = champion.closed_gates, len(champion.gates)
    sign, kind = ("✗", "shut") if closed else ("✓", "open")
    told = f"{', '.join(closed)} closed" if closed else f"{gates} gate{'s' * (gates > 1)} passed"
    verdict = (
        f'<span class="{kind}" title="{escape(told)}"><span aria-hidden="true">{sign}</span>'
        f'<span class="unseen">{escape(told)}</span></span>'
        if gates
        else "<small>by hand</small>"
    )
    return Markup(  # noqa: S704  (escaped where it is put in)
        f"{wrapping(champion.architecture)} <small>v{champion.version}</small> {verdict}"
    )


def _interval(said: Said, digits: int) -> str:
    if said.lower is None or said.upper is None:
        return ""
    return f"{grouped(said.lower, digits)} to {grouped(said.upper, digits)}"


def _moment(time: datetime, clock: Clock) -> str:
    local = time.astimezone(clock.zone)
    return f'<time datetime="{stamp(time)}" data-yours>{local:%a} {local.day} {local:%b %H:%M}</time>'


def stamp(time: datetime) -> str:
    """Give a time in UTC as browsers read it."""
    return f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
