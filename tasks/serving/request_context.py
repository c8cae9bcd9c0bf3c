"""What is known of a request while it is answered, on the way in and out and in the thread that forecasts."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass
class Exchange:
    """One request and its answer."""

    issue_times: str | None = None
    """What the address asks for, `newest` or `all`; None where it does not say."""
    leads: str | None = None
    """Which leads the address asks for; None where it does not say."""
    version: int | None = None
    """The version that answers; None where none was asked."""
    warnings: tuple[str, ...] = ()
    """What whoever reads the answer should know, a sentence each."""


current_exchange: ContextVar[Exchange] = ContextVar("exchange")
"""Threads that MLflow's server starts for a request see the same one."""
