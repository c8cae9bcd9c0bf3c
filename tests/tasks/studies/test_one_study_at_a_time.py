"""The same study asked for twice at once is run once; whoever came later finds what came of it."""

import threading

from tasks.studies.study import alone_at


def test_a_second_process_at_the_same_study_waits_for_the_first(home, caplog):
    order, waits = [], threading.Event()
    caplog.set_level("INFO", logger="jena")

    def second():
        waits.set()
        with alone_at("0123456789ab"):
            order.append("second")

    other = threading.Thread(target=second)
    with alone_at("0123456789ab"):
        other.start()
        waits.wait(10)
        other.join(0.3)
        order.append("first")
    other.join(10)

    assert order == ["first", "second"]


def test_different_studies_do_not_wait_for_each_other(home):
    with alone_at("0123456789ab"), alone_at("ba9876543210"):
        pass
