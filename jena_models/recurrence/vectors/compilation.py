"""Numba's decorators as the kernels use them, with types."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
from numba.extending import intrinsic

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Makes a function part of whatever kernel calls it; it allocates no arrays.

    So Numba need not count who refers to those that it is given. Counting, each time it is called and returns, held up
    what it writes: the chapter's LSTM layer took 6 % more going forward. Its option has no public name.
    """
    return cast(Function, numba.njit(nogil=True, _nrt=False)(function))  # type: ignore[call-overload]


def compiled_with_scratch(function: Function) -> Function:
    """Does the same with a function that allocates arrays."""
    return cast(Function, numba.njit(nogil=True)(function))


def emitted(function: Callable[..., Any]) -> Callable[..., Any]:
    """Makes a function that writes LLVM instructions callable from kernels."""
    return cast(Callable[..., Any], intrinsic(function))
