from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jena_models.descriptions.periods import find_periods_hours
from jena_models.reading.reading import read
from jena_models.stations import StationSchema
from jena_models.stations.simulated import simulate


def series(values: np.ndarray, step: str = "1h") -> pd.Series:
    return pd.Series(values, index=pd.date_range("2020-01-01", periods=len(values), freq=step))


@pytest.mark.parametrize(
    ("file", "periods"),
    [
        ("jena_hourly_2009_2016.csv", [8766, 24]),
        ("jena_10min_2009_2010.csv.zip", [8766, 24]),
        ("jena_10min_2020.csv.zip", [24]),
        ("mpi_roof_2017b.zip", [24]),
    ],
)
def test_the_day_and_the_year_are_found_where_the_file_is_long_enough(
    file: str, periods: list[float], jena: StationSchema, shared_data: Path
) -> None:
    temperature = read(shared_data / file, jena).table["T (degC)"]

    found = find_periods_hours(temperature[~temperature.index.duplicated()])

    assert found == pytest.approx(periods, rel=0.02)


@pytest.mark.slow
@pytest.mark.parametrize("years", [2, 3.3, 8])
def test_the_day_and_the_year_of_the_simulated_station_are_found(years: float, jena: StationSchema) -> None:
    assert find_periods_hours(simulate(jena, years, seed=1)["T (degC)"]) == pytest.approx([8766, 24], rel=0.02)


@settings(max_examples=20)
@given(st.floats(5, 500), st.integers(0, 10))
def test_a_cycle_of_any_length_is_found_in_noise_with_a_trend_and_a_gap(period: float, seed: int) -> None:
    hours = np.arange(6000)
    noise = np.random.default_rng(seed).standard_normal(len(hours))
    cycle = series(3 * np.sin(2 * np.pi * hours / period) + noise + 0.01 * hours)

    found = find_periods_hours(cycle.drop(cycle.index[1000:1040]))

    assert found[0] == pytest.approx(period, rel=0.02)


@pytest.mark.parametrize("seed", range(5))
def test_noise_has_no_period(seed: int) -> None:
    noise = np.random.default_rng(seed).standard_normal(9000)

    assert find_periods_hours(series(noise)) == ()


@pytest.mark.parametrize("rows", [1, 2, 11, 30])
def test_too_few_readings_have_no_period(rows: int) -> None:
    assert find_periods_hours(series(np.sin(np.arange(rows) * 2 * np.pi / 24))) == ()


@pytest.mark.parametrize("stray", ["0001-01-01", "9999-12-31"])
def test_a_row_of_another_millennium_neither_hides_the_day_nor_takes_memory(stray: str) -> None:
    hours = np.arange(2000)
    regular = series(np.sin(2 * np.pi * hours / 24) + 0.1 * np.random.default_rng(1).standard_normal(2000))
    regular.index = regular.index.as_unit("s")
    with_stray = pd.concat([regular, pd.Series([3.0], index=pd.DatetimeIndex([stray], dtype="datetime64[s]"))])

    tracemalloc.start()
    found = find_periods_hours(with_stray.sort_index())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert found == pytest.approx([24], rel=0.02)
    assert peak < 50e6


@pytest.mark.slow
def test_readings_a_year_apart_over_ten_millennia_take_bounded_memory() -> None:
    yearly = pd.date_range("0001-01-01", "9998-01-01", freq="365D", unit="s")

    tracemalloc.start()
    find_periods_hours(pd.Series(np.random.default_rng(1).standard_normal(len(yearly)), index=yearly))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 500e6
