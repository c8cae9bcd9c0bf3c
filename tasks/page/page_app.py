"""What the page answers: HTML for people, JSON for programs, figures for Prometheus; all of it from the last look."""

from __future__ import annotations

import gzip
import hashlib
import uuid
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from fastapi import FastAPI, HTTPException, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError

from jena_models.errors import JenaError
from jena_models.page.api_shapes import (
    Forecasts,
    LastWeek,
    Readings,
    StationDetail,
    Stations,
    detail_of,
    summary_of,
)
from jena_models.page.exposition import MEDIA_TYPE, exposition
from jena_models.page.recent_forecasts import KEPT, rows_said
from jena_models.page.shown_state import state_now
from jena_models.page.station_pages import Live, api_page, notice_page, static_files, station_page, stations_page
from jena_models.stations.units import unit_of
from tasks.forecasting import read_forecasts
from tasks.page.further_links import Elsewhere, links_of, report_file, study_of
from tasks.page.watched_stations import Look, Seen, Watch

FRESH_SECONDS: Final = 10
"""An answer that shows ages is made anew so often, where it is asked for; browsers count on by themselves."""
KEPT_ANSWERS: Final = 256
LEAST_TO_PACK: Final = 2048
"""Bytes below which an answer is not worth packing."""
MOST_ROWS: Final = 10_000
LONG_LIST: Final = 200
"""With more stations than these, the list is asked for news less often: it is long, and something is always new."""
SLOWER: Final = 6.0
REPORT_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
HTML: Final = "text/html; charset=utf-8"
JSON: Final = "application/json"

Name = Annotated[str, Path(description="The station's name, as the list has it.")]
Time = Annotated[datetime | None, Query(description="An ISO time; one without a zone is in UTC.")]


@dataclass(frozen=True)
class Answer:
    """A body that is sent again while nothing has changed."""

    tag: str
    body: bytes
    packed: bytes
    media_type: str


