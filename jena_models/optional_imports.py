"""Packages that Keras, TensorFlow and LightGBM import where they find them, and that this project has no use for."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Final

UNNEEDED: Final = ("IPython", "dask", "jax", "matplotlib", "pandas", "sklearn", "torch")
"""For training and forecasting: 7 of the 15 seconds that all of it takes on a busy machine."""

_left_out: list[str] = []


def leave_out_unneeded() -> None:
    """Have `import_lean` do without what is not needed, for as long as the process lives.

    It is for whoever owns the process, such as a training or a command that makes one forecast: Keras is without its
    wrappers of scikit-learn from then on, which somebody else, who loads a registered version, may want.
    """
    _left_out[:] = UNNEEDED


def import_lean(package: str) -> None:
    """Import a package, without what is left out; which can be imported by itself before and afterwards."""
    with _absent(_left_out):
        import_module(package)


@contextmanager
def _absent(modules: list[str]) -> Iterator[None]:
    """Have optional imports of these modules fail, as if they were not installed."""
    hidden = [name for name in modules if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None is how Python marks a module as absent
    try:
        yield
    finally:
        for name in hidden:
            sys.modules.pop(name, None)
