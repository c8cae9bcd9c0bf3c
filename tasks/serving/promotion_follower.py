"""Which version answers: the registry's champion, followed while requests come in."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from jena_models.errors import StoreUnreachableError
from tasks.serving.version_loading import Served

FIRST_WAIT_SECONDS: Final = 30.0
LONGEST_WAIT_SECONDS: Final = 600.0
"""A version that cannot be served is tried again, in case its artifacts were not all there yet."""

STOP_SECONDS: Final = 10.0
"""How long the end of the server waits for a version that is being loaded."""

logger = logging.getLogger("jena")


class Follower:
    """Holds the version that answers; a new champion takes its place once it is shown to forecast.

    The version before stays in memory, so that a rollback takes effect at once.
    """

    def __init__(
        self,
        model_name: str,
        first: Served,
        champion: Callable[[], int | None],
        load: Callable[[int], Served],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.current = first
        self._model_name = model_name
        self._champion = champion
        self._load = load
        self._clock = clock
        self._before: Served | None = None
        self._refused: tuple[int, float, float] | None = None
        """A version, when to try it again, and how long to wait after that."""
        self._warned = ""

    @contextmanager
    def following(self, every_seconds: float) -> Iterator[None]:
        """Look after the champion in a thread of its own for as long as the block runs."""
        ended = threading.Event()

        def follow() -> None:
            while not ended.wait(every_seconds):
                self.look()

        thread = threading.Thread(target=follow, name="follower", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join(STOP_SECONDS)

    def look(self) -> None:
        """Ask the registry once, and change the version where the champion has changed; whatever fails, one answers."""
        try:
            number = self._champion()
        except Exception as error:  # the registry may be away for any reason
            self._warn(f"The registry cannot be asked, so version {self.current.number} goes on answering: {error}")
            return
        if number is None:
            self._warn(f"{self._model_name} has no champion, so version {self.current.number} goes on answering.")
            return
        if number == self.current.number:
            self._warned, self._refused = "", None
            return
        wait = FIRST_WAIT_SECONDS
        if self._refused and self._refused[0] == number:
            _, again, wait = self._refused
            if self._clock() < again:
                return
        try:
            served = self._before if self._before and self._before.number == number else self._load(number)
        except StoreUnreachableError as error:
            self._warn(f"Version {number} cannot be fetched, so version {self.current.number} goes on: {error}")
            return
        except Exception as error:  # a version of another time may fail in any way
            self._refused = (number, self._clock() + wait, min(2 * wait, LONGEST_WAIT_SECONDS))
            self._warn(f"Version {number} is the champion, but version {self.current.number} goes on: {error}")
            return
        self._before, self.current = self.current, served
        self._warned, self._refused = "", None
        logger.info("Version %d of %s answers now, in place of %d.", number, self._model_name, self._before.number)

    def _warn(self, sentence: str) -> None:
        if sentence != self._warned:
            logger.warning(sentence)
            self._warned = sentence
