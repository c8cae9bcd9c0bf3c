"""Several sources together: which of them speaks of a station's column, and of which run that is."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from jena_models.weather_service.service import STALE_SECONDS, Service
from jena_models.weather_service.service_runs import NO_RUN, Runs, known_then

HOUR, START = 3600, 1_577_836_800
TARGET = "T (degC)"
ISSUED = START + np.arange(24, 240) * HOUR
VALID = ISSUED + 24 * HOUR


def runs_of(name, value, of=TARGET, every=12, until=240) -> Runs:
    """Runs of one value throughout, three hours on their way."""
    issued = START + np.arange(0, until, every) * HOUR
    values = np.full((len(issued), 17, 1), float(value))
    leads = np.arange(0, 49, 3) * HOUR
    return Runs(name, ("t",), (of,), issued, issued + 3 * HOUR, leads, values, values * np.nan)


def test_the_first_source_that_forecasts_a_column_speaks_while_it_keeps_up():
    first, second = runs_of("a", 1), runs_of("b", 2, every=3)

    known = Service((first, second)).known_of(TARGET, ISSUED, VALID)

    alone = known_then(first, ISSUED, VALID)
    np.testing.assert_array_equal(known.values, alone.values)
    np.testing.assert_array_equal(known.run_seconds, alone.run_seconds)


def test_where_the_first_source_has_stopped_the_next_speaks_before_the_first_falls_silent():
    stopped, goes_on = runs_of("a", 1, until=120), runs_of("b", 2, every=3)

    said = Service((stopped, goes_on)).known_of(TARGET, ISSUED, VALID).values[:, 0]

    hours = (ISSUED - START) // HOUR
    assert (said[hours < 120] == 1).all()
    assert (said[hours > 108 + 24 + 6] == 2).all()


def test_a_run_of_another_column_is_none_of_the_column_that_is_asked_for():
    stopped, clouds = runs_of("a", 1, until=60), runs_of("clouds", 0.5, of="")
    service = Service((stopped, clouds))

    of_target, of_any = service.newest_run(ISSUED, VALID, TARGET), service.newest_run(ISSUED, VALID)

    assert (of_target[-24:] == NO_RUN).all()
    np.testing.assert_array_equal(of_any, known_then(clouds, ISSUED, VALID).run_seconds[:, 0])
    assert (Service((clouds,)).newest_run(ISSUED, VALID, TARGET) == NO_RUN).all()


@settings(max_examples=50)
@given(st.integers(0, 2**32 - 1), st.floats(0, 0.9))
def test_what_is_said_is_of_the_first_source_whose_run_is_not_stale_whatever_is_missing(seed, share):
    generator = np.random.default_rng(seed)
    each = [runs_of(str(number), number, every=every) for number, every in enumerate((12, 6, 3))]
    each = [
        replace(runs, values=np.where(generator.random(runs.values.shape) < share, np.nan, runs.values))
        for runs in each
    ]

    known = Service(tuple(each)).known_of(TARGET, ISSUED, VALID)

    seconds = np.stack([known_then(runs, ISSUED, VALID).run_seconds[:, 0] for runs in each])
    for at, (said, run) in enumerate(zip(known.values[:, 0], known.run_seconds[:, 0], strict=True)):
        of_each = [int(second) for second in seconds[:, at]]
        speaks = [n for n, second in enumerate(of_each) if second != NO_RUN and second >= max(of_each) - STALE_SECONDS]
        assert np.isnan(said) if not speaks else (said, run) == (speaks[0], of_each[speaks[0]])


def test_a_source_gives_way_to_a_later_one_alone_and_to_none_that_is_no_newer():
    stopped, goes_on, slow = runs_of("a", 1, until=120), runs_of("b", 2, every=3), runs_of("c", 3, until=120)
    soon = ISSUED + HOUR

    gave_way = Service((stopped, goes_on, slow)).stale(TARGET, ISSUED, soon)

    said = Service((stopped, goes_on)).known_of(TARGET, ISSUED, soon).values[:, 0]
    of_first = known_then(stopped, ISSUED, soon).values[:, 0]
    assert set(gave_way) == {"a"}
    np.testing.assert_array_equal(gave_way["a"], np.isfinite(of_first) & (said == 2))
    assert Service((goes_on, slow)).stale(TARGET, ISSUED, soon) == {}
    assert Service((stopped,)).stale(TARGET, ISSUED, soon) == {}
