"""Who is told to end is heard, also where Python passes over what a handler raises.

An exception in the callback of a weak reference, in a finalizer or in what a native library calls back is printed and
forgotten. Where that is the one of a signal's handler, a study would train on, and be killed later with its run open.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

AGAIN_SECONDS: Final = 0.1
"""Until a signal that was passed over is sent again: by then what passed over it is done, as a rule."""


@cache
def send_again_what_is_passed_over() -> None:
    """Have signals to end whose exceptions Python passes over sent once more, from now on in this process."""
    before = sys.unraisablehook

    def look(passed_over: UnraisableHookArgs) -> None:
        number = _signal_of(passed_over.exc_value)
        if number is None:
            before(passed_over)
            return
        again = threading.Timer(AGAIN_SECONDS, os.kill, (os.getpid(), number))
        again.daemon = True
        with suppress(RuntimeError):  # of a process that ends already
            again.start()

    sys.unraisablehook = look


def _signal_of(error: BaseException | None) -> int | None:
    """Give the signal whose handler raised an error; None where none did."""
    if isinstance(error, KeyboardInterrupt):
        return signal.SIGINT
    if isinstance(error, SystemExit):
        return signal.SIGTERM
    told = None if isinstance(error, Exception) else getattr(error, "signal", None)  # as Prefect's has it
    return told if isinstance(told, int) else None
