"""Windows as training gathers them, against the readings themselves."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from jena_models.training.networks.compiled import DeviceReadings
from jena_models.windows.placement import WindowedReadings, WindowVectors


@given(stride=st.integers(1, 7), steps=st.integers(1, 5), more=st.integers(0, 20), delay=st.integers(0, 4))
def test_windows_and_targets_are_the_rows_that_they_say(stride, steps, more, delay):
    rows = (steps - 1) * stride + delay + 1 + more
    features = np.arange(2 * rows, dtype=np.float32).reshape(rows, 2)
    starts = np.arange(more + 1)
    offset = (steps - 1) * stride + delay
    readings = WindowedReadings(features, -features[:, 0], steps, stride, offset, {})

    gathered = DeviceReadings(readings)

    expected = features[starts[:, None] + np.arange(steps) * stride]
    np.testing.assert_array_equal(gathered.windows(starts.astype(np.int32)), expected)
    np.testing.assert_array_equal(gathered.targets(starts.astype(np.int32))[:, 0], -features[starts + offset, 0])


def test_beside_each_window_goes_the_vector_of_its_own_start():
    features, starts = np.zeros((9, 1), np.float32), np.array([6, 2, 4])
    vectors = np.arange(6, dtype=np.float32).reshape(3, 2)
    places = np.zeros(9, np.int32)
    places[starts] = np.arange(3)
    readings = WindowedReadings(features, features[:, 0], 2, 1, 2, {}, WindowVectors(vectors, places))

    windows, beside = DeviceReadings(readings).shown(np.array([4, 6, 2], np.int32))

    assert windows.shape == (3, 2, 1)
    np.testing.assert_array_equal(beside, vectors[[2, 0, 1]])
