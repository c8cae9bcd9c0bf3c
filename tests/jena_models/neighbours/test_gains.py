"""Which neighbour helps is told from one that does not, with how long it is ahead."""

import numpy as np
import pytest
from two_stations import weather, write_station

from jena_models.features.histories import Histories
from jena_models.neighbours.gains import SplitWindows, in_words, measured_gains
from jena_models.stations import load_station

HOURS, STEPS = 24 * 250, 72


@pytest.fixture(scope="module")
def station(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stations")
    write_station(folder, "west")
    write_station(folder, "noise", longitude=12.0)
    named = [{"station": "noise.yaml"}, {"station": "west.yaml", "available_after": 2}]
    return load_station(str(write_station(folder, "east", neighbours=named)))


@pytest.fixture(scope="module")
def found(station):
    written = weather(HOURS)
    noise = np.random.default_rng(8).normal(10, 6, HOURS)
    known_then = written["west"].shift(2).to_numpy()  # as joining would leave a neighbour that comes after two hours
    values = np.stack([written["east"], noise, known_then], axis=1)

    def part(first, end):
        rows = np.arange(first + STEPS, end - 24)[:, None] + np.arange(1 - STEPS, 1)
        histories = Histories(values, station.names, np.arange(HOURS) * 3600, rows, 60.0, 1440.0)
        return SplitWindows(histories, values[rows[:, -1] + 24, 0].astype(np.float32))

    return measured_gains(part(0, HOURS // 2), part(HOURS // 2, HOURS), station, "T (degC)", 24)


def test_the_one_that_is_a_day_ahead_helps_and_says_so(found):
    west = found.neighbours[0]

    assert west.name == "west"
    assert west.ahead_hours == 24
    assert west.correlation > 0.9
    assert west.helps
    assert west.gain > 0.3 * found.alone_mae
    assert west.lower < west.gain < west.upper
    assert west.beside_others == pytest.approx(west.gain, rel=0.1)
    assert 355 < west.distance_km < 360
    assert west.bearing_degrees == pytest.approx(272, abs=1)


def test_noise_gains_nothing_and_that_is_said(found):
    noise = found.neighbours[1]

    assert noise.name == "noise"
    assert abs(noise.gain) < 0.05 * found.alone_mae
    assert not noise.helps
    text = in_words(found)
    assert "west, 357 km W (272°), its weather 24 h before (r 1.00): +1.3" in text
    assert text.splitlines()[-1].endswith("which may be an accident")


def test_what_errs_more_with_a_neighbour_is_said_with_its_sign(found):
    worse = found.neighbours[1].model_copy(update={"gain": -0.004, "lower": -0.011, "upper": 0.003})

    said = in_words(found.model_copy(update={"neighbours": (worse,)}))

    assert said.splitlines()[-1].endswith(": -0.004 °C (95 % -0.011 to +0.003), which may be an accident")


def test_a_station_without_neighbours_has_no_gains(station):
    values = weather(HOURS)["east"].to_numpy()[:, None]
    rows = np.arange(100, 200)[:, None] + np.arange(1 - STEPS, 1)
    histories = Histories(values, ("T (degC)",), np.arange(HOURS) * 3600, rows, 60.0, 1440.0)
    part = SplitWindows(histories, values[rows[:, -1] + 24, 0].astype(np.float32))

    assert measured_gains(part, part, station.alone, "T (degC)", 24) is None