class Answers:
    """The answers that were given last, made once for all who ask; threads may make one twice."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[object, ...], Answer] = OrderedDict()
        self._start = uuid.uuid4().hex[:8]

    def given(
        self, request: Request, key: tuple[object, ...], said: object, make: Callable[[str], str], media_type: str
    ) -> Response:
        """Answer a request, with nothing but "as before" where the visitor has what is there.

        Args:
            request: of the visitor.
            key: what the body depends on, down to the letter.
            said: what it says; while that stays the same, what a visitor has is still good.
            make: gives the body, told the tag that it goes under.
            media_type: of the body.
        """
        tag = f'W/"{hashlib.sha256(repr((self._start, said)).encode()).hexdigest()[:20]}"'
        headers = {"etag": tag, "cache-control": "no-cache", "vary": "accept-encoding"}
        if tag in [each.strip() for each in request.headers.get("if-none-match", "").split(",")]:
            return Response(status_code=304, headers=headers)
        kept = self._kept.get(key)
        if kept is None:
            body = make(tag).encode()
            packed = gzip.compress(body, 1, mtime=0) if len(body) >= LEAST_TO_PACK else b""
            kept = self._kept[key] = Answer(tag, body, packed, media_type)
            while len(self._kept) > KEPT_ANSWERS:
                self._kept.popitem(last=False)
        if kept.packed and "gzip" in request.headers.get("accept-encoding", ""):
            return Response(kept.packed, media_type=media_type, headers=headers | {"content-encoding": "gzip"})
        return Response(kept.body, media_type=media_type, headers=headers)


class NoStationError(JenaError):
    """The page shows no station of that name."""


def page_app(  # noqa: PLR0915  (one short function an address)
    watch: Watch,
    *,
    others: Elsewhere,
    registry: str,
    follow_seconds: float,
    signed_in: bool = False,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> FastAPI:
    """Give the application.

    Args:
        watch: what looks at the stations.
        others: where links lead.
        registry: where the report of a study is looked for.
        follow_seconds: how often an open page asks for news.
        signed_in: whether programs must send a token, which the page on the API says.
        clock: gives the time, with its zone.
    """
    app = FastAPI(
        title="Jena forecast",
        version="1",
        description="Stations, their forecasts and how these did. Times are in UTC.",
        docs_url=None,  # FastAPI's own pages fetch their scripts from elsewhere; /api needs none
        redoc_url=None,
        default_response_class=Response,
    )
    answers = Answers()

    def states(look: Look, now: datetime) -> str:
        return ",".join(state_now(seen.facts, now).state for seen in look.stations.values())

    def of_station(name: str) -> Seen:
        found = watch.last.stations.get(name)
        if found is None:
            raise NoStationError(f"No station '{name[:80]}' is shown here.")
        return found

    def for_all(request: Request, kind: str, make: Callable[[Look, datetime, str], str], media: str) -> Response:
        look, now = watch.last, clock()
        moment = int(now.timestamp()) // FRESH_SECONDS
        said = answered.get((look.number, moment))
        if said is None:
            said = answered[look.number, moment] = states(look, now)
            for old in list(answered)[:-4]:
                answered.pop(old, None)
        return answers.given(
            request, (kind, look.number, moment), (kind, look.number, said), lambda tag: make(look, now, tag), media
        )

    def for_one(
        request: Request, name: str, kind: str, make: Callable[[Seen, datetime, str], str], media: str
    ) -> Response:
        seen, now = of_station(name), clock()
        trouble = watch.last.registry_trouble
        said = (kind, name, seen.number, state_now(seen.facts, now).state, trouble)
        moment = int(now.timestamp()) // FRESH_SECONDS
        return answers.given(request, (*said, moment), said, lambda tag: make(seen, now, tag), media)

    answered: dict[tuple[int, int], str] = {}

    @app.get("/", include_in_schema=False)
    def list_of_stations(request: Request) -> Response:
        def make(look: Look, now: datetime, tag: str) -> str:
            seconds = follow_seconds * (SLOWER if len(look.stations) > LONG_LIST else 1)
            every = [seen.facts for seen in look.stations.values()]
            return stations_page(every, now, Live(seconds, tag), look.unread, look.registry_trouble, look.faults)

        return for_all(request, "list", make, HTML)

    @app.get("/stations", include_in_schema=False)
    def to_the_list() -> Response:
        return Response(status_code=307, headers={"location": "/"})

    @app.get("/stations/{name}", include_in_schema=False)
    def one_station(request: Request, name: Name) -> Response:
        def make(seen: Seen, now: datetime, tag: str) -> str:
            links = [(link.text, link.address) for link in links_of(seen.facts, others, registry)]
            unreported = "" if report_file(seen.facts, registry) else study_of(seen.facts)
            live = Live(follow_seconds, tag)
            return station_page(seen.record, now, live, links, watch.last.registry_trouble, unreported)

        return for_one(request, name, "page", make, HTML)

    @app.get("/stations/{name}/report", include_in_schema=False)
    def report_of_the_study(name: Name) -> Response:
        seen = of_station(name)
        file = report_file(seen.facts, registry)
        if file is None:
            raise NoStationError("The study that made this station's champion left no report on this machine.")
        headers = {"content-security-policy": REPORT_POLICY, "cache-control": "no-cache"}
        return Response(file.read_bytes(), media_type=HTML, headers=headers)

    @app.get("/api/stations", response_model=Stations, summary="All stations")
    def stations(request: Request) -> Response:
        """Give each station as the list shows it: its state, newest value and forecast, and the last week's scores."""

        def make(look: Look, now: datetime, _: str) -> str:
            summaries = tuple(summary_of(seen.facts, now) for seen in look.stations.values())
            return Stations(time=now, unread=look.unread, stations=summaries, faults=look.faults).model_dump_json()

        return for_all(request, "api", make, JSON)

    @app.get("/api/stations/{name}", response_model=StationDetail, summary="One station")
    def station(request: Request, name: Name) -> Response:
        """Give all that is known of a station: what is said of the next days, its champion with gates, monitoring."""

        def make(seen: Seen, now: datetime, _: str) -> str:
            return detail_of(seen.facts, now, links_of(seen.facts, others, registry)).model_dump_json()

        return for_one(request, name, "api", make, JSON)

    @app.get("/api/stations/{name}/forecasts", response_model=Forecasts, summary="Forecasts")
    def forecasts(
        name: Name,
        start: Time = None,
        end: Time = None,
        limit: Annotated[int, Query(ge=1, le=MOST_ROWS, description="The most rows to give.")] = MOST_ROWS,
    ) -> Response:
        """Give the forecasts that were issued from `start` to `end`, both included; those of the last days without."""
        seen = of_station(name)
        newest = seen.facts.reading_time
        since = _plain(start) or (_plain(newest - KEPT) if newest else None)
        table = seen.shown.settings.forecasting.table
        rows = read_forecasts(seen.shown.model, seen.shown.station.local, since, _plain(end), place=table)
        found = Forecasts(
            unit=unit_of(seen.shown.station.target), complete=len(rows) <= limit, forecasts=rows_said(rows[:limit])
        )
        return Response(found.model_dump_json(), media_type=JSON, headers={"cache-control": "no-cache"})

    @app.get("/api/stations/{name}/readings", response_model=Readings, summary="Readings")
    def readings(request: Request, name: Name) -> Response:
        """Give the target's values of the last nine days."""

        def make(seen: Seen, _: datetime, __: str) -> str:
            unit = seen.facts.place.unit
            return Readings(
                unit=unit, measured_from=seen.record.measured_from, readings=tuple(seen.record.measured.rows())
            ).model_dump_json()

        return for_one(request, name, "readings", make, JSON)

    @app.get("/api/stations/{name}/last-week", response_model=LastWeek, summary="The last week")
    def last_week(request: Request, name: Name) -> Response:
        """Give the last week's forecasts at the horizon that counts, each with what came, and their scores."""

        def make(seen: Seen, _: datetime, __: str) -> str:
            facts = seen.facts
            return LastWeek(
                unit=facts.place.unit, scores=facts.scores, compared=tuple(seen.record.compared.rows())
            ).model_dump_json()

        return for_one(request, name, "week", make, JSON)

    @app.get("/api", include_in_schema=False)
    def about_the_api() -> Response:
        return Response(api_page(app.openapi(), signed_in=signed_in), media_type=HTML)

    @app.get("/metrics", summary="Figures for Prometheus", responses={200: {"content": {MEDIA_TYPE: {}}}})
    def metrics(request: Request) -> Response:
        """Give ages, the last week's error, who speaks, and what monitoring said, in Prometheus's text format."""

        def make(look: Look, now: datetime, _: str) -> str:
            return exposition([seen.facts for seen in look.stations.values()], now)

        return for_all(request, "metrics", make, MEDIA_TYPE)

    @app.get("/health", include_in_schema=False)
    def health() -> Response:
        return Response("well\n", media_type="text/plain")

    @app.get("/static/{file}", include_in_schema=False)
    def static(file: str) -> Response:
        found = static_files().get(f"/static/{file}")
        if found is None:
            raise HTTPException(404)
        headers = {"cache-control": "public, max-age=31536000, immutable"}
        return Response(found.content, media_type=found.media_type, headers=headers)

    _answer_errors(app)
    return app


