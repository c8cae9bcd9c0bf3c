"""The pages as HTML: the list of stations with its map, one station, the API, signing in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment
from markupsafe import Markup

from jena_models.page.chart_frame import NARROW, WIDE
from jena_models.page.shown_state import TROUBLE, WORDS, StateNow, age_in_words, state_now
from jena_models.page.station_facts import Fault, Place, State, StationFacts, StationRecord
from jena_models.page.station_map import station_map
from jena_models.page.station_tables import findable, next_rows, stamp, station_row, week_rows
from jena_models.page.time_charts import days_ahead_in_words, last_week_chart, next_days_chart
from jena_models.report.drawing import COLOURS
from jena_models.report.html_templates import templates_in
from jena_models.report.number_format import day, grouped, share, wrapping
from jena_models.stations.clock import Clock, clock_named

TEMPLATES: Final = Path(__file__).with_name("templates")

ACTIONS: Final = {
    "nothing": "Nothing is to be done",
    "wait": "Waiting",
    "due": "A retraining is due",
    "retrain": "A retraining was asked for",
    "repair": "Something is to be mended",
}


@dataclass(frozen=True)
class Live:
    """How a page that is open finds out that there is news."""

    follow_seconds: float
    """How often it asks."""
    tag: str
    """What it has, as the server's ETag."""


@dataclass(frozen=True)
class Row:
    """A station in the list."""

    facts: StationFacts
    now: StateNow


@dataclass(frozen=True)
class StaticFile:
    """A file that pages ask for; its address changes with its content, so that browsers may keep it."""

    content: bytes
    media_type: str


@cache
def static_files() -> dict[str, StaticFile]:
    """Give the style sheet, the script and the icon by their address."""
    colours = "".join(f"--{name}:{colour};" for name, colour in COLOURS.items())
    style = f":root{{{colours}}}\n{_text('stations.css')}".encode()
    files = {
        "stations.css": (style, "text/css; charset=utf-8"),
        "stations.js": (_text("stations.js").encode(), "text/javascript; charset=utf-8"),
        "icon.svg": (_text("icon.svg").encode(), "image/svg+xml"),
    }
    return {
        f"/static/{hashlib.sha256(content).hexdigest()[:12]}-{name}": StaticFile(content, media_type)
        for name, (content, media_type) in files.items()
    }


def stations_page(  # noqa: PLR0917  (all that the list shows)
    every: Sequence[StationFacts],
    now: datetime,
    live: Live,
    unread: int,
    trouble: str = "",
    faults: Sequence[Fault] = (),
) -> str:
    """Give the list of stations, those in trouble first, with the map.

    Args:
        every: station that has been read.
        now: with a zone.
        live: how the page finds out that there is news.
        unread: how many stations wait to be read for the first time.
        trouble: a sentence about what all have in common; empty where there is none.
        faults: entries of the fleet file that are not shown.
    """
    order = list(WORDS)
    states = {facts.place.name: state_now(facts, now) for facts in every}
    rows = [Row(facts, states[facts.place.name]) for facts in every]
    titles = {facts.place.name: findable(facts.place.title) for facts in every}
    rows.sort(key=lambda row: (row.now.state not in TROUBLE, order.index(row.now.state), titles[row.facts.place.name]))
    found = [row.now.state for row in rows]
    levels = {facts.level for facts in every}
    return _rendered(
        "stations.html.jinja",
        live,
        here="stations",
        rows=rows,
        table_rows=Markup("\n").join(station_row(row.facts, row.now) for row in rows),
        counted=f"{len(rows):,} stations" if len(rows) != 1 else rows[0].facts.place.title,
        counts=[(word, state, found.count(state)) for state, word in WORDS.items() if state in found],
        unread=unread,
        trouble=trouble,
        faults=faults,
        map=_map(tuple((facts.place, states[facts.place.name].state) for facts in every)),
        level=levels.pop() if len(levels) == 1 else None,
    )


