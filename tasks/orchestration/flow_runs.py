"""How a flow run is called, how it ends, and what it outlasts."""

from __future__ import annotations

import os
import select
import stat
import threading
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

from jena_models.errors import JenaError
from jena_models.sources.credentials import without_secrets
from tasks.workspace import requested, send_again_what_is_passed_over

if TYPE_CHECKING:
    from prefect.client.schemas.objects import State

Given = ParamSpec("Given")
Result = TypeVar("Result")


def ending_in_a_sentence(body: Callable[Given, State[Result]]) -> Callable[Given, Result]:
    """Let a flow end in the state that its body gives, or, where it fails for a known reason, with that sentence alone.

    Prefect unwraps a state: whoever calls the flow gets its data, or the exception. An error that is none of the
    project's is a bug's, and keeps its traceback.
    """

    @wraps(body)
    def told(*args: Given.args, **kwargs: Given.kwargs) -> State[Any]:
        send_again_what_is_passed_over()
        try:
            return body(*args, **kwargs)
        except JenaError as error:
            from prefect.states import Failed

            return Failed(message=str(error), data=error)

    return cast("Callable[Given, Result]", told)


def on_its_source(named_after: str) -> Callable[[], str]:
    """Give what names the present run after one of its parameters and its source, such as `quick on station.csv`.

    A run that was given no source is called after the one that its settings or `JENA_SOURCE` name, else after `auto`.
    """

    def name() -> str:
        from prefect.runtime import flow_run

        given = flow_run.parameters
        asked = requested(given.get("source"), settings=given.get("settings"))
        source = asked.get("source") or os.environ.get("JENA_SOURCE") or "auto"
        return f"{given[named_after]} on {without_secrets(str(source))}"

    return name


def outlast_the_worker() -> None:
    """Let what this process prints go nowhere once nobody reads it; rich ends a process that it cannot print for."""
    threading.Thread(target=_watch, name="outlast the worker", daemon=True).start()


def _watch() -> None:
    read, printed = select.poll(), [each for each in (1, 2) if stat.S_ISFIFO(os.fstat(each).st_mode)]
    for each in printed:
        read.register(each, 0)  # of nothing but that its other end is closed
    while printed:
        for each, _ in read.poll():
            read.unregister(each)
            printed.remove(each)
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, each)
            os.close(nowhere)
