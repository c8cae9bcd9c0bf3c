"""The simulated weather service: errors that grow, runs that are late, cut short or lost, and the same ones again."""

import numpy as np
import pandas as pd
import pytest

from jena_models.errors import SourceUnreadableError
from jena_models.stations import load_station
from jena_models.stations.simulated import simulate
from jena_models.weather_service.run_descriptions import describe_runs
from jena_models.weather_service.simulated_runs import simulate_runs, simulated_source

STATION = load_station("jena")
READINGS = simulate(STATION, years=0.4, seed=3)
SOURCE = simulated_source(STATION)
RUNS = simulate_runs(READINGS, SOURCE)


def test_errors_grow_with_the_lead_and_runs_are_late_cut_short_or_lost():
    seconds = READINGS.index.to_numpy().astype("datetime64[s]").astype(np.int64)
    found = describe_runs(RUNS, seconds, {name: READINGS[name].to_numpy() for name in READINGS})

    errors = found.errors[0].by_lead
    assert errors[-1].mae > 1.5 * errors[0].mae
    assert found.runs_share < 1
    assert found.completeness["60"] < 1
    assert found.delay_hours[1] > 5


def test_a_run_stays_the_same_whatever_comes_later():
    half = simulate_runs(READINGS.iloc[: len(READINGS) // 2], SOURCE)
    both = np.isin(RUNS.issue_seconds, half.issue_seconds)

    assert (half.issue_seconds == RUNS.issue_seconds[both]).all()
    assert (half.available_seconds == RUNS.available_seconds[both]).all()


def test_what_it_forecasts_must_be_measured():
    with pytest.raises(SourceUnreadableError, match="no readings to make"):
        simulate_runs(pd.DataFrame({"p (mbar)": [990.0]}, index=READINGS.index[:1]), SOURCE)
