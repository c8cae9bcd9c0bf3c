"""What the champion would have said of earlier years is what it says."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
from small_study import SETTINGS, STATION

from tasks.monitoring.champion_history import forecasts_at


def test_bounds_lie_about_what_the_model_says_also_where_that_cannot_be():
    issued = pd.date_range("2017-01-01", periods=3, freq="3h")
    said = pd.DataFrame({"forecast": 0.0, "lower_90": [0.0, 0.0, 1.0], "upper_90": [0.5, 1.0, 2.0]}, index=range(3))
    champion = SimpleNamespace(forecaster=SimpleNamespace(forecasts_at=lambda readings, times: said))
    readings = pd.DataFrame({STATION.target: np.zeros(3)}, index=issued)

    table = forecasts_at(champion, readings, issued, STATION, SETTINGS)

    assert list(table["lower"]) == list(said["lower_90"])
    assert list(table["upper"]) == list(said["upper_90"])
