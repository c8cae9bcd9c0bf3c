"""What runs say at a station whose readings are brought to longer steps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jena_models.stations import StationSchema, load_station
from jena_models.stations.forecast_sources import ForecastColumn, ForecastSource
from jena_models.weather_service.service_runs import Runs
from jena_models.weather_service.station_steps import over_station_steps

HOUR = 3600
SOURCE = ForecastSource(
    name="s",
    source="runs.csv",
    issue_time="issued",
    lead="lead",
    available_after_hours=6,
    columns=(ForecastColumn(name="said", source="t", of="T (degC)"),),
)


def station(minutes: float | None) -> StationSchema:
    return load_station("jena").model_copy(update={"resample_minutes": minutes})


def runs_of(values: np.ndarray, leads: np.ndarray, of: str = "T (degC)", *, step_means: bool = False) -> Runs:
    made = np.arange(len(values)) * 24 * HOUR
    return Runs(
        name="s",
        columns=("said",),
        of=(of,),
        issue_seconds=made,
        available_seconds=made,
        lead_seconds=leads,
        values=values[:, :, None],
        spread=np.full((*values.shape, 1), np.nan),
        step_means=(step_means,),
    )


@given(st.integers(1, 4), st.integers(2, 24), st.integers(0, 1), st.booleans(), st.randoms())
def test_a_step_is_the_mean_of_the_hours_within_it(every: int, steps: int, first: int, gusts: bool, random) -> None:
    leads = np.arange(first, 60) * every * HOUR
    said = np.array([[random.uniform(-20, 30) for _ in leads] for _ in range(2)])
    step = steps * every * HOUR

    found = over_station_steps(
        runs_of(said, leads, "max. wv (m/s)" if gusts else "T (degC)"), station(step / 60), SOURCE
    )

    assert found.lead_seconds.tolist() == [lead for lead in leads if lead >= step]
    for place, lead in enumerate(found.lead_seconds):
        within = said[:, (leads > lead - step) & (leads <= lead)]
        wanted = within.max(axis=1) if gusts else within.mean(axis=1)
        np.testing.assert_allclose(found.values[:, place, 0], wanted, atol=1e-9)


def test_a_run_that_lacks_hours_that_are_far_apart_says_nothing_of_their_steps() -> None:
    leads = np.arange(1, 73) * HOUR
    said = np.ones((2, 72))
    said[0, 29:40] = np.nan

    found = over_station_steps(runs_of(said, leads), station(1440), SOURCE).values[:, :, 0]

    assert found[0, [0, 48]].tolist() == [1, 1]
    assert np.isnan(found[0, [24, 7]]).all()
    assert np.isfinite(found[1]).all()


@pytest.mark.parametrize("leads", [np.array([12, 36, 60]), np.array([24])])
def test_values_that_are_of_a_step_already_stay(leads: np.ndarray) -> None:
    runs = runs_of(np.arange(2.0 * len(leads)).reshape(2, -1), leads * HOUR, step_means=True)

    found = over_station_steps(runs, station(1440), SOURCE)

    np.testing.assert_array_equal(found.values, runs.values)
    assert found.step_means == (True,)


@pytest.mark.parametrize("minutes", [None, 60.0])
def test_a_station_of_the_services_own_steps_is_told_what_it_says(minutes: float | None) -> None:
    runs = runs_of(np.random.default_rng(0).normal(size=(3, 48)), np.arange(1, 49) * HOUR)

    np.testing.assert_array_equal(over_station_steps(runs, station(minutes), SOURCE).values, runs.values)


def test_a_run_that_begins_within_a_step_says_nothing_of_it() -> None:
    leads = np.arange(13, 61) * HOUR
    said = np.arange(13.0, 61)[None, :]

    found = over_station_steps(runs_of(said, leads), station(1440), SOURCE)

    assert found.lead_seconds.tolist() == [hour * HOUR for hour in range(36, 61)]
    np.testing.assert_allclose(found.values[0, :, 0], np.arange(36, 61) - 11.5)


def test_hours_that_no_run_has_leave_their_steps_unsaid() -> None:
    leads = np.concatenate([np.arange(1, 13), np.arange(36, 85)]) * HOUR

    found = over_station_steps(runs_of(np.ones((2, len(leads))), leads), station(1440), SOURCE)

    assert found.lead_seconds.tolist() == [hour * HOUR for hour in range(60, 85)]
    assert (found.values == 1).all()


def test_values_that_are_farther_apart_later_in_a_run_count_for_as_long() -> None:
    leads = np.concatenate([np.arange(1, 37), np.arange(42, 73, 6)]) * HOUR
    said = np.where(leads <= 36 * HOUR, 0.0, 8.0)[None, :]

    found = over_station_steps(runs_of(said, leads), station(1440), SOURCE)

    assert found.values[0, found.lead_seconds == 48 * HOUR, 0].tolist() == [4.0]


def test_days_that_are_forecast_several_times_a_day_stay() -> None:
    made = np.arange(40) * 6 * HOUR
    leads = np.arange(1, 13) * 6 * HOUR
    ends_a_day = (made[:, None] + leads) % (24 * HOUR) == 0
    said = np.where(ends_a_day, np.arange(40.0)[:, None], np.nan)
    runs = replace(runs_of(said, leads), issue_seconds=made, available_seconds=made)

    np.testing.assert_array_equal(over_station_steps(runs, station(1440), SOURCE).values, runs.values)


@pytest.mark.parametrize("of", ["T (degC)", "max. wv (m/s)"])
def test_a_day_of_hours_each_forecast_a_day_before_is_of_all_of_them(of: str) -> None:
    made = np.arange(72) * HOUR
    said = np.random.default_rng(0).normal(size=(72, 2))
    runs = replace(runs_of(said, np.array([24, 48]) * HOUR, of), issue_seconds=made, available_seconds=made + 6 * HOUR)
    runs.available_seconds[30] += 5 * HOUR

    found = over_station_steps(runs, station(1440), SOURCE)

    within = np.lib.stride_tricks.sliding_window_view(said, 24, axis=0)
    wanted = within.max(axis=2) if "max" in of else within.mean(axis=2)
    np.testing.assert_allclose(found.values[23:, :, 0], wanted)
    assert np.isnan(found.values[:23]).all()
    assert found.available_seconds[[29, 32, 40]].tolist() == [35 * HOUR, 41 * HOUR, 46 * HOUR]


def test_days_amounts_that_are_told_each_hour_stay() -> None:
    made = np.arange(72) * HOUR
    runs = replace(runs_of(np.arange(72.0)[:, None], np.array([24]) * HOUR), issue_seconds=made, available_seconds=made)
    rain = SOURCE.model_copy(update={"columns": (SOURCE.columns[0].model_copy(update={"amount_hours": 24.0}),)})

    np.testing.assert_array_equal(over_station_steps(runs, station(1440), rain).values, runs.values)


def test_runs_that_are_shorter_than_a_step_are_told_of(caplog: pytest.LogCaptureFixture) -> None:
    found = over_station_steps(runs_of(np.ones((2, 12)), np.arange(1, 13) * HOUR), station(1440), SOURCE)

    assert np.isnan(found.values).all()
    assert "No run of the weather service 's' speaks of all of a step of 1440 minutes" in caplog.text


@pytest.mark.parametrize(("every", "cadence", "is_told"), [(1, 1440, True), (24, 1440, False), (1, 60, False)])
def test_hours_beside_a_file_of_days_are_told_of(caplog: pytest.LogCaptureFixture, every, cadence, is_told) -> None:
    leads = np.arange(every, 73, every) * HOUR
    of_days = load_station("jena").model_copy(update={"cadence_minutes": float(cadence)})

    found = over_station_steps(runs_of(np.ones((2, len(leads))), leads), of_days, SOURCE)

    assert (found.values == 1).all()
    assert ("told every 60 min, and T (degC) every 1440" in caplog.text) == is_told
