"""A second thread for the kernels, while a core has nothing else to do; what they compute is the same to the digit."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from jena_models.recurrence.vectors.lanes import LANES


class SecondThread:
    """Takes half of the work where it is wanted.

    Attributes:
        is_wanted: Asked before each piece of work, as cores fall idle and become busy again.
    """

    def __init__(self) -> None:
        """Is not wanted, until somebody says when."""
        self.is_wanted: Callable[[], bool] = lambda: False

    def half_of(self, batch: int) -> int:
        """Returns how many sequences it takes of a batch, in whole blocks; none where it is not wanted."""
        return batch // LANES // 2 * LANES if self.is_wanted() else 0

    def does(self, half: Callable[[], None], other_half: Callable[[], None]) -> None:
        """Does one half while the caller does the other one."""
        doing = _thread().submit(half)
        try:
            other_half()
        finally:
            doing.result()


@cache
def _thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="kernels")


second_thread = SecondThread()
