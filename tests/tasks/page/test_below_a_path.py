"""The page below a path of another one's address, as a proxy on this machine puts it there."""

import re
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
import uvicorn

from jena_models.options.production_options import Page
from tasks.page import visitor_checks
from tasks.page.visitor_checks import VisitorChecks, access_of

TOKEN = "a-token-for-the-test"
BELOW = "/plant/weather"


@pytest.fixture
def inner(scenery, tmp_path, monkeypatch) -> Iterator[int]:
    """The port of the page itself, which asks for a token."""
    monkeypatch.setattr(visitor_checks, "WRONG_SECONDS", 0.0)
    (tmp_path / "token").write_text(TOKEN)
    access = access_of(Page(token_file=str(tmp_path / "token")))
    server = uvicorn.Server(uvicorn.Config(VisitorChecks(scenery.client.app, access), port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def outer(inner: int) -> Iterator[str]:
    """The address below which a proxy answers with the page, and with nothing else."""

    class Proxy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if not self.path.startswith(f"{BELOW}/"):
                self.send_error(404)
                return
            asked = HTTPConnection("127.0.0.1", inner, timeout=10)
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            asked.request(self.command, self.path.removeprefix(BELOW), body, dict(self.headers))
            answer = asked.getresponse()
            content = answer.read()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)
            asked.close()

        do_POST = do_GET  # noqa: N815  (what http.server calls)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}{BELOW}/"
    server.shutdown()
    server.server_close()
    thread.join(10)


def test_every_link_leads_on_below_the_path_and_signing_in_does_too(outer: str):
    with httpx.Client(follow_redirects=True) as visitor:
        asked = visitor.get(urljoin(outer, "stations/jena"))
        form = {name: re.search(rf'{name}="([^"]*)"', asked.text)[1] for name in ("action", "value")}
        assert asked.status_code == 401
        signed = visitor.post(urljoin(str(asked.url), form["action"]), data={"token": TOKEN, "then": form["value"]})
        assert (signed.status_code, str(signed.url)) == (200, urljoin(outer, "stations/jena"))
        assert str(visitor.get(urljoin(outer, "stations")).url) == outer

        seen, left = set(), [outer, urljoin(outer, "nothing/is/here")]
        while left:
            address = left.pop()
            seen.add(address)
            answer = visitor.get(address)
            assert answer.status_code == (404 if "nothing" in address else 200), address
            if "html" in answer.headers["content-type"] and not address.endswith("/report"):
                found = {urljoin(address, link) for link in re.findall(r'(?:href|src)="([^"#]+)"', answer.text)}
                left.extend(found - seen - set(left) - {each for each in found if "example" in urlsplit(each).netloc})

    below = {address.removeprefix(outer) for address in seen}
    assert {"", "api", "metrics", "openapi.json", "api/stations", "stations/jena", "api/stations/jena"} <= below
    assert sum(address.startswith("static/") for address in below) == 3
