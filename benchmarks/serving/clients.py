"""Clients that post a request over and over: `python -m benchmarks.serving.clients`, a JSON request in, a line out."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

import httpx

from jena_models.frozen import Frozen


class Load(Frozen):
    """What to do."""

    address: str
    body: Path
    clients: int
    seconds: float
    warm_up_seconds: float = 1.0
    """Answers of the first seconds do not count."""
    until_version: int | None = None
    """End sooner: so many seconds after this version's first answer as there are to warm up."""


class Answer(Frozen):
    """One request that came to an end."""

    began: float
    """In seconds of the machine's monotonic clock, which its processes share."""
    seconds: float
    failed: bool
    """No answer, or another than 200."""
    version: int | None


class Answers(Frozen):
    """All of a load, in the order in which they came."""

    seconds: float
    answers: tuple[Answer, ...]


async def put(load: Load) -> Answers:
    """Let every client post as soon as it has its answer, each over one connection that it keeps."""
    body = load.body.read_bytes()
    answers: list[Answer] = []
    counts = time.monotonic() + load.warm_up_seconds
    end = counts + load.seconds

    async def client() -> None:
        nonlocal end
        async with httpx.AsyncClient(timeout=60) as session:
            while (began := time.monotonic()) < end:
                answer = await _post(session, load.address, body, began)
                if began >= counts:
                    answers.append(answer)
                if answer.version is not None and answer.version == load.until_version:
                    end = min(end, time.monotonic() + load.warm_up_seconds)

    await asyncio.gather(*(client() for _ in range(load.clients)))
    return Answers(seconds=time.monotonic() - counts, answers=tuple(answers))


async def _post(session: httpx.AsyncClient, address: str, body: bytes, began: float) -> Answer:
    try:
        answer = await session.post(address, content=body, headers={"content-type": "application/json"})
    except httpx.HTTPError:
        return Answer(began=began, seconds=time.monotonic() - began, failed=True, version=None)
    version = answer.headers.get("x-model-version")
    failed = answer.status_code != httpx.codes.OK
    return Answer(
        began=began, seconds=time.monotonic() - began, failed=failed, version=int(version) if version else None
    )


if __name__ == "__main__":
    print(asyncio.run(put(Load.model_validate_json(sys.stdin.read()))).model_dump_json())
