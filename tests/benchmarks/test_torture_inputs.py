"""The short form of the mutated inputs: never a traceback, never a wrong number in silence."""

import pytest

from benchmarks.torture.inputs import KINDS, _feed_command, feed

SEEDS = range(1000, 1100)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_mutated_input_is_refused_in_a_sentence_or_read_for_what_it_is(home, tmp_path, kind):
    seeds = [seed for seed in SEEDS if KINDS[seed % len(KINDS)] == kind][: 3 if kind is _feed_command else None]
    faults = {}
    for seed in seeds:
        folder = tmp_path / str(seed)
        folder.mkdir()
        if fault := feed(folder, seed):
            faults[seed] = fault

    assert faults == {}
