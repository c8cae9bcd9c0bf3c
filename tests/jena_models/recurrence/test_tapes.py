import gc

import numpy as np

from jena_models.recurrence.tapes import ALIGNMENT, TapePool


def test_memory_is_used_again_once_nobody_refers_to_it():
    pool = TapePool()
    tape = pool.take(100)
    address = tape.ctypes.data
    del tape
    gc.collect()
    assert pool.take(90).ctypes.data == address


def test_a_view_keeps_the_memory_from_being_used_again():
    pool = TapePool()
    view = np.asarray(pool.take(100))[10:20].reshape(2, 5)
    gc.collect()
    assert not np.shares_memory(view, pool.take(100))


def test_tapes_are_aligned_and_of_the_size_asked_for():
    tape = TapePool().take(33)
    assert tape.shape == (33,)
    assert tape.ctypes.data % ALIGNMENT == 0
