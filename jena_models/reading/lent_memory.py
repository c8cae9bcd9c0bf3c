"""Python's memory in Arrow's hands: lent for as long as a reading takes, and back before the next line."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from typing import Final, TypeVar

import pyarrow as pa

LONGEST_WAIT: Final = 10.0
"""Seconds: a thread needs microseconds to let go, and longer only where the machine has no time for it."""

Read = TypeVar("Read")


def lent_to_arrow(content: bytes | memoryview, read: Callable[[pa.Buffer], Read]) -> Read:
    """Have Arrow read what lies in Python's memory, and wait until the last of its threads has let go of it.

    Arrow answers before its threads have put away what they read from. One that does so while the interpreter ends
    asks for Python's lock, is ended in the middle of C++, and takes the process with it: "terminate called without an
    active exception" (https://github.com/apache/arrow/issues/34314). A copy of Arrow's own would do as well, but of
    the largest files there is not memory enough for two.

    Args:
        content: is not copied.
        read: is given the buffer, and may not keep it.
    """
    lent = memoryview(content)
    try:
        return read(pa.py_buffer(lent))
    except Exception as error:
        traceback.clear_frames(error.__traceback__)  # which would hold the buffer as long as the error is told
        raise
    finally:
        _wait_until_back(lent)


def _wait_until_back(lent: memoryview) -> None:
    until = time.monotonic() + LONGEST_WAIT
    while time.monotonic() < until:
        try:
            lent.release()
        except BufferError:  # somebody reads there yet
            time.sleep(0.0005)
        else:
            return