def station_page(  # noqa: PLR0917  (all that the page shows)
    record: StationRecord,
    now: datetime,
    live: Live,
    links: Sequence[tuple[str, str]],
    trouble: str = "",
    unreported: str = "",
) -> str:
    """Give the page of one station.

    Args:
        record: what is known of it.
        now: with a zone.
        live: how the page finds out that there is news.
        links: where to look further: what is there, and its address.
        trouble: a sentence about the registry, where it cannot be read.
        unreported: the study of the champion, where no report of it has been written.
    """
    facts, clock = record.facts, clock_named(record.facts.place.clock)
    compared = list(record.compared.rows())
    return _rendered(
        "station.html.jinja",
        live,
        up="../",
        here="station",
        record=record,
        facts=facts,
        current=state_now(facts, now),
        clock=clock,
        now=now,
        days_ahead=days_ahead_in_words(facts),
        next_days=next_days_chart(record, clock, WIDE) + next_days_chart(record, clock, NARROW),
        next_rows=next_rows(facts.upcoming, clock, facts.digits),
        week_rows=week_rows(compared, clock, facts.digits),
        last_week=last_week_chart(record, compared, clock, WIDE) + last_week_chart(record, compared, clock, NARROW),
        links=links,
        trouble=trouble,
        unreported=unreported,
    )


def api_page(openapi: Mapping[str, Any], *, signed_in: bool) -> str:
    """Give what the API offers, as OpenAPI describes it, without anything from outside."""
    paths = [(path, methods["get"]) for path, methods in openapi["paths"].items() if "get" in methods]
    shapes = sorted(openapi.get("components", {}).get("schemas", {}).items())
    objects = [(name, shape) for name, shape in shapes if "properties" in shape]
    return _rendered("api.html.jinja", None, here="api", paths=paths, shapes=objects, signed=signed_in)


def sign_in_page(then: str, asked: str, *, wrong: bool) -> str:
    """Give the form that asks for the token, and leads to an address of the page afterwards.

    Args:
        then: that address.
        asked: the path at which the form is shown.
        wrong: whether the token was.
    """
    return _rendered("sign_in.html.jinja", None, up=_up_from(asked), here="", then=then, wrong=wrong)


def notice_page(heading: str, sentence: str, asked: str) -> str:
    """Give a page that says one thing, at the path that was asked for."""
    return _rendered("notice.html.jinja", None, up=_up_from(asked), here="", heading=heading, sentence=sentence)


def _up_from(path: str) -> str:
    """Give the way from an address of the page to its root."""
    return "../" * (path.count("/") - 1)


def _rendered(template: str, live: Live | None, *, up: str = "", **given: Any) -> str:
    """Give a page, with links that begin at its own address: a proxy may have put the page's root below another's.

    Args:
        template: of the page.
        live: how it finds out that there is news.
        up: the way from its address to the root.
        given: to the template.
    """
    static = {name.rpartition("-")[2].partition(".")[2]: up + name[1:] for name in static_files()}
    return (
        _environment()
        .get_template(template)
        .render(
            static={"style": static["css"], "script": static["js"], "icon": static["svg"]},
            follow=live.follow_seconds if live else None,
            tag=live.tag if live else "",
            up=up,
            **given,
        )
    )


@lru_cache(maxsize=4)
def _map(stations: tuple[tuple[Place, State], ...]) -> Markup:
    return station_map(stations)


@cache
def _environment() -> Environment:
    filters: dict[str, Callable[..., Any]] = {
        "action": lambda action: ACTIONS.get(action, action),
        "age": age_in_words,
        "day": day,
        "degrees": _degrees,
        "hours": lambda hours: f"{hours:g}",
        "kind": kind_of,
        "local": _local,
        "number": grouped,
        "percent": lambda value, sign=True: share(abs(value) if not sign else value, 0, sign=sign),
        "share": lambda value: share(value, 0),
        "stamp": stamp,
        "wrapping": wrapping,
    }
    return templates_in(TEMPLATES, filters)


def kind_of(schema: Mapping[str, Any]) -> str:
    """Give a JSON schema's type in words, such as `list of Said` or `number or nothing`."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        kinds = [kind_of(each) for each in schema["anyOf"]]
        return " or ".join("nothing" if kind == "null" else kind for kind in kinds)
    if schema.get("type") == "array":
        return f"list of {kind_of(schema.get('items', {}))}"
    if "enum" in schema:
        return ", ".join(f"“{each}”" for each in schema["enum"])
    return {"date-time": "time", "date": "day"}.get(schema.get("format", ""), str(schema.get("type", "any")))


def _local(time: datetime | date, clock: Clock, style: str = "short") -> str:
    moment = time.astimezone(clock.zone) if isinstance(time, datetime) else time
    if style == "day":
        return f"{moment.day} {moment:%B %Y, %H:%M}"
    return f"{moment:%a} {moment.day}, {moment:%H:%M}"


def _degrees(value: float, above: str, below: str) -> str:
    folded = (value + 180) % 360 - 180 if above == "E" else value
    return f"{abs(folded):.2f}° {above if folded >= 0 else below}"


def _text(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")
