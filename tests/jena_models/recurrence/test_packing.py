"""Weights put where the kernels read them: the places are found once for a shape, and are those of that shape alone."""

import numpy as np

from jena_models.recurrence.kernels.packing import by_places


@by_places
def _turned_between_zeros(numbers, rows):
    turned = np.zeros((numbers.shape[1], rows), numbers.dtype)
    turned[:, : numbers.shape[0]] = numbers.T
    return turned


def test_numbers_go_where_they_are_put_and_zeros_between_them():
    for shape, rows in (((2, 3), 4), ((3, 2), 4), ((2, 3), 2), ((2, 3), 4)):
        numbers = np.random.default_rng(rows).normal(size=shape).astype(np.float32)
        expected = np.zeros((shape[1], rows), np.float32)
        expected[:, : shape[0]] = numbers.T
        np.testing.assert_array_equal(_turned_between_zeros(numbers, rows), expected)


def test_what_is_no_contiguous_array_is_read_as_it_is_seen():
    numbers = np.arange(12, dtype=np.float32).reshape(4, 3)[::-1].T
    np.testing.assert_array_equal(_turned_between_zeros(numbers, 3), numbers.T)


def test_no_numbers_leave_zeros():
    assert _turned_between_zeros(np.empty((0, 2), np.float32), 3).tolist() == [[0, 0, 0], [0, 0, 0]]
