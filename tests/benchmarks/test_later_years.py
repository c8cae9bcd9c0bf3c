"""Later years: scored on the hours that can be scored, beside persistence on the same ones."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from benchmarks.skill.later_years import score_file
from jena_models.stations import load_station

STATION = load_station("jena")


class YesterdayForecaster:
    """Forecasts a degree above what it is now, and nothing for the first day."""

    preparation = SimpleNamespace(horizon_minutes=1440.0)

    def forecast_at(self, readings, issue_times):
        forecasts = readings["T (degC)"].reindex(issue_times).to_numpy() + 1
        forecasts[:24] = np.nan
        return forecasts

    def interval_at(self, forecasts, issue_times, level):
        return forecasts - 2, forecasts + 2


def test_a_file_is_scored_hourly_where_history_and_target_are_there(tmp_path):
    # Given five days of ten-minute readings that warm by two degrees a day
    times = pd.date_range("2017-07-01 00:00", periods=5 * 144, freq="10min")
    table = pd.DataFrame(
        {
            "Date Time": times.strftime("%d.%m.%Y %H:%M:%S"),
            "p (mbar)": 990 + np.sin(np.arange(720)),
            "T (degC)": 10 + np.arange(720) / 72,
            "rh (%)": 60 + np.cos(np.arange(720)),
        }
    )
    table.to_csv(tmp_path / "later.csv", index=False)

    # When
    found = score_file(tmp_path / "later.csv", YesterdayForecaster(), STATION)

    # Then four days have a target, of which three have a forecast
    assert found.forecasts == 3 * 24
    assert found.persistence_mae == pytest.approx(2, abs=1e-6)
    assert found.mae == pytest.approx(1, abs=1e-6)
    assert found.skill == pytest.approx(0.5)
    assert found.coverage == 1
