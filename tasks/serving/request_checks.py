"""Between the clients and MLflow's model server: what that server would stumble over is refused with a sentence."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from dataclasses import dataclass
from email.message import Message
from http import HTTPStatus
from textwrap import shorten
from typing import Any, Final
from urllib.parse import parse_qsl

from jena_models.errors import nearest
from tasks.serving.request_context import Exchange, current_exchange, error_body
from tasks.serving.version_loading import ISSUE_TIMES, LEADS, PARAMETERS

Scope = MutableMapping[str, Any]
Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

INVOCATIONS: Final = "/invocations"
WELL: Final = ("/ping", "/health")
VERSION_HEADER: Final = b"x-model-version"
TABLES: Final = ("dataframe_split", "dataframe_records", "inputs", "instances")
JSON, CSV = "application/json", "text/csv"
MOST_COLUMNS: Final = 200
"""Several times what any station measures; reading ten thousand columns would hold up every other client."""
DRAINED: Final = 8
"""A body this many times too large is read to its end, so that the client hears why; a larger one is cut off."""
LONGEST_SENTENCE: Final = 2000
"""Of a refusal: the names of as many columns as a table may have fit in."""

logger = logging.getLogger("jena")


class RefusedAtTheDoor(Exception):  # noqa: N818  (not an error of the server)
    """A request that MLflow's server does not get to see."""

    def __init__(self, status: HTTPStatus, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.sentence = status, sentence


@dataclass(frozen=True)
class Door:
    """MLflow's application behind checks on the way in; sentences and the version are added on the way out."""

    app: App
    largest_bytes: int

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on and its answer back, as ASGI has it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        exchange = Exchange()
        current_exchange.set(exchange)
        try:
            if scope["path"] == INVOCATIONS and scope["method"] == "POST":
                receive = await self._checked(scope, receive, exchange)
            elif scope["method"] == "HEAD" and scope["path"] in WELL:
                scope = {**scope, "method": "GET"}  # the web server leaves the body out, as it knows what was asked
            await self.app(scope, receive, _Answer(scope, exchange, send))
        except RefusedAtTheDoor as refused:
            await _send_error(send, refused.status, refused.sentence, exchange)

    async def _checked(self, scope: Scope, receive: Receive, exchange: Exchange) -> Receive:
        asked = _asked_in_address(scope["query_string"])
        exchange.issue_times, exchange.leads = asked.get(ISSUE_TIMES), asked.get(LEADS)
        kind = _content_type(dict(scope["headers"]))
        others = [(name, value) for name, value in scope["headers"] if name != b"content-type"]
        scope["headers"] = [*others, (b"content-type", kind.encode())]  # MLflow's server knows small letters alone
        body = await self._body(receive)
        if not body.strip():
            raise RefusedAtTheDoor(HTTPStatus.BAD_REQUEST, "The request has no body; send readings as JSON or CSV.")
        check = _check_json if kind == JSON else _check_csv
        check(body)
        left: list[Event] = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> Event:
            return left.pop() if left else await receive()

        return replay

    async def _body(self, receive: Receive) -> bytes:
        parts, size, more = [], 0, True
        while more and size <= DRAINED * self.largest_bytes:
            event = await receive()
            if event["type"] == "http.disconnect":
                break
            size += len(event.get("body", b""))
            if size <= self.largest_bytes:
                parts.append(event.get("body", b""))
            more = event.get("more_body", False)
        if size > self.largest_bytes:
            raise RefusedAtTheDoor(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"The request is larger than the {self.largest_bytes:,} bytes that are read; send fewer readings.",
            )
        return b"".join(parts)


class _Answer:
    """Passes an answer on as it comes, but an error as a sentence in JSON."""

    def __init__(self, scope: Scope, exchange: Exchange, send: Send) -> None:
        self._scope, self._exchange, self._send = scope, exchange, send
        self._error: HTTPStatus | None = None
        self._held: Event | None = None
        """The start of an answer that warnings are yet to be added to."""
        self._body = b""

    async def __call__(self, event: Event) -> None:
        if event["type"] == "http.response.start":
            if event["status"] >= HTTPStatus.BAD_REQUEST:
                self._error = HTTPStatus(event["status"])
                if self._error >= HTTPStatus.INTERNAL_SERVER_ERROR and self._unasked():
                    self._error = HTTPStatus.BAD_REQUEST
                return
            event["headers"] = [*event.get("headers", []), *_version_header(self._exchange)]
            if self._exchange.warnings:
                self._held = event
                return
        elif self._error is not None:
            self._body += event.get("body", b"")
            if not event.get("more_body", False):
                sentence = _sentence(self._error, self._body, self._scope)
                await _send_error(self._send, self._error, sentence, self._exchange)
            return
        elif self._held is not None:
            self._body += event.get("body", b"")
            if not event.get("more_body", False):
                await self._send_with_warnings(self._held)
            return
        await self._send(event)

    def _unasked(self) -> bool:
        """Tell whether MLflow's server tripped over a body before any version saw it: then the body is to blame."""
        return self._scope["path"] == INVOCATIONS and self._exchange.version is None

    async def _send_with_warnings(self, start: Event) -> None:
        body = json.dumps(json.loads(self._body) | {"warnings": self._exchange.warnings}, ensure_ascii=False).encode()
        kept = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
        await self._send({**start, "headers": [*kept, (b"content-length", str(len(body)).encode())]})
        await self._send({"type": "http.response.body", "body": body})


async def _send_error(send: Send, status: HTTPStatus, sentence: str, exchange: Exchange) -> None:
    body = error_body(status, sentence).encode()
    headers = [(b"content-type", JSON.encode()), (b"content-length", str(len(body)).encode())]
    start = {"type": "http.response.start", "status": status.value, "headers": headers + _version_header(exchange)}
    await send(start)
    await send({"type": "http.response.body", "body": body})


def _version_header(exchange: Exchange) -> list[tuple[bytes, bytes]]:
    return [] if exchange.version is None else [(VERSION_HEADER, str(exchange.version).encode())]


def _asked_in_address(query: bytes) -> dict[str, str]:
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    asked = dict(pairs)
    if len(asked) < len(pairs):  # the last one would prevail, and the others be left out in silence
        raise RefusedAtTheDoor(HTTPStatus.BAD_REQUEST, "A parameter is there twice; write leads as 'leads=1,6,24'.")
    for name in asked:
        if name not in PARAMETERS:
            sentence = f"There is no parameter '{name[:40]}'; {nearest(name, PARAMETERS)}"
            raise RefusedAtTheDoor(HTTPStatus.BAD_REQUEST, sentence)
    return asked


def _content_type(headers: dict[bytes, bytes]) -> str:
    """Give the kind of body, and refuse one that MLflow's server does not read."""
    told = Message()
    told["content-type"] = headers.get(b"content-type", b"").decode("latin-1")
    kind, unsupported = told.get_content_type(), HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    if not told["content-type"].strip() or kind not in (JSON, CSV):
        given = f" instead of '{told['content-type'][:60]}'" if told["content-type"].strip() else ""
        raise RefusedAtTheDoor(unsupported, f"Send readings with the content type {JSON} or {CSV}{given}.")
    if str(told.get_param("charset", "utf-8")).casefold() != "utf-8":
        raise RefusedAtTheDoor(unsupported, "Send readings in UTF-8.")
    if others := [name for name, _ in (told.get_params() or [])[1:] if name.casefold() != "charset"]:
        raise RefusedAtTheDoor(unsupported, f"Leave '{others[0][:40]}' out of the content type.")
    if headers.get(b"content-encoding", b"identity") != b"identity":
        raise RefusedAtTheDoor(unsupported, "Send readings that are not compressed.")
    return kind


def _check_json(body: bytes) -> None:
    try:
        posted = json.loads(body)
    except RecursionError:
        _refuse("The JSON is nested too deeply to hold readings.")
    except json.JSONDecodeError as error:
        _refuse(f"The body is no valid JSON: {error.msg} in line {error.lineno}, column {error.colno}.")
    except ValueError as error:  # not UTF-8, or a number of thousands of digits
        _refuse(f"The body is no valid JSON: {str(error).partition(';')[0]}.")
    tables = [name for name in TABLES if isinstance(posted, dict) and name in posted]
    if len(tables) != 1:
        _refuse(f"The JSON must be an object with readings under one of {', '.join(TABLES)}.")
    unknown = [name for name in posted if name not in (*tables, "params")]
    if unknown:
        _refuse(f"There is no field '{unknown[0][:40]}'; {nearest(unknown[0], (*TABLES, 'params'))}")
    _check_columns(_columns_of(posted[tables[0]], tables[0]))


def _columns_of(table: Any, form: str) -> list[Any]:
    """Give the names of a table's columns, as far as it has some."""
    if form == "dataframe_split":
        columns = table.get("columns", []) if isinstance(table, dict) else []
        return columns if isinstance(columns, list) else []
    rows = [table] if isinstance(table, dict) else table
    names = (row for row in rows if isinstance(row, dict)) if isinstance(rows, list) else ()
    return list(dict.fromkeys(name for row in names for name in row))


def _check_columns(names: Sequence[Any]) -> None:
    if len(names) > MOST_COLUMNS:
        _refuse(f"The table has {len(names):,} columns and at most {MOST_COLUMNS} are read; leave out the others.")
    if odd := [name for name in names if not isinstance(name, str)]:
        _refuse(f"The name of a column is no text but {json.dumps(odd[0])[:40]}; name each column with a text.")


def _check_csv(body: bytes) -> None:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        _refuse(f"The CSV is not in UTF-8: byte {error.start} cannot be read.")
    if "\n" not in text.strip():
        _refuse("The CSV holds no readings below its header.")
    header = text.lstrip().partition("\n")[0]
    if header.count(",") >= MOST_COLUMNS:
        _check_columns(header.split(","))


def _refuse(sentence: str) -> None:
    raise RefusedAtTheDoor(HTTPStatus.BAD_REQUEST, sentence)


def _sentence(status: HTTPStatus, body: bytes, scope: Scope) -> str:
    """Give what an answer of MLflow's server says, in a sentence; a traceback that it sends stays here."""
    if status == HTTPStatus.NOT_FOUND:
        return f"There is nothing at '{scope['path'][:80]}'; post readings to {INVOCATIONS}."
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        return f"'{scope['path']}' does not take {scope['method']}; post readings to {INVOCATIONS}."
    if status == HTTPStatus.GATEWAY_TIMEOUT:
        return "The forecast took longer than the server waits; send fewer readings."
    try:
        told = str(json.loads(body)["message"])
    except (ValueError, KeyError, TypeError):
        told = "The readings make no table." if status == HTTPStatus.BAD_REQUEST else ""
    if reason := re.search(r"Error: '(.*)'", told, re.DOTALL):
        told = f"The readings make no table: {reason[1]}"
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or not told:
        logger.error("A request ended with %d: %s", status, " ".join(told.split())[:300] or body[:300])
        return "The server could not answer; its log says why."
    told = shorten(told.removeprefix("Invalid input. "), LONGEST_SENTENCE, placeholder=" …")
    return told if told.endswith(("?", ".", "…")) else f"{told}."
