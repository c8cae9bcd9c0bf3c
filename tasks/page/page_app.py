"""What the page answers: HTML for people, JSON for programs, figures for Prometheus; all of it from the last look."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from jena_models.errors import JenaError
from jena_models.page.station_pages import api_page, notice_page
from tasks.page.answers import HTML, Answers, NoStationError
from tasks.page.api_addresses import api_addresses
from tasks.page.further_links import Elsewhere
from tasks.page.page_addresses import page_addresses
from tasks.page.watched_stations import Watch


def page_app(
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
    answers = Answers(watch, clock)
    app.include_router(page_addresses(answers, others, registry, follow_seconds))
    app.include_router(api_addresses(answers, others, registry))

    @app.get("/api", include_in_schema=False)
    def about_the_api() -> Response:
        return Response(api_page(app.openapi(), signed_in=signed_in), media_type=HTML)

    @app.get("/health", include_in_schema=False)
    def health() -> Response:
        return Response("well\n", media_type="text/plain")

    _answer_errors(app)
    return app


def _answer_errors(app: FastAPI) -> None:
    def said(request: Request, status: int, sentence: str) -> Response:
        if request.url.path.startswith(("/api/", "/metrics", "/static/")):
            return JSONResponse({"detail": sentence}, status)
        heading = "Not found" if status == 404 else "That did not work"  # noqa: PLR2004
        return Response(notice_page(heading, sentence, request.url.path), status_code=status, media_type=HTML)

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
        reason = first["msg"].removeprefix("Value error, ").lower()
        return said(request, 422, f"The parameter '{first['loc'][-1]}' cannot be so: {reason}.")
