"""Database servers that say nothing more: a driver waits for ever, unless it is told otherwise.

A machine that is gone is noticed by the probes of its connections. Where it is there and its server hangs, or a proxy
takes what it is sent and brings nothing back, only a clock tells.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from sqlalchemy import Dialect

PROBES: Final = {  # of libpq
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
"""In seconds, and the last in milliseconds: a server or a way to it that is gone without a word is noticed within a
minute. Linux left to itself takes two hours."""


SILENT_SECONDS: Final = 60.0
ANSWER_PART: Final = "answer_seconds"
"""Says otherwise: a part of an address after the question mark, or of what an engine connects with."""


def give_up_when_silent() -> None:
    """Have connections to PostgreSQL through psycopg, whoever makes them, end as lost where the server says nothing."""
    from sqlalchemy import Engine, event

    if not event.contains(Engine, "do_connect", _connect):
        event.listen(Engine, "do_connect", _connect)


def _connect(dialect: Dialect, _record: Any, given: Any, named: dict[str, Any]) -> Any:
    if dialect.driver != "psycopg" or dialect.is_async:
        return None  # SQLAlchemy connects as it would have
    told = PROBES | named
    seconds = float(told.pop(ANSWER_PART, SILENT_SECONDS))
    return _connection(seconds, *given, **told)


def _connection(seconds: float, *given: Any, **named: Any) -> Any:
    import psycopg

    class Answering(psycopg.Connection[Any]):
        def wait(self, gen: Generator[Any, Any, Any], *args: Any, **kwargs: Any) -> Any:
            return super().wait(self._told_within(gen), *args, **kwargs)

        def _told_within(self, gen: Generator[Any, Any, Any]) -> Generator[Any, Any, Any]:
            """Hand on what a step of the driver waits for, and what has come: several times a second, nothing."""
            last, ready = time.monotonic(), None
            while True:
                try:
                    wanted = gen.send(ready)
                except StopIteration as end:
                    return end.value
                ready = yield wanted
                if ready:
                    last = time.monotonic()
                elif time.monotonic() - last > seconds:
                    self.close()  # what would be said at the end of a session would not be answered either
                    raise psycopg.OperationalError(f"the server has said nothing for {seconds:g} s")

    return Answering.connect(*given, **named)
