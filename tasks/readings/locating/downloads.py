"""Downloads that go on where they broke off, and that are there whole or not at all."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx

from jena_models.errors import DownloadError, DownloadInterruptedError, NothingThereError, SourceUnreadableError
from jena_models.sources.credentials import with_environment
from tasks.workspace import exclusive

PARTIAL_CONTENT: Final = 206
NOT_MODIFIED: Final = 304
RANGE_NOT_SATISFIABLE: Final = 416
SERVER_ERRORS: Final = 500
NOTHING_THERE: Final = (404, 410)

logger = logging.getLogger("jena")


def download(
    address: str,
    file: Path,
    check: Callable[[Path], object],
    timeout_seconds: float,
    connect_seconds: float | None = None,
) -> None:
    """Bring an address to a file; a copy that is there already stays where the server says that it is still good.

    What has come of a download that broke off is kept beside, and only the rest is asked for. `check` sees the whole
    download before it is renamed, and raises SourceUnreadableError to refuse it.

    Raises:
        DownloadInterruptedError: where trying again may help: the network, a time-out, a server's trouble.
        DownloadError: where it does not: the address, the size, the content.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f"{file.name}.part")
    timeout = httpx.Timeout(timeout_seconds, connect=min(timeout_seconds, connect_seconds or timeout_seconds))
    with _alone(part):
        if not _fetch_going_on(address, file, part, timeout):
            return
        try:
            check(part)
        except SourceUnreadableError as error:
            _discard(part)
            reason = str(error).replace(str(part), address)
            raise DownloadError(f"What came from {address} is refused: {reason}") from error
        _note(part).replace(_note(file))
        part.replace(file)


def _fetch_going_on(address: str, file: Path, part: Path, timeout: httpx.Timeout) -> bool:
    """Fetch, and go on at once after a break for as long as each try brings the file further."""
    while True:
        have = part.stat().st_size
        try:
            return _fetch(address, file, part, timeout)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise DownloadError(f"The address {address} is not one ({error}); correct it.") from None
        except httpx.TransportError as error:
            if part.stat().st_size <= have:
                raise DownloadInterruptedError(_sentence(address, error)) from error
        except httpx.RequestError as error:
            raise DownloadError(f"The address {address} gives no file ({error}); check it.") from error


def _sentence(address: str, error: httpx.TransportError) -> str:
    if isinstance(error, httpx.TimeoutException):
        return f"The address {address} did not answer in time; try again, or name a file."
    reason = " ".join(str(error).split()) or type(error).__name__
    return f"The address {address} cannot be reached, or broke off ({reason}); try again, or name a file."


def _fetch(address: str, file: Path, part: Path, timeout: httpx.Timeout) -> bool:
    """Fill the part; give False where the finished file is still good."""
    headers = {"Accept-Encoding": "identity"}  # sizes and ranges are of the file, not of a compressed transfer
    known, begun = _read_note(_note(file)), _read_note(_note(part))
    if file.is_file() and known.get("address") == address and known.get("validator"):
        is_etag = known["validator"].startswith('"')
        headers["If-None-Match" if is_etag else "If-Modified-Since"] = known["validator"]
    asked = with_environment(address, address)  # what it adds is seen by nobody but the server
    have = part.stat().st_size
    if have and begun.get("address") == address and begun.get("validator"):
        headers |= {"Range": f"bytes={have}-", "If-Range": begun["validator"]}
    with httpx.stream("GET", asked, headers=headers, timeout=timeout, follow_redirects=True) as response:
        if response.status_code == NOT_MODIFIED:
            return False
        if response.status_code == RANGE_NOT_SATISFIABLE and response.headers.get("Content-Range") == f"bytes */{have}":
            return True  # all of it came before the process was ended
        _refuse_failure(response, address)
        resumed = response.status_code == PARTIAL_CONTENT
        if resumed:
            logger.info("Going on with the download of %s after %.1f MB.", address, have / 1e6)
        else:
            have = 0
            part.write_bytes(b"")  # before the note, so that old bytes never stand under a new validator
            _write_note(part, address, response.headers)
        _write(response, part, have, address)
    return True


def _write(response: httpx.Response, part: Path, have: int, address: str) -> None:
    announced = response.headers.get("Content-Length")
    with part.open("r+b") as file:
        file.seek(have)
        file.truncate()
        for chunk in response.iter_raw():  # as it comes, so that a break loses nothing
            file.write(chunk)
        size = file.tell()
    if announced is not None and size != have + int(announced):
        raise DownloadInterruptedError(
            f"The download of {address} broke off after {size:,} of {have + int(announced):,} bytes; try again."
        )


def _refuse_failure(response: httpx.Response, address: str) -> None:
    if response.is_success:
        return
    sentence = f"The address {address} answered {response.status_code} {response.reason_phrase}"
    if response.status_code in NOTHING_THERE:
        raise NothingThereError(f"{sentence}; check the address.")
    if response.status_code >= SERVER_ERRORS:
        raise DownloadInterruptedError(f"{sentence}; try again later.")
    raise DownloadError(f"{sentence}; check the address.")


@contextmanager
def _alone(part: Path) -> Iterator[None]:
    """Keep other processes from the same part; leave none behind that is empty."""
    with exclusive(part):
        try:
            if not part.exists():
                part.touch()
            yield
        finally:
            if part.exists() and not part.stat().st_size:
                _discard(part)


def _note(file: Path) -> Path:
    return file.with_name(f"{file.name}.from.json")


def _read_note(note: Path) -> Mapping[str, Any]:
    try:
        return dict(json.loads(note.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _write_note(part: Path, address: str, headers: httpx.Headers) -> None:
    etag = headers.get("ETag", "")
    # If-Range must not name a weak ETag (RFC 9110, 13.1.5).
    validator = etag if etag.startswith('"') else headers.get("Last-Modified", "")
    _note(part).write_text(json.dumps({"address": address, "validator": validator}), encoding="utf-8")


def _discard(part: Path) -> None:
    part.unlink(missing_ok=True)
    _note(part).unlink(missing_ok=True)
