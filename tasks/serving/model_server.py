"""The server's life: it begins with a champion, follows it, and ends when told to, after the last answer."""

from __future__ import annotations

import logging
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, cast

from jena_models.errors import RegistryError, ServingError, nearest
from jena_models.options.production_options import Serving
from tasks.registry import CHAMPION, aliased, find_model
from tasks.tracking import client, impatient, nothing_kept_yet, patiently

if TYPE_CHECKING:
    import uvicorn

KEEP_ALIVE_SECONDS: Final = 75
"""Longer than clients keep a connection, so that none sends a request on one that is just being closed."""

logger = logging.getLogger("jena")


def serve(model_name: str, serving: Serving) -> None:
    """Serve a model's champion until the process is told to end.

    Raises:
        RegistryError: where no such model is registered.
        RescoringError: where the champion cannot be loaded, or does not forecast.
        ServingError: where it has no champion, or the address cannot be listened on.
        StoreUnreachableError: where the store cannot be reached.
    """
    number = require_champion(model_name)
    with listening(serving.address, serving.port) as listener:
        import uvicorn
        from mlflow.pyfunc import scoring_server

        from tasks.serving.promotion_follower import Follower
        from tasks.serving.request_checks import Door
        from tasks.serving.served_champion import ServedChampion
        from tasks.serving.version_loading import load_version

        follower = Follower(
            model_name,
            load_version(model_name, number),
            champion=lambda: champion_of(model_name),
            load=lambda new: load_version(model_name, new),
        )
        app = scoring_server.init(cast("Any", ServedChampion(follower)))
        config = uvicorn.Config(
            Door(app, round(serving.largest_request_mib * 2**20)),
            log_config=None,
            log_level="error",
            access_log=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=serving.grace_seconds,
        )
        shown = f"[{serving.address}]" if ":" in serving.address else serving.address
        address = f"http://{shown}:{listener.getsockname()[1]}"
        logger.info("Version %d of %s answers at %s/invocations.", number, model_name, address)
        with follower.following(serving.follow_seconds):
            answer_until_told(config, listener)
        logger.info("Stopped; every request was answered.")


def require_champion(model_name: str) -> int:
    """Give the champion's version number.

    Raises:
        RegistryError: where no such model is registered, though others are.
        ServingError: where there is no champion.
    """
    if nothing_kept_yet():
        raise ServingError("There is no champion to serve; run `jena train` first.")
    if find_model(client(), model_name) is None:
        names = [known.name for known in patiently(client().search_registered_models)]
        if not names:
            raise ServingError("There is no champion to serve; run `jena train` first.")
        raise RegistryError(f"No model '{model_name}' is registered; {nearest(model_name, names)}")
    number = champion_of(model_name)
    if number is None:
        raise ServingError(
            f"{model_name} has no champion to serve; run `jena train` until a version passes the gates, "
            "or choose one with `jena registry promote`."
        )
    return number


def champion_of(model_name: str) -> int | None:
    """Give the version that the registry calls the champion now, or None."""
    with impatient():
        return aliased(find_model(client(), model_name), CHAMPION)


@contextmanager
def listening(address: str, port: int) -> Iterator[socket.socket]:
    """Listen on an address; port 0 takes a free one.

    Raises:
        ServingError: where that cannot be done.
    """
    try:
        found = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        listener = socket.create_server((address, port), family=found[0][0])
    except (OSError, OverflowError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).partition(" (while")[0]  # and what Python says beside
        raise ServingError(
            f"Cannot listen on {address}, port {port} ({reason.lower()}); name another with --host and --port."
        ) from error
    with listener:
        # Connections inherit it. Else the body of an answer waits 40 ms for the client to acknowledge its header.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield listener


def answer_until_told(config: uvicorn.Config, listener: socket.socket) -> None:
    """Answer who asks; told to end by a signal, answer what was asked, and let the process go on to its own end."""
    from tasks.serving.patient_server import PatientServer

    server = PatientServer(config)

    def end(*_: object) -> None:
        server.should_exit = True

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        server.run(sockets=[listener])  # raises the signal once more when all is answered
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
