"""A neighbour's readings on a station's rows: as they could be known then, whatever the clock and the cadence."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from two_stations import write_station

from jena_models.neighbours.joining import joined
from jena_models.stations import load_station

HOURS = pd.date_range("2015-03-01", periods=24, freq="h")


@pytest.fixture
def pair(tmp_path):
    """A function that gives a station with a neighbour that measures these quantities."""

    def made(quantities=("T",), **told):
        limits = {"T": (-60, 60), "wd": (0, 360), "max_wv": (0, 99), "rain": (0, 99), "wv": (0, 99)}
        units = {"T": "degC", "wd": "deg", "rain": "mm"}
        columns = [
            {
                "name": f"{quantity} ({units.get(quantity, 'm/s')})",
                "quantity": quantity,
                "kind": "required" if quantity == "T" else "optional",
                "minimum": limits[quantity][0],
                "maximum": limits[quantity][1],
            }
            for quantity in ("T", *(each for each in quantities if each != "T"))
        ]
        write_station(tmp_path, "west", columns=columns)
        named = {"station": "west.yaml", "columns": list(quantities)} | told
        station = load_station(str(write_station(tmp_path, "east", neighbours=[named])))
        return station, station.named_neighbours[0]

    return made


def of(pair, theirs, minutes, rows=HOURS, row_minutes=60.0):
    return joined(rows, *pair, theirs, cadence_minutes=row_minutes, their_cadence_minutes=minutes)


def test_a_reading_counts_only_when_it_can_be_had(pair):
    theirs = pd.DataFrame({"T (degC)": np.arange(24.0)}, index=HOURS)

    late = of(pair(available_after=3), theirs, 60)["west: T (degC)"]

    assert late[:3].isna().all()
    assert late[3:].tolist() == list(range(21))


@settings(max_examples=60)
@given(
    their_minutes=st.sampled_from([1, 7, 10, 20, 60, 180, 1440]),
    offset_minutes=st.integers(0, 59),
    delay_hours=st.sampled_from([0.0, 0.5, 3.0, 25.0]),
    seed_and_row=st.tuples(st.integers(0, 99), st.integers(0, 23)),
)
def test_nothing_that_came_after_a_row_changes_a_digit_of_it(
    tmp_path_factory, their_minutes, offset_minutes, delay_hours, seed_and_row
):
    folder, (seed, row) = tmp_path_factory.mktemp("pair"), seed_and_row
    jitter = seed % 2 == 0
    write_station(folder, "west")
    named = [{"station": "west.yaml", "available_after": delay_hours}]
    station = load_station(str(write_station(folder, "east", neighbours=named)))
    pair = (station, station.named_neighbours[0])
    generator = np.random.default_rng(seed)
    times = pd.date_range(HOURS[0] - pd.Timedelta(days=3), HOURS[-1], freq=f"{their_minutes}min")
    times += pd.Timedelta(minutes=offset_minutes)
    if jitter:
        times = (times + pd.to_timedelta(generator.uniform(0, 0.8 * their_minutes * 60, len(times)), "s")).round("s")
        times = times.unique()
    theirs = pd.DataFrame({"T (degC)": generator.normal(0, 9, len(times))}, index=times)
    before = of(pair, theirs, their_minutes)

    later = times + pd.Timedelta(hours=delay_hours) > HOURS[row]
    changed = theirs + 7 * later[:, None]
    after, gone = of(pair, changed, their_minutes), of(pair, theirs[~later], their_minutes)

    np.testing.assert_array_equal(after.to_numpy()[: row + 1], before.to_numpy()[: row + 1])
    np.testing.assert_array_equal(gone.to_numpy()[: row + 1], before.to_numpy()[: row + 1])


def test_denser_readings_become_what_came_since_the_row_before(pair):
    tens = pd.date_range("2015-03-01 00:10", periods=12, freq="10min")
    theirs = pd.DataFrame(
        {
            "T (degC)": np.arange(12.0),
            "wd (deg)": [350, 10] * 6,
            "max_wv (m/s)": np.arange(12.0),
            "rain (mm)": np.full(12, 0.5),
        },
        index=tens,
    )

    hourly = of(pair(("T", "wd", "max_wv", "rain")), theirs, 10)

    assert hourly["west: T (degC)"][:3].tolist() == pytest.approx([np.nan, 2.5, 8.5], nan_ok=True)
    assert hourly["west: max_wv (m/s)"][1:3].tolist() == [5, 11]
    assert hourly["west: rain (mm)"][1:3].tolist() == [3, 3]
    assert np.cos(np.radians(hourly["west: wd (deg)"].iloc[1])) == pytest.approx(1)


def test_rarer_readings_stand_until_the_next_is_due_and_no_longer(pair):
    theirs = pd.DataFrame({"T (degC)": [1.0, 2.0, 4.0]}, index=HOURS[[0, 3, 9]])

    hourly = of(pair(), theirs, 180)["west: T (degC)"]

    assert hourly[:6].tolist() == [1, 1, 1, 2, 2, 2]
    assert hourly[6:9].isna().all()
    assert hourly[9:12].tolist() == [4, 4, 4]


def test_values_beyond_the_neighbours_limits_are_missing(pair):
    theirs = pd.DataFrame({"T (degC)": [5.0, 999.0, 7.0]}, index=HOURS[:3])

    assert of(pair(), theirs, 60)["west: T (degC)"][:3].tolist() == pytest.approx([5, np.nan, 7], nan_ok=True)
