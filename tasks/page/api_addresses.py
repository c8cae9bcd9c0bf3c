"""The addresses that programs ask: JSON, and figures for Prometheus."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Final

import pandas as pd
from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request, Response
from pydantic import BeforeValidator

from jena_models.errors import nearest
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
from jena_models.stations.units import unit_of
from tasks.forecasting import read_forecasts
from tasks.page.answers import JSON, Answers
from tasks.page.further_links import Elsewhere, links_of
from tasks.page.watched_stations import Look, Seen

MOST_ROWS: Final = 10_000
LIMIT: Final = "The most rows to give, all leads of an issue time or none; of the first one they are given in any case."

Name = Annotated[str, Path(description="The station's name, as the list has it.")]


def _no_number(told: str) -> str:
    """A year or a day without its dashes would be taken for seconds since 1970."""
    try:
        float(told)
    except ValueError:
        return told
    raise ValueError("it is a number; a time has dashes, as 2026-11-27 has")


Time = Annotated[
    datetime | None, BeforeValidator(_no_number), Query(description="An ISO time; one without a zone is in UTC.")
]


def api_addresses(answers: Answers, others: Elsewhere, registry: str) -> APIRouter:
    """Give what answers programs."""
    router = APIRouter(dependencies=[Depends(_refuse_unknown)])

    @router.get("/api/stations", response_model=Stations, summary="All stations")
    def stations(request: Request) -> Response:
        """Give each station as the list shows it: its state, newest value and forecast, and the last week's scores."""

        def make(look: Look, now: datetime, _: str) -> str:
            summaries = tuple(summary_of(seen.facts, now) for seen in look.stations.values())
            return Stations(time=now, unread=look.unread, stations=summaries, faults=look.faults).model_dump_json()

        return answers.for_all(request, "api", make, JSON)

    @router.get("/api/stations/{name}", response_model=StationDetail, summary="One station")
    def station(request: Request, name: Name) -> Response:
        """Give all that is known of a station: what is said of the next days, its champion with gates, monitoring."""

        def make(seen: Seen, now: datetime, _: str) -> str:
            return detail_of(seen.facts, now, links_of(seen.facts, others, registry)).model_dump_json()

        return answers.for_one(request, name, "api", make, JSON)

    @router.get("/api/stations/{name}/forecasts", response_model=Forecasts, summary="Forecasts")
    def forecasts(
        name: Name,
        start: Time = None,
        end: Time = None,
        limit: Annotated[int, Query(ge=1, le=MOST_ROWS, description=LIMIT)] = MOST_ROWS,
    ) -> Response:
        """Give the forecasts that were issued from `start` to `end`, both included; without `start` nine days of them.

        These are the last up to `end`, or up to the newest forecast.
        """
        seen = answers.station(name)
        since, until = _stretch(_plain(start), _plain(end), _plain(seen.facts.reading_time))
        table = seen.shown.settings.forecasting.table
        rows = read_forecasts(seen.shown.model, seen.shown.station.local, since, until, place=table)
        given = _whole_issues(rows, limit)
        found = Forecasts(
            unit=unit_of(seen.shown.station.target), complete=len(given) == len(rows), forecasts=rows_said(given)
        )
        return Response(found.model_dump_json(), media_type=JSON, headers={"cache-control": "no-cache"})

    @router.get("/api/stations/{name}/readings", response_model=Readings, summary="Readings")
    def readings(request: Request, name: Name) -> Response:
        """Give the target's values of the last nine days."""

        def make(seen: Seen, _: datetime, __: str) -> str:
            unit = seen.facts.place.unit
            return Readings(
                unit=unit, measured_from=seen.record.measured_from, readings=tuple(seen.record.measured.rows())
            ).model_dump_json()

        return answers.for_one(request, name, "readings", make, JSON)

    @router.get("/api/stations/{name}/last-week", response_model=LastWeek, summary="The last week")
    def last_week(request: Request, name: Name) -> Response:
        """Give the last week's forecasts at the horizon that counts, each with what came, and their scores."""

        def make(seen: Seen, _: datetime, __: str) -> str:
            facts = seen.facts
            return LastWeek(
                unit=facts.place.unit, scores=facts.scores, compared=tuple(seen.record.compared.rows())
            ).model_dump_json()

        return answers.for_one(request, name, "week", make, JSON)

    @router.get("/metrics", summary="Figures for Prometheus", responses={200: {"content": {MEDIA_TYPE: {}}}})
    def metrics(request: Request) -> Response:
        """Give ages, the last week's error, who speaks, and what monitoring said, in Prometheus's text format."""

        def make(look: Look, now: datetime, _: str) -> str:
            return exposition([seen.facts for seen in look.stations.values()], now)

        return answers.for_all(request, "metrics", make, MEDIA_TYPE)

    return router


def _refuse_unknown(request: Request) -> None:
    """A parameter that is misspelt, or of another address, would be left out in silence, and other rows given."""
    route, given = request.scope["route"], [name for name, _ in request.query_params.multi_items()]
    known = [each.alias for each in route.dependant.query_params]
    for name in given:
        if name not in known:
            told = nearest(name[:40], known) if known else f"{route.path} takes none."
            raise HTTPException(422, f"There is no parameter '{name[:40]}'; {told}")
        if given.count(name) > 1:
            raise HTTPException(422, f"The parameter '{name}' is given more than once.")


def _stretch(
    start: datetime | None, end: datetime | None, newest: datetime | None
) -> tuple[datetime | None, datetime | None]:
    """Give from when to when rows are read; times in UTC, without a zone."""
    if start is not None and end is not None and start > end:
        raise HTTPException(422, f"The start, {start.isoformat()}, lies after the end, {end.isoformat()}.")
    last = end if newest is None or (end is not None and end < newest) else newest
    if start is not None or last is None:
        return start, end
    return max(last, datetime.min + KEPT) - KEPT, end


def _whole_issues(rows: pd.DataFrame, limit: int) -> pd.DataFrame:
    """Give the first rows, but no part of an issue time: who goes on behind the last one would never see the rest."""
    if len(rows) <= limit:
        return rows
    issued = rows["issue_time"]
    whole = issued < issued.iloc[limit]
    given: pd.DataFrame = rows[whole if whole.any() else issued == issued.iloc[0]]
    return given


def _plain(time: datetime | None) -> datetime | None:
    if time is None or time.tzinfo is None:
        return time
    try:
        return time.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        raise HTTPException(422, f"The time {time.isoformat()} is beyond all years.") from None
