"""What holds for as long as a block runs, in its thread and in what it calls."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

Value = TypeVar("Value")


@contextmanager
def holding(variable: ContextVar[Value], value: Value) -> Iterator[None]:
    """Let a variable have a value within the block, and what it had before after it."""
    before = variable.set(value)
    try:
        yield
    finally:
        variable.reset(before)
