"""The addresses that people open."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from fastapi import APIRouter, HTTPException, Request, Response

from jena_models.page.station_pages import Live, static_files, station_page, stations_page
from tasks.page.answers import HTML, Answers, NoStationError
from tasks.page.api_addresses import Name
from tasks.page.further_links import Elsewhere, links_of, report_file, study_of
from tasks.page.watched_stations import Look, Seen

LONG_LIST: Final = 200
"""With more stations than these, the list is asked for news less often: it is long, and something is always new."""
SLOWER: Final = 6.0
REPORT_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"


def page_addresses(answers: Answers, others: Elsewhere, registry: str, follow_seconds: float) -> APIRouter:
    """Give what answers with the list, a station and its report."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    def list_of_stations(request: Request) -> Response:
        def make(look: Look, now: datetime, tag: str) -> str:
            seconds = follow_seconds * (SLOWER if len(look.stations) > LONG_LIST else 1)
            every = [seen.facts for seen in look.stations.values()]
            return stations_page(every, now, Live(seconds, tag), look.unread, look.registry_trouble, look.faults)

        return answers.for_all(request, "list", make, HTML)

    @router.get("/stations")
    def to_the_list() -> Response:
        return Response(status_code=307, headers={"location": "./"})

    @router.get("/stations/{name}")
    def one_station(request: Request, name: Name) -> Response:
        def make(seen: Seen, now: datetime, tag: str) -> str:
            links = [(link.text, link.address) for link in links_of(seen.facts, others, registry)]
            unreported = "" if report_file(seen.facts, registry) else study_of(seen.facts)
            trouble = answers.watch.last.registry_trouble
            return station_page(seen.record, now, Live(follow_seconds, tag), links, trouble, unreported)

        return answers.for_one(request, name, "page", make, HTML)

    @router.get("/stations/{name}/report")
    def report_of_the_study(name: Name) -> Response:
        file = report_file(answers.station(name).facts, registry)
        if file is None:
            raise NoStationError("The study that made this station's champion left no report on this machine.")
        headers = {"content-security-policy": REPORT_POLICY, "cache-control": "no-cache"}
        return Response(file.read_bytes(), media_type=HTML, headers=headers)

    @router.get("/static/{file}")
    def static(file: str) -> Response:
        found = static_files().get(f"/static/{file}")
        if found is None:
            raise HTTPException(404)
        headers = {"cache-control": "public, max-age=31536000, immutable"}
        return Response(found.content, media_type=found.media_type, headers=headers)

    return router