def _answer_errors(app: FastAPI) -> None:
    def said(request: Request, status: int, sentence: str) -> Response:
        if request.url.path.startswith(("/api/", "/metrics", "/static/")):
            return Response(_in_json(sentence), status_code=status, media_type=JSON)
        heading = "Not found" if status == 404 else "That did not work"  # noqa: PLR2004
        return Response(notice_page(heading, sentence), status_code=status, media_type=HTML)

    @app.exception_handler(NoStationError)
    def _no_station(request: Request, error: Exception) -> Response:
        return said(request, 404, str(error))

    @app.exception_handler(JenaError)
    def _trouble(request: Request, error: Exception) -> Response:
        return said(request, 503, str(error))

    @app.exception_handler(404)
    def _nothing(request: Request, _: Exception) -> Response:
        return said(request, 404, "There is nothing at this address.")

    @app.exception_handler(RequestValidationError)
    def _wrong(request: Request, error: Any) -> Response:
        first = error.errors()[0]
        return said(request, 422, f"The parameter '{first['loc'][-1]}' cannot be so: {first['msg'].lower()}.")


def _in_json(sentence: str) -> str:
    import json

    return json.dumps({"detail": sentence})


def _plain(time: datetime | None) -> datetime | None:
    if time is None:
        return None
    return time.astimezone(UTC).replace(tzinfo=None) if time.tzinfo else time
