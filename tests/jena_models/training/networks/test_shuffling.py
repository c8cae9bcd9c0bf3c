"""Shuffling: every window once a pass, a new order each, and an epoch's order follows from its number."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jena_models.training.networks.shuffling import epoch_batches


@given(windows=st.integers(1, 40), batch_size=st.integers(1, 9), batches=st.integers(1, 9), seed=st.integers(0, 99))
@settings(max_examples=50)
def test_epochs_read_on_in_one_stream_that_holds_each_window_once_a_pass(windows, batch_size, batches, seed):
    # Given
    starts = np.arange(windows) * 3 + 100

    # When
    epochs = [
        epoch_batches(starts, seed=seed, epoch=epoch, batch_size=batch_size, batches=batches) for epoch in range(1, 8)
    ]

    # Then
    assert all(epoch.shape == (batches, batch_size) for epoch in epochs)
    stream = np.concatenate(epochs, axis=None)
    for first in range(0, len(stream) - windows + 1, windows):
        assert sorted(stream[first : first + windows]) == starts.tolist()


def test_each_pass_has_an_order_of_its_own_and_each_seed_too():
    starts = np.arange(1000)

    def order(seed, epoch):
        return epoch_batches(starts, seed=seed, epoch=epoch, batch_size=100, batches=10).ravel().tolist()

    assert order(1, 1) != order(1, 2)
    assert order(1, 1) != order(2, 1)
    assert order(1, 2) == order(1, 2)


@pytest.mark.parametrize("epoch", [1, 5])
def test_an_order_is_not_that_of_time(epoch):
    batches = epoch_batches(np.arange(1000), seed=42, epoch=epoch, batch_size=100, batches=10)

    assert abs(np.corrcoef(batches.ravel(), np.arange(1000))[0, 1]) < 0.2
