"""A stage as a Prefect task that is made when Prefect is to run it: as a plain function it needs no orchestrator.

Prefect takes two seconds of processor time to import, which an hourly forecast from the command line can do without.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, update_wrapper
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar, cast

from jena_models.errors import StoreStaysAwayError

if TYPE_CHECKING:
    from prefect import Task

Given = ParamSpec("Given")
Result = TypeVar("Result")
BACK_OFF_SECONDS: Final = [1.0, 5.0, 20.0]
"""Between tries of what touches the tracking store or another server."""


def task(
    *,
    timeout_seconds: float,
    name: str | None = None,
    retry_delay_seconds: Sequence[float] = (),
    retry_condition_fn: Callable[[Any, Any, Any], bool] | None = None,
) -> Callable[[Callable[Given, Result]], Task[Given, Result]]:
    """Let the decorated function be a Prefect task, once something but its `fn` is asked for.

    Prefect caches none of its results: a stage keeps its own (see `tasks.workspace.stage`).

    Args:
        timeout_seconds: the longest that it may take.
        name: as Prefect shows it; the function's where not given.
        retry_delay_seconds: before each further try; as often as Prefect is told for all where not given.
        retry_condition_fn: tells whether it is; see `tasks.workspace.only_after`.
    """
    options: dict[str, Any] = {
        "name": name,
        "retries": len(retry_delay_seconds) or None,
        "retry_delay_seconds": list(retry_delay_seconds) or None,
        "retry_condition_fn": retry_condition_fn,
        "timeout_seconds": timeout_seconds,
    }

    def deferred(function: Callable[Given, Result]) -> Task[Given, Result]:
        return cast("Task[Given, Result]", DeferredTask(function, options))

    return deferred


class DeferredTask:
    """Holds a function until Prefect is to run it; all but `fn` is the task's."""

    def __init__(self, function: Callable[..., Any], options: dict[str, Any]) -> None:
        update_wrapper(self, function)
        self.fn = function
        self._options = options

    @cached_property
    def _task(self) -> Task[..., Any]:
        from prefect import Task
        from prefect.cache_policies import NO_CACHE

        return Task(self.fn, cache_policy=NO_CACHE, **self._options)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run it as a task run of the flow that runs."""
        return self._task(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name == "fn":  # as those that copy and pickle ask for
            raise AttributeError(name)
        return getattr(self._task, name)


def only_after(*errors: type[Exception]) -> Callable[[Any, Any, Any], bool]:
    """Give Prefect's `retry_condition_fn` that tries again after these errors alone, unless they were waited for."""

    def may_mend_itself(_task: Any, _run: Any, state: Any) -> bool:
        return isinstance(state.data, errors) and not isinstance(state.data, StoreStaysAwayError)

    return may_mend_itself
