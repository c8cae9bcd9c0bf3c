"""Answers from the last look at the stations, made once for all who ask and sent again while nothing has changed."""

from __future__ import annotations

import gzip
import hashlib
import uuid
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from fastapi import Request, Response

from jena_models.errors import JenaError
from jena_models.page.shown_state import state_now
from tasks.page.watched_stations import Look, Seen, Watch

HTML: Final = "text/html; charset=utf-8"
JSON: Final = "application/json"
FRESH_SECONDS: Final = 10
"""An answer that shows ages is made anew so often, where it is asked for; browsers count on by themselves."""
KEPT_ANSWERS: Final = 256
KEPT_STATES: Final = 4
LEAST_TO_PACK: Final = 2048
"""Bytes below which an answer is not worth packing."""

OfAll = Callable[[Look, datetime, str], str]
"""Makes a body from a look, the time and the tag that the body goes under."""
OfOne = Callable[[Seen, datetime, str], str]

Key = TypeVar("Key")
Value = TypeVar("Value")


class NoStationError(JenaError):
    """The page shows no station of that name."""


@dataclass(frozen=True)
class Answer:
    """A body that is sent again while nothing has changed."""

    body: bytes
    packed: bytes


class Answers:
    """The answers that were given last; threads may make one twice."""

    def __init__(self, watch: Watch, clock: Callable[[], datetime]) -> None:
        """Answers from what the watch saw last, at the clock's time."""
        self.watch = watch
        self._clock = clock
        self._kept: OrderedDict[tuple[object, ...], Answer] = OrderedDict()
        self._states: OrderedDict[tuple[int, int], str] = OrderedDict()
        self._start = uuid.uuid4().hex[:8]

    def station(self, name: str) -> Seen:
        """Give a station as it was at the last look.

        Raises:
            NoStationError: where none of that name is shown.
        """
        found = self.watch.last.stations.get(name)
        if found is None:
            raise NoStationError(f"No station '{name[:80]}' is shown here.")
        return found

    def for_all(self, request: Request, kind: str, make: OfAll, media_type: str) -> Response:
        """Answer with what is said of all stations."""
        look, now = self.watch.last, self._clock()
        moment = _moment(now)
        said = (kind, look.number, self._states_of(look, now))
        return self._given(request, (kind, look.number, moment), said, lambda tag: make(look, now, tag), media_type)

    def for_one(self, request: Request, name: str, kind: str, make: OfOne, media_type: str) -> Response:
        """Answer with what is said of one station."""
        seen, now = self.station(name), self._clock()
        current = state_now(seen.facts, now)
        told = (current.state, current.sentence, current.target_is_old)
        said = (kind, name, seen.number, *told, self.watch.last.registry_trouble)
        return self._given(request, (*said, _moment(now)), said, lambda tag: make(seen, now, tag), media_type)

    def _states_of(self, look: Look, now: datetime) -> str:
        place = (look.number, _moment(now))
        said = self._states.get(place)
        if said is None:
            said = ",".join(state_now(seen.facts, now).state for seen in look.stations.values())
            _keep(self._states, place, said, KEPT_STATES)
        return said

    def _given(
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
        # A browser that shows what it kept would show the ages of then; the script of an open page has the tag itself.
        keeping = "no-store" if media_type == HTML else "no-cache"
        headers = {"etag": tag, "cache-control": keeping, "vary": "accept-encoding"}
        if tag in [each.strip() for each in request.headers.get("if-none-match", "").split(",")]:
            return Response(status_code=304, headers=headers)
        kept = self._kept.get(key)
        if kept is None:
            body = make(tag).encode()
            kept = Answer(body, gzip.compress(body, 1, mtime=0) if len(body) >= LEAST_TO_PACK else b"")
            _keep(self._kept, key, kept, KEPT_ANSWERS)
        if kept.packed and "gzip" in request.headers.get("accept-encoding", ""):
            return Response(kept.packed, media_type=media_type, headers=headers | {"content-encoding": "gzip"})
        return Response(kept.body, media_type=media_type, headers=headers)


def _moment(now: datetime) -> int:
    return int(now.timestamp()) // FRESH_SECONDS


def _keep(among: OrderedDict[Key, Value], key: Key, value: Value, most: int) -> None:
    among[key] = value
    while len(among) > most:
        among.popitem(last=False)
