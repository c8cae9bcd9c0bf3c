"""The tracking store and model registry: opened once, refused within seconds where it cannot be reached."""

from __future__ import annotations

import logging
import os
import random
import re
import socket
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from contextvars import ContextVar
from functools import cache
from http.client import HTTPException
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import urlopen

from jena_models.errors import ArtifactsUnreachableError, StoreStaysAwayError, StoreUnreachableError
from jena_models.sources.silent_servers import give_up_when_silent
from tasks.tracking.object_stores import of_artifacts, refusal, why_away
from tasks.tracking.sqlite_store import (
    LET_GO,
    LOCKED,
    database_path,
    is_sqlite,
    prepare_database,
    without_its_log,
    without_room,
)
from tasks.workspace import holding, tracking_uri

if TYPE_CHECKING:
    from mlflow import MlflowClient

Given = ParamSpec("Given")
Result = TypeVar("Result")

QUIET: Final = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",  # results go there
    "MLFLOW_LOGGING_LEVEL": "ERROR",
    "MLFLOW_UV_AUTO_DETECT": "false",  # a uv.lock in the working folder says nothing about a model
    "MLFLOW_ENABLE_PROXY_MULTIPART_DOWNLOAD": "false",  # straight from S3 what is packed comes unpacked, and is refused
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "3",  # MLflow's own 7 take four minutes
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "30",
    "GIT_PYTHON_REFRESH": "quiet",
}
"""What MLflow is told where the user has not said otherwise."""

CONNECT_SECONDS: Final = 5.0
"""How long a server may take to answer."""

DATABASE_PORTS: Final = {"postgresql": 5432, "mysql": 3306, "mssql": 1433}

SERVER_SECONDS: Final = 300.0
"""How long a server that answered before is waited for: `jena up` starts one that died within a minute."""

LONGEST_WAIT_SECONDS: Final = 60.0
"""How long a busy database is tried again, on top of the 20 s that each of MLflow's statements waits by itself."""

AWAY: Final = re.compile(
    r"(?i)OperationalError\).*(connection refused|closed the connection|terminating connection|starting up|"
    r"shutting down|recovery mode|timeout expired|said nothing)"
)
"""What is said of a database server that is being started again, where SQLAlchemy does not tell that it was lost."""

REFUSED: Final = re.compile(r"error code 4\d\d")
"""A server that says no is there."""
FORBIDDEN: Final = re.compile(
    r"psycopg2?\.errors\.(InsufficientPrivilege|ReadOnlySqlTransaction|UndefinedTable|UndefinedColumn|InvalidSchemaName)"
)
"""What a database says that is there, and whose tables the user may not use, or which has none of MLflow's."""
FIRST_PAUSES: Final = 1.0
"""Between tries of a server that is away, at first."""
GIVEN_UP_SECONDS: Final = 3600.0
"""How long a store that was waited for in vain is only asked: each training of a study would wait for it anew."""

logger = logging.getLogger("jena")

_opening = threading.Lock()
_given_up: Final[dict[tuple[str, bool], float]] = {}
"""When a store, by its address, or what keeps its artifacts (True), was waited for in vain."""
_server_seconds: ContextVar[float] = ContextVar("server_seconds", default=SERVER_SECONDS)


def client() -> MlflowClient:
    """Give the client of the store that `tasks.workspace.tracking_uri` names, which is made where it is a new file.

    Safe to call from any thread; the store is opened and looked over once a process.

    Raises:
        StoreUnreachableError: where it cannot be reached or opened.
    """
    with _opening:
        return _open(tracking_uri())


def nothing_kept_yet() -> bool:
    """Tell whether the store is a file that no run has made yet, so that a question need not make it."""
    uri = tracking_uri()
    return is_sqlite(uri) and not database_path(uri).exists()


def is_database(uri: str) -> bool:
    """Tell whether an address names a database server, which keeps no artifacts."""
    return urlsplit(uri).scheme.split("+")[0] in DATABASE_PORTS


def impatient(seconds: float = 0.0) -> AbstractContextManager[None]:
    """Wait within the block no longer for a server that is away: it is asked again later, or can be done without."""
    return holding(_server_seconds, seconds)


