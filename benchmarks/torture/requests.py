"""Malformed requests, slow clients, many at once and the signal to end: no 5xx, no hang, no request lost."""

from __future__ import annotations

import json
import signal
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any, Final

import httpx

from benchmarks.torture.commands import Command, Home, strict_json
from benchmarks.torture.mutations import ODD_VALUES, with_bytes_changed
from tasks.orchestration import free_port

JSON: Final = "application/json"
CSV: Final = "text/csv"
CONTENT_TYPES: Final = (
    *(JSON, JSON, JSON, CSV, CSV),
    *("application/xml", "text/csv; charset=latin-1", "", "application/json; x=y"),
)
ADDRESSES: Final = (
    "/invocations",
    "/invocations?issue_times=all",
    "/invocations?issue_times=",
    "/invocations?a=b",
    "/",
)
ODD_JSON: Final[tuple[Any, ...]] = (
    *(None, True, {}, [], [[]], {"a": []}),
    *(1e308, -300, 9999, "1e308", "x" * 10_000, float("nan"), 10**400),
)
SECONDS: Final = 60.0
CLIENTS: Final = 64
LARGEST: Final = 200 << 20
"""Bytes of the largest body: 200 MB."""


def body(columns: dict[str, list[Any]], draw: Random) -> tuple[bytes, str, str]:
    """Give a request for readings, by column, with something wrong: its body, content type and address."""
    given = {name: list(values) for name, values in columns.items()}
    name = draw.choice(list(given))
    way = draw.randrange(6)
    match way:
        case 0:
            given[name][draw.randrange(len(given[name]))] = draw.choice(ODD_JSON)
        case 1:
            given[name] = draw.choice(ODD_JSON)
        case 2:
            given.pop(name)
        case 3:
            given |= {f"x{number}": given[name] for number in range(draw.choice((1, 300, 3000)))}
        case 4:
            given = {each: values[: draw.randrange(1, len(values))] for each, values in given.items()}
    kind, address = draw.choice(CONTENT_TYPES), draw.choice(ADDRESSES)
    content = _as_csv(given, draw) if kind.startswith(CSV) else _as_json(given, draw)
    if way == 5:  # noqa: PLR2004
        content = with_bytes_changed(content, draw)
    return content, kind, address


def fault_of(answer: httpx.Response) -> str:
    """Tell what is wrong with an answer: it is a sentence or a forecast, in JSON as the standard has it."""
    if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        return f"{answer.status_code}: {answer.text[:200]}"
    if "Traceback" in answer.text:
        return f"a traceback: {answer.text[:200]}"
    try:
        told = strict_json(answer.text)
    except ValueError as error:
        return f"{answer.status_code}, no JSON ({error}): {answer.text[:200]}"
    if answer.status_code == httpx.codes.OK:
        absurd = [row for row in told["predictions"] if not -80 < row["forecast"] < 80]  # noqa: PLR2004
        return f"a forecast of {absurd[0]['forecast']}" if absurd else ""
    return "" if told.get("message", "").endswith((".", "?")) else f"no sentence: {answer.text[:200]}"


def ask(folder: Path, seed: int, reference: Path, requests: int = 50) -> str:
    """Serve the champion and send it requests, the last of them while it is told to end; gives what is wrong.

    The undisturbed study's own home is served, and only read.
    """
    del folder
    draw = Random(seed)  # noqa: S311  (repeatable, not secret)
    home, port = Home(reference / "home"), free_port()
    name = f"serve-{seed}"
    server = home.start("serve", "--port", str(port), name=name)
    address = f"http://127.0.0.1:{port}"
    try:
        if not _answers(address, server):
            return f"the server does not start: it {home.wait(server, name).end}"
        columns = _example(reference / "home")
        return _malformed(address, columns, draw, requests) or _under_load(address, columns, server)
    finally:
        if server.poll() is None:
            server.kill()
        server.wait()


