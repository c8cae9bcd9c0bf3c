"""The order in which training windows are seen: seeded, and the same whether or not a training was interrupted."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray


def epoch_batches(
    starts: NDArray[np.int64], *, seed: int, epoch: int, batch_size: int, batches: int
) -> NDArray[np.int32]:
    """Give the window starts of one epoch, shape (batches, batch_size).

    All epochs together read one endless stream: a fresh permutation of the training windows after the other, each
    drawn from the seed and its own number. What an epoch reads thus follows from its number alone.

    Args:
        starts: the row of each training window's first step.
        seed: of the study.
        epoch: from 1.
        batch_size: windows in a batch.
        batches: batches in an epoch.
    """
    first = (epoch - 1) * batches * batch_size
    chosen = np.concatenate(list(_stretches(len(starts), seed, first, batches * batch_size)))
    of_epoch: NDArray[np.int32] = starts[chosen].astype(np.int32)
    return of_epoch.reshape(batches, batch_size)


def _stretches(windows: int, seed: int, first: int, count: int) -> Iterator[NDArray[np.int64]]:
    position, end = first, first + count
    while position < end:
        number, within = divmod(position, windows)
        permutation = np.random.default_rng([seed, number]).permutation(windows)
        stretch = permutation[within : within + end - position]
        position += len(stretch)
        yield stretch