def patiently(call: Callable[Given, Result], *args: Given.args, **kwargs: Given.kwargs) -> Result:
    """Call the store, and again where its database is busy or its server is away for a while.

    Raises:
        StoreUnreachableError: where it stays busy or away, or cannot be written.
    """
    from mlflow.exceptions import MlflowException

    uri, began, wait, cut_off = tracking_uri(), time.monotonic(), 0.05, False
    while True:
        try:
            answer = call(*args, **kwargs)
        except Exception as error:
            text, cut_off, artifacts = str(error), cut_off or _is_cut_off(error), of_artifacts(error)
            known = isinstance(error, MlflowException) and _is_about_the_store(error.error_code, text)
            if not (known or artifacts or _is_cut_off(error)):
                raise
            if artifacts and (refused := refusal(error, uri)):
                raise _without_artifacts(uri, refused) from error
            seconds, given_up = LONGEST_WAIT_SECONDS if LOCKED in text else 0.0, False
            if artifacts or cut_off or AWAY.search(text) or ("API request to" in text and not REFUSED.search(text)):
                given_up = _was_given_up(uri, artifacts)
                seconds = 0.0 if given_up else _server_seconds.get()
                if seconds and wait < FIRST_PAUSES:
                    logger.warning("The tracking store does not answer; trying again for %.0f seconds.", seconds)
                    wait = FIRST_PAUSES
            if time.monotonic() - began >= seconds:
                if seconds and LOCKED not in text:
                    _given_up[uri, artifacts] = time.monotonic()
                if artifacts:
                    raise _without_artifacts(uri, why_away(error)) from error
                raise _unreachable(uri, text, StoreStaysAwayError if seconds or given_up else None) from error
        else:
            _given_up.pop((uri, False), None)
            return answer
        time.sleep(wait * random.uniform(0.5, 1.5))  # noqa: S311  (waits that differ, not secrets)
        wait = min(2 * wait, 2.0)


def import_mlflow() -> None:
    """Import what opening the store will, where there is something to wait for meanwhile."""
    _quieten()
    import mlflow.store.tracking.sqlalchemy_store  # noqa: F401


def _quieten() -> None:
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)


@cache
def _open(uri: str) -> MlflowClient:
    _quieten()
    without_its_log()
    if is_sqlite(uri):
        prepare_database(uri)
    else:
        _require_answer(uri)
        if urlsplit(uri).scheme.startswith("postgresql"):
            give_up_when_silent()
    # Both here, where one thread is at it: of two that import one each, one may find half of the other.
    import mlflow.data
    import mlflow.pyfunc  # noqa: F401
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    try:
        return MlflowClient(tracking_uri=uri)
    except ImportError as error:
        raise _without_driver(uri, error) from error
    except (MlflowException, SQLAlchemyError) as error:
        raise _unreachable(uri, str(error)) from error


def _require_answer(uri: str) -> None:
    """MLflow tries a server that is down for minutes; asking once tells within seconds."""
    parts = urlsplit(uri)
    try:
        if parts.scheme in ("http", "https"):
            with suppress(HTTPError):  # whatever it says, it answers
                urlopen(f"{uri.rstrip('/')}/health", timeout=CONNECT_SECONDS).close()  # noqa: S310
        elif is_database(uri) and parts.hostname:
            port = parts.port or DATABASE_PORTS[parts.scheme.split("+")[0]]
            socket.create_connection((parts.hostname, port), timeout=CONNECT_SECONDS).close()
    except (OSError, ValueError, HTTPException) as error:
        raise _unreachable(uri, str(getattr(error, "reason", error))) from error


def _is_about_the_store(code: str | None, text: str) -> bool:
    said = "API request to" in text or "sqlite3.OperationalError" in text or FORBIDDEN.search(text)
    return code == "TEMPORARILY_UNAVAILABLE" or bool(said)


def _is_cut_off(error: BaseException | None) -> bool:
    """Tell whether a database ended the connection: SQLAlchemy says so on its error, which MLflow may have wrapped."""
    while error is not None:
        if getattr(error, "connection_invalidated", False):
            return True
        error = error.__cause__ or error.__context__
    return False


def _was_given_up(uri: str, artifacts: bool) -> bool:
    return time.monotonic() - _given_up.get((uri, artifacts), -GIVEN_UP_SECONDS) < GIVEN_UP_SECONDS


def _without_artifacts(uri: str, why: str) -> ArtifactsUnreachableError:
    return ArtifactsUnreachableError(
        f"The artifacts of the tracking store {without_password(uri)} can neither be kept nor had ({why}); mend that "
        "or correct MLFLOW_TRACKING_URI."
    )


def _unreachable(uri: str, reason: str, kind: type[StoreUnreachableError] | None = None) -> StoreUnreachableError:
    if is_sqlite(uri) and (full := without_room(database_path(uri), reason)):
        return full
    cause = reason.splitlines()[0].strip().rstrip(".") if reason else "no answer"
    if cause.startswith("API request to"):
        cause = "the server no longer answers"
    remedy = "let its user read and write its tables," if FORBIDDEN.search(reason) else "start it"
    if LOCKED in reason:
        remedy = f"{LET_GO},"
    return (kind or StoreUnreachableError)(
        f"The tracking store {without_password(uri)} cannot be used ({cause}); {remedy} or correct MLFLOW_TRACKING_URI."
    )


def _without_driver(uri: str, error: ImportError) -> StoreUnreachableError:
    """A database's address that names no driver asks for one that the project need not have."""
    shown, scheme = without_password(uri), urlsplit(uri).scheme
    other = ", or write it as " + shown.replace("postgresql", "postgresql+psycopg", 1) if scheme == "postgresql" else ""
    return StoreUnreachableError(
        f"The tracking store {shown} cannot be used without the Python package '{error.name}': install that{other}."
    )


def without_password(uri: str) -> str:
    """Give an address that can be shown and logged."""
    parts = urlsplit(uri)
    return uri.replace(f":{parts.password}@", ":***@") if parts.password else uri
