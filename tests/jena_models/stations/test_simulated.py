from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from jena_models.stations import StationSchema
from jena_models.stations.cleaned.cleaning import clean
from jena_models.stations.formulas import FORMULAS, derive
from jena_models.stations.raw_readings import RawReadings
from jena_models.stations.simulated import simulate

DAY_ROWS = 144


@pytest.fixture(scope="module")
def eight_years(jena: StationSchema) -> pd.DataFrame:
    return simulate(jena, 8, seed=2009)


def test_eight_years_are_a_file_of_the_official_size_range_and_columns(
    eight_years: pd.DataFrame, jena: StationSchema
) -> None:
    assert eight_years.shape == (420_551, 14)
    assert tuple(eight_years.columns) == jena.names
    assert (str(eight_years.index[0]), str(eight_years.index[-1])) == ("2009-01-01 00:10:00", "2017-01-01 00:00:00")


def test_a_seed_gives_the_same_weather_twice_and_another_seed_another(jena: StationSchema) -> None:
    once, again, other = (simulate(jena, 0.1, seed) for seed in (5, 5, 6))

    pd.testing.assert_frame_equal(once, again)
    assert not np.allclose(once["T (degC)"], other["T (degC)"])


@pytest.mark.parametrize("quantity", FORMULAS)
def test_all_columns_are_consistent_by_the_formulas(
    quantity: str, eight_years: pd.DataFrame, jena: StationSchema
) -> None:
    p, t, rh = (eight_years[jena.named(q)].to_numpy() for q in ("p", "T", "rh"))

    errors = np.abs(eight_years[jena.named(quantity)].to_numpy() - derive(quantity, p, t, rh))

    assert errors.max() <= 0.005 + 1e-9


def test_every_value_is_possible_at_the_station_and_no_sensor_is_stuck(
    eight_years: pd.DataFrame, jena: StationSchema
) -> None:
    assert not eight_years.isna().any(axis=None)
    for column in jena.columns:
        values = eight_years[column.name]
        assert values.between(column.minimum, column.maximum).all(), column.name
        runs = (values.diff() != 0).cumsum()[~values.isin(column.flat_values)].value_counts()
        assert runs.max() < column.flat_hours * 6, column.name
    assert (eight_years["Tdew (degC)"] <= eight_years["T (degC)"]).all()
    assert (eight_years["max. wv (m/s)"] >= eight_years["wv (m/s)"]).all()


@pytest.mark.parametrize("seed", [2009, 1, 2])
def test_persistence_a_day_ahead_errs_as_on_the_real_station(seed: int, jena: StationSchema) -> None:
    temperature = simulate(jena, 8, seed)["T (degC)"].to_numpy()

    rows = len(temperature)
    for begin, end in ((rows // 2, rows // 2 + rows // 4), (rows // 2 + rows // 4, rows)):
        part = temperature[begin:end]
        assert 2.2 <= np.abs(part[DAY_ROWS:] - part[:-DAY_ROWS]).mean() <= 3.0


def test_there_is_a_little_to_learn_as_on_the_real_station(eight_years: pd.DataFrame) -> None:
    """A ridge regression on lagged columns beats persistence on the test part, by 3 to 10 % as on the real one."""
    hourly = eight_years.iloc[::6]
    angle = np.deg2rad(hourly["wd (deg)"].to_numpy())
    columns = np.column_stack([hourly.to_numpy(), np.sin(angle), np.cos(angle)])
    temperature = hourly["T (degC)"].to_numpy()
    half, lags = len(hourly) // 2, (0, 1, 2, 3, 6, 9, 12, 18, 24, 36, 48, 72, 96, 119)
    normal = (columns - columns[:half].mean(0)) / columns[:half].std(0)

    def design(begin: int, end: int) -> tuple[np.ndarray, np.ndarray]:
        rows = np.arange(begin + 119, end - 24)
        lagged = [normal[rows - lag] for lag in lags]
        return np.column_stack([*lagged, np.ones(len(rows))]), temperature[rows + 24] - temperature[rows]

    features, change = design(0, half)
    weights = np.linalg.solve(features.T @ features + 100 * np.eye(features.shape[1]), features.T @ change)
    features, change = design(half + half // 2, len(hourly))
    skill = 1 - np.abs(features @ weights - change).mean() / np.abs(change).mean()

    assert 0.03 <= skill <= 0.10


def test_summers_are_warm_and_days_wider_in_summer_than_in_winter(eight_years: pd.DataFrame) -> None:
    temperature = eight_years["T (degC)"]
    daily_range = temperature.resample("1D").max() - temperature.resample("1D").min()

    by_month = temperature.groupby(temperature.index.month).mean()
    assert by_month[[12, 1, 2]].mean() < 4
    assert by_month[[6, 7, 8]].mean() > 15
    assert daily_range[daily_range.index.month.isin([6, 7, 8])].mean() > 1.3 * (
        daily_range[daily_range.index.month.isin([12, 1, 2])].mean()
    )


def test_the_gaps_are_found_again(eight_years: pd.DataFrame, jena: StationSchema) -> None:
    _, report = clean(RawReadings(eight_years, (), "simulated"), jena)

    assert [gap.minutes for gap in report.gaps] == [30, 1010, 1160]
    assert (report.cadence_minutes, report.repeated_timestamps, report.missing) == (10, 0, {})
