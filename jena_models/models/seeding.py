"""Initial weights and seeds of dropout that follow from a seed, whatever else the process is doing."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Draw initial weights and the seeds of dropout from a seed; the process's own random numbers go on after.

    Keras draws the seed of each layer from Python's generator, which all threads share: one number that a server's
    client or a finalizer draws between two layers, and the second has other weights. So it draws from one of its own.
    """
    import keras
    from keras.src.random import seed_generator

    before, before_numpy, shared = random.getstate(), np.random.get_state(), seed_generator.python_random
    keras.utils.set_random_seed(seed)
    seed_generator.python_random = random.Random(seed)  # noqa: S311  (the numbers that `set_random_seed` leads to)
    try:
        yield
    finally:
        seed_generator.python_random = shared
        random.setstate(before)
        np.random.set_state(before_numpy)
