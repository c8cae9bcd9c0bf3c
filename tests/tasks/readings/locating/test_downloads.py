from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from jena_models.errors import DownloadError, DownloadInterruptedError, SourceUnreadableError
from tasks.readings.locating.downloads import download

CONTENT = bytes(range(256)) * 4000


@dataclass
class Site:
    """What the server does, and what it was asked."""

    address: str = ""
    content: bytes = CONTENT
    ranges: bool = True
    validators: bool = True
    status: int = 200
    cut_after: list[int] = field(default_factory=list)
    """Bytes after which each of the next answers breaks off."""
    silent: threading.Event | None = None
    asked: list[dict[str, str]] = field(default_factory=list)

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.content).hexdigest()[:8]}"'


class Handler(BaseHTTPRequestHandler):
    site: Site
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        site = self.site
        site.asked.append({name.lower(): value for name, value in self.headers.items()})
        if site.silent is not None:
            site.silent.wait(20)
            self.close_connection = True
            return
        if site.status != 200:
            self._answer(site.status, b"no")
        elif site.validators and self.headers.get("If-None-Match") == site.etag:
            self._answer(304, b"")
        else:
            self._send_content()

    def _send_content(self) -> None:
        site, begin = self.site, 0
        asked_range = self.headers.get("Range", "")
        if site.ranges and asked_range and self.headers.get("If-Range") == site.etag:
            begin = int(asked_range.removeprefix("bytes=").removesuffix("-"))
        if begin and begin >= len(site.content):
            self._answer(416, b"", {"Content-Range": f"bytes */{len(site.content)}"})
            return
        extra = {"ETag": site.etag} if site.validators else {}
        if begin:
            extra["Content-Range"] = f"bytes {begin}-{len(site.content) - 1}/{len(site.content)}"
        self._answer(206 if begin else 200, site.content[begin:], extra)

    def _answer(self, status: int, body: bytes, extra: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (extra or {}).items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if body and self.site.cut_after and status < 300:
            self.wfile.write(body[: self.site.cut_after.pop(0)])
            self.close_connection = True
        else:
            self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("NO_PROXY", "*")
    state = Site()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("SiteHandler", (Handler,), {"site": state}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    state.address = f"http://127.0.0.1:{server.server_address[1]}/readings.csv"
    yield state
    if state.silent is not None:
        state.silent.set()
    server.shutdown()
    server.server_close()


def accept(part: Path) -> None:
    assert part.read_bytes() == CONTENT


def fetch(site: Site, folder: Path, timeout_seconds: float = 5) -> Path:
    file = folder / "downloads" / "file.csv"
    download(site.address, file, accept, timeout_seconds)
    return file


def left_in(folder: Path) -> set[str]:
    return {path.name for path in (folder / "downloads").iterdir()}


def test_a_download_is_there_whole_and_leaves_no_part(site: Site, tmp_path: Path) -> None:
    assert fetch(site, tmp_path).read_bytes() == CONTENT
    assert left_in(tmp_path) == {"file.csv", "file.csv.from.json"}


def test_a_cut_connection_is_taken_up_where_it_broke(site: Site, tmp_path: Path) -> None:
    site.cut_after = [300_000, 200_000]

    assert fetch(site, tmp_path).read_bytes() == CONTENT
    assert [asked.get("range") for asked in site.asked] == [None, "bytes=300000-", "bytes=500000-"]


def test_what_one_run_left_the_next_goes_on_with(site: Site, tmp_path: Path) -> None:
    site.cut_after = [300_000, 0]
    with pytest.raises(DownloadInterruptedError, match="broke off"):
        fetch(site, tmp_path)
    assert not (tmp_path / "downloads" / "file.csv").exists()

    assert fetch(site, tmp_path).read_bytes() == CONTENT
    assert site.asked[-1]["range"] == "bytes=300000-"


def test_a_run_that_was_ended_after_the_last_byte_is_finished_without_another(site: Site, tmp_path: Path) -> None:
    site.cut_after = [len(CONTENT)]
    file = tmp_path / "downloads" / "file.csv"

    def die(part: Path) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download(site.address, file, die, 5)

    assert fetch(site, tmp_path).read_bytes() == CONTENT
    assert site.asked[-1]["range"] == f"bytes={len(CONTENT)}-"


@pytest.mark.parametrize("lacking", ["ranges", "validators"])
def test_a_server_that_cannot_go_on_is_asked_anew(lacking: str, site: Site, tmp_path: Path) -> None:
    setattr(site, lacking, False)
    site.cut_after = [300_000]

    assert fetch(site, tmp_path).read_bytes() == CONTENT


def test_a_file_that_changed_since_the_break_is_not_patched_together(site: Site, tmp_path: Path) -> None:
    site.content = b"old" * 200_000
    site.cut_after = [300_000, 0]
    with pytest.raises(DownloadInterruptedError):
        fetch(site, tmp_path)

    site.content = CONTENT

    assert fetch(site, tmp_path).read_bytes() == CONTENT


def test_a_copy_that_is_still_good_is_not_fetched_again(site: Site, tmp_path: Path) -> None:
    file = fetch(site, tmp_path)
    before = file.stat().st_mtime_ns

    fetch(site, tmp_path)

    assert site.asked[-1]["if-none-match"] == site.etag
    assert file.stat().st_mtime_ns == before
    assert left_in(tmp_path) == {"file.csv", "file.csv.from.json"}


def test_what_the_check_refuses_is_thrown_away(site: Site, tmp_path: Path) -> None:
    def refuse(part: Path) -> None:
        raise SourceUnreadableError(f"The file {part} is not a CSV.")

    with pytest.raises(DownloadError, match=f"^What came from {site.address} is refused: The file {site.address} is"):
        download(site.address, tmp_path / "downloads" / "file.csv", refuse, 5)

    assert left_in(tmp_path) == set()


@pytest.mark.parametrize(("status", "again"), [(404, False), (403, False), (503, True)])
def test_a_refusal_says_what_was_answered_and_whether_another_try_may_help(
    status: int, again: bool, site: Site, tmp_path: Path
) -> None:
    site.status = status

    with pytest.raises(DownloadError, match=f"^The address {site.address} answered {status} ") as caught:
        fetch(site, tmp_path)

    assert isinstance(caught.value, DownloadInterruptedError) is again
    assert left_in(tmp_path) == set()


def test_a_silent_server_costs_no_more_than_the_time_out(site: Site, tmp_path: Path) -> None:
    site.silent = threading.Event()

    with pytest.raises(DownloadInterruptedError, match=f"^The address {site.address} did not answer in time; "):
        fetch(site, tmp_path, timeout_seconds=0.3)

    assert left_in(tmp_path) == set()


def test_a_closed_port_and_an_impossible_address_are_named(site: Site, tmp_path: Path) -> None:
    site.address = "http://127.0.0.1:9/readings.csv"
    with pytest.raises(DownloadInterruptedError, match="cannot be reached"):
        fetch(site, tmp_path)
    site.address = "http://127.0.0.1:notaport/readings.csv"
    with pytest.raises(DownloadError, match="is not one"):
        fetch(site, tmp_path)
