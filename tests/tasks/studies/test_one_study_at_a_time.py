"""The same study asked for twice at once is run once; whoever came later finds what came of it."""

import threading

from small_study import SETTINGS, small_prepared

from tasks.studies.study import alone_at


def test_a_second_process_at_the_same_study_waits_for_the_first(home, tmp_path, caplog):
    prepared, order = small_prepared(tmp_path), []
    waits = threading.Event()
    caplog.set_level("INFO", logger="jena")

    def second():
        waits.set()
        with alone_at(prepared, SETTINGS):
            order.append("second")

    other = threading.Thread(target=second)
    with alone_at(prepared, SETTINGS):
        other.start()
        waits.wait(10)
        other.join(0.3)
        order.append("first")
    other.join(10)

    assert order == ["first", "second"]


def test_different_studies_do_not_wait_for_each_other(home, tmp_path):
    prepared = small_prepared(tmp_path)
    other = SETTINGS.model_copy(update={"seed": SETTINGS.seed + 1})

    with alone_at(prepared, SETTINGS), alone_at(prepared, other):
        pass
