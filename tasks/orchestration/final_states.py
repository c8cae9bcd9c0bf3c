"""How a flow run ends: with a sentence for whoever looks at it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

from jena_models.errors import JenaError

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
        try:
            return body(*args, **kwargs)
        except JenaError as error:
            from prefect.states import Failed

            return Failed(message=str(error), data=error)

    return cast("Callable[Given, Result]", told)
