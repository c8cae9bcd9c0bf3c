"""Who may look, asked of every request before anything else; and what every answer tells browsers to refuse."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ipaddress
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import parse_qs, quote

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse

from jena_models.errors import PageError
from jena_models.named_files import named_path
from jena_models.options.production_options import Page
from jena_models.page.station_pages import sign_in_page

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LEAST_TOKEN: Final = 16
"""Characters of a token; shorter ones can be guessed."""
COOKIE: Final = "jena_page"
SIGNED_IN_SECONDS: Final = 30 * 24 * 3600
NOT_KEPT: Final = {"cache-control": "no-store"}
ASKS_TOKEN: Final = NOT_KEPT | {"www-authenticate": "Bearer"}
LARGEST_FORM: Final = 8192
WRONG_SECONDS: Final = 0.5
"""How long a wrong token waits for its answer."""

OPEN: Final = ("/health", "/static/")
"""What is told to anybody: that it is well, and the style of the sign-in page."""
LOCAL_HOSTS: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
"""By what other name a browser asks this machine's own address, it was led there by a foreign page."""

HEADERS: Final = (
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
        b"form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)

logger = logging.getLogger("jena")


@dataclass(frozen=True)
class Access:
    """Who is let in."""

    kind: Literal["this machine", "token", "proxy"]
    token: str = ""
    user_header: str = ""
    address: str = ""


def access_of(page: Page) -> Access:
    """Give who is to be let in; an address that others reach is not opened to everybody.

    Raises:
        PageError: where others would be let in without signing in, or the token cannot be used.
    """
    if page.token_file is not None:
        return Access("token", token=_token(page.token_file))
    if page.behind_proxy:
        return Access("proxy", user_header=page.user_header.lower())
    if not _is_loopback(page.address):
        raise PageError(
            f"On {page.address} anybody who reaches this machine could look: name a file with a token in "
            "page.token_file (--token-file), or say with page.behind_proxy (--behind-proxy) that a proxy "
            "signs visitors in."
        )
    return Access("this machine", address=page.address)


class VisitorChecks:
    """Stands before the application; nothing reaches it that has not signed in, and nothing that would write."""

    def __init__(self, app: App, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or let it through."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        path, method, request = scope["path"], scope["method"], Request(scope, receive)
        send = _guarded(send, keep_policy=path.endswith("/report"))
        answer: App = self._app
        if self._access.kind == "token" and (method, path) == ("POST", "/sign-in"):
            answer = await self._sign_in(request)
        elif method not in ("GET", "HEAD"):
            said = "This page is only read: GET is all that it answers."
            answer = PlainTextResponse(said, 405, NOT_KEPT | {"allow": "GET, HEAD"})
        elif self._refuses_host(request.headers):
            answer = PlainTextResponse("This page answers on this machine's own address alone.", 421, NOT_KEPT)
        elif path.startswith(OPEN) or self._lets_in(request):
            if method == "HEAD":  # whoever looks whether it is well is told what GET would be, without its body
                scope, send = {**scope, "method": "GET"}, _without_body(send)
        elif self._access.kind == "proxy":
            answer = PlainTextResponse("The proxy before this page does not say who is signed in.", 403, NOT_KEPT)
        elif path.startswith(("/api/", "/openapi", "/metrics")):
            answer = PlainTextResponse("Send the token as 'Authorization: Bearer TOKEN'.", 401, ASKS_TOKEN)
        else:
            query = scope.get("query_string", b"").decode("latin-1")
            then = quote(path) + (f"?{query}" if query else "")
            answer = HTMLResponse(sign_in_page(then, path, wrong=False), 401, ASKS_TOKEN)
        await answer(scope, receive, send)

    def _refuses_host(self, headers: Mapping[str, str]) -> bool:
        if self._access.kind != "this machine":
            return False
        host = headers.get("host", "").lower()
        name = host.partition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]
        return name not in LOCAL_HOSTS | {self._access.address, f"[{self._access.address}]"}

    def _lets_in(self, request: Request) -> bool:
        if self._access.kind == "proxy":
            return bool(request.headers.get(self._access.user_header, "").strip())
        if self._access.kind == "this machine":
            return True
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and _same(given.strip(), self._access.token):
            return True
        return _is_signed(request.cookies.get(COOKIE, ""), self._access.token)

    async def _sign_in(self, request: Request) -> Response:
        form = parse_qs((await _body(request.receive)).decode("utf-8", errors="replace"), keep_blank_values=True)
        given, then = form.get("token", [""])[0], form.get("then", ["/"])[0]
        if not _same(given.strip(), self._access.token):
            logger.warning("Somebody at %s gave a wrong token.", request.client.host if request.client else "?")
            await asyncio.sleep(WRONG_SECONDS)
            return HTMLResponse(sign_in_page(_own(then), request.scope["path"], wrong=True), 401, NOT_KEPT)
        # The place is told from the page's root, which need not be the root of the address.
        answer = PlainTextResponse("", 303, NOT_KEPT | {"location": f".{_own(then)}"})
        secure = "; Secure" if request.scope.get("scheme") == "https" else ""
        cookie = f"{COOKIE}={_signed(self._access.token)}; Max-Age={SIGNED_IN_SECONDS}; Path=/; HttpOnly; SameSite=Lax"
        answer.headers["set-cookie"] = cookie + secure
        return answer


def _token(named: str) -> str:
    path = named_path(named)
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise PageError(f"The file {path} with the page's token cannot be read ({reason}).") from error
    token = lines[0].strip() if lines else ""
    if len(token) < LEAST_TOKEN or not token.isascii() or not token.isprintable():
        raise PageError(
            f"The first line of {path} is to be a token of at least {LEAST_TOKEN} letters and digits; "
            "`openssl rand -hex 32` makes one."
        )
    if path.stat().st_mode & 0o004:
        logger.warning("Everybody on this machine can read the page's token in %s: chmod 600 keeps it.", path)
    return token


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address.lower() == "localhost"


def _same(given: str, token: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), token.encode())


def _signed(token: str) -> str:
    until = str(int(time.time()) + SIGNED_IN_SECONDS)
    return f"{until}.{_seal(until, token)}"


def _is_signed(value: str, token: str) -> bool:
    until, _, seal = value.partition(".")
    return _same(seal, _seal(until, token)) and until.isdigit() and int(until) > time.time()


def _seal(until: str, token: str) -> str:
    return hmac.new(token.encode(), f"signed in until {until}".encode(), hashlib.sha256).hexdigest()


def _own(then: str) -> str:
    """Lead nowhere but to an address of this page."""
    plain = then.isascii() and then.isprintable() and "\\" not in then
    return then if plain and then.startswith("/") and not then.startswith("//") else "/"


async def _body(receive: Receive) -> bytes:
    body: bytes = b""
    while len(body) <= LARGEST_FORM:
        message = await receive()
        body += bytes(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body"):
            return body
    return b""


def _guarded(send: Send, *, keep_policy: bool) -> Send:
    """Add the headers to every answer; a study's report is one file with its own styles and policy."""

    async def sending(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            own = {name for name, _ in message.get("headers", [])} if keep_policy else set()
            message = {**message, "headers": [*message.get("headers", []), *(h for h in HEADERS if h[0] not in own)]}
        await send(message)

    return sending


def _without_body(send: Send) -> Send:
    async def sending(message: MutableMapping[str, Any]) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return sending
