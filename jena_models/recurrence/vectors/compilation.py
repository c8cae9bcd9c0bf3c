"""Numba's decorators as the kernels use them, with types."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
from numba.extending import intrinsic

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Makes a function part of whatever kernel calls it."""
    return cast(Function, numba.njit(nogil=True)(function))


def emitted(function: Callable[..., Any]) -> Callable[..., Any]:
    """Makes a function that writes LLVM instructions callable from kernels."""
    return cast(Callable[..., Any], intrinsic(function))
