"""How a flow's steps are taken: by Prefect, or as the plain functions that they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ParamSpec, Protocol, TypeVar

if TYPE_CHECKING:
    from prefect import Task

Given = ParamSpec("Given")
Result = TypeVar("Result")


class Way(Protocol):
    """How a step is taken."""

    def __call__(self, step: Task[Given, Result], /) -> Callable[Given, Result]:
        """Give the function to call for a task."""


def through_prefect(step: Task[Given, Result], /) -> Callable[Given, Result]:
    """Take a step as a task run: with its retries and time-out, and seen in Prefect."""
    return step


def at_once(step: Task[Given, Result], /) -> Callable[Given, Result]:
    """Take a step as the plain function that it is, in less time than an orchestrator takes to start."""
    return step.fn
