"""When a task is tried again: soon, a few times, and only after what may mend itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from jena_models.errors import StoreStaysAwayError

BACK_OFF_SECONDS: Final = [1.0, 5.0, 20.0]
"""Between tries of what touches the tracking store or another server."""


def only_after(*errors: type[Exception]) -> Callable[[Any, Any, Any], bool]:
    """Give Prefect's `retry_condition_fn` that tries again after these errors alone, unless they were waited for."""

    def may_mend_itself(_task: Any, _run: Any, state: Any) -> bool:
        return isinstance(state.data, errors) and not isinstance(state.data, StoreStaysAwayError)

    return may_mend_itself