def _malformed(address: str, columns: dict[str, list[Any]], draw: Random, requests: int) -> str:
    with httpx.Client(timeout=SECONDS) as client:
        for _ in range(requests):
            content, kind, place = body(columns, draw)
            answer = client.post(address + place, content=content, headers={"content-type": kind} if kind else {})
            if fault := fault_of(answer):
                return f"{fault} (posted to {place} as '{kind}': {content[:200]!r})"
    return _slow_client(address) or _large_body(address)


def _slow_client(address: str) -> str:
    """Leave a request unfinished, and see that others are answered."""
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=SECONDS) as slow:
        slow.sendall(
            b"POST /invocations HTTP/1.1\r\nhost: x\r\ncontent-type: text/csv\r\ncontent-length: 1000\r\n\r\na"
        )
        answer = httpx.get(f"{address}/ping", timeout=SECONDS)
    return "" if answer.is_success else f"a slow client keeps others out: {answer.status_code}"


def _large_body(address: str) -> str:
    def chunks() -> Any:
        for _ in range(LARGEST >> 20):
            yield b" " * (1 << 20)

    try:
        answer = httpx.post(f"{address}/invocations", content=chunks(), headers={"content-type": CSV}, timeout=SECONDS)
    except httpx.TransportError:
        return ""  # cut off, as the pages say of a body that is many times too large
    return "" if answer.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE else f"200 MB: {answer.status_code}"


def _under_load(address: str, columns: dict[str, list[Any]], server: Command) -> str:
    """Have many clients ask, tell the server to end, and see that each request that was taken is answered."""
    content = json.dumps({"inputs": columns}).encode()
    answered, stopping = threading.Event(), threading.Event()

    def client(_: int) -> str:
        with httpx.Client(timeout=SECONDS) as session:
            while not stopping.is_set():
                try:
                    answer = session.post(f"{address}/invocations", content=content, headers={"content-type": JSON})
                except httpx.ConnectError:
                    return ""  # it no longer listens
                except httpx.TransportError as error:
                    return "" if stopping.is_set() else f"a request was lost: {type(error).__name__}"
                answered.set()
                if fault := fault_of(answer):
                    return fault
        return ""

    with ThreadPoolExecutor(CLIENTS) as pool:
        waiting = [pool.submit(client, number) for number in range(CLIENTS)]
        answered.wait(SECONDS)
        server.send_signal(signal.SIGTERM)
        code = server.wait(2 * SECONDS)
        stopping.set()
        faults = [fault for fault in (each.result() for each in waiting) if fault]
    if code != 0:
        return f"told to end, the server ended with {code}"
    return faults[0] if faults else ""


def _example(home: Path) -> dict[str, list[Any]]:
    """Give the champion's own input example, columns by name."""
    path = next(iter(sorted((home / "mlartifacts").rglob("input_example.json"))))
    split = json.loads(path.read_text(encoding="utf-8"))
    return {name: [row[place] for row in split["data"]] for place, name in enumerate(split["columns"])}


def _as_json(given: dict[str, Any], draw: Random) -> bytes:
    form = draw.choice(("inputs", "instances", "dataframe_split", "dataframe_records", "readings"))
    table: Any = given
    if form in {"dataframe_split", "dataframe_records"}:
        columns = list(given)
        rows = [list(row) for row in zip(*(v if isinstance(v, list) else [v] for v in given.values()), strict=False)]
        table = {"columns": draw.choice((columns, [{}] * len(columns), columns[1:])), "data": rows}
        if form == "dataframe_records":
            table = [dict(zip(columns, row, strict=False)) for row in rows]
    return json.dumps({form: table}).encode()


def _as_csv(given: dict[str, Any], draw: Random) -> bytes:
    columns = [values if isinstance(values, list) else [draw.choice(ODD_VALUES)] for values in given.values()]
    rows = zip(*columns, strict=False)
    return "\n".join([",".join(given), *(",".join(map(str, row)) for row in rows)]).encode("utf-8", "replace")


def _answers(address: str, server: Command) -> bool:
    for _ in range(round(SECONDS * 10)):
        if server.poll() is not None:
            return False
        try:
            if httpx.get(f"{address}/ping", timeout=SECONDS).is_success:
                return True
        except httpx.TransportError:
            threading.Event().wait(0.3)
    return False
