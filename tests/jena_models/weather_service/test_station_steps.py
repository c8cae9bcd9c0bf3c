"""What runs say at a station whose readings are brought to longer steps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jena_models.stations import StationSchema, load_station
from jena_models.weather_service.service_runs import Runs
from jena_models.weather_service.station_steps import over_station_steps

HOUR = 3600


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

    found = over_station_steps(runs_of(said, leads, "max. wv (m/s)" if gusts else "T (degC)"), station(step / 60))

    for place, lead in enumerate(leads):
        within = said[:, (leads > lead - step) & (leads <= lead)]
        wanted = within.max(axis=1) if gusts else within.mean(axis=1)
        np.testing.assert_allclose(found.values[:, place, 0], wanted if lead >= step else np.nan)


def test_a_run_that_lacks_hours_that_are_far_apart_says_nothing_of_their_steps() -> None:
    leads = np.arange(1, 73) * HOUR
    said = np.ones((2, 72))
    said[0, 29:40] = np.nan

    found = over_station_steps(runs_of(said, leads), station(1440)).values[:, :, 0]

    assert found[0, [23, 71]].tolist() == [1, 1]
    assert np.isnan(found[0, [47, 30]]).all()
    assert np.isfinite(found[1, 23:]).all()


@pytest.mark.parametrize("leads", [np.array([12, 36, 60]), np.array([24])])
def test_values_that_are_of_a_step_already_stay(leads: np.ndarray) -> None:
    runs = runs_of(np.arange(2.0 * len(leads)).reshape(2, -1), leads * HOUR, step_means=True)

    found = over_station_steps(runs, station(1440))

    np.testing.assert_array_equal(found.values, runs.values)
    assert found.step_means == (True,)


@pytest.mark.parametrize("minutes", [None, 60.0])
def test_a_station_of_the_services_own_steps_is_told_what_it_says(minutes: float | None) -> None:
    runs = runs_of(np.random.default_rng(0).normal(size=(3, 48)), np.arange(1, 49) * HOUR)

    np.testing.assert_array_equal(over_station_steps(runs, station(minutes)).values, runs.values)
