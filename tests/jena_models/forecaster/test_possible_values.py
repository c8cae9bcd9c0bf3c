"""No forecast, and no bound of one, is what cannot be."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from small_study import STATION


class Far:
    """A model whose forecasts are beyond all that can be."""

    def forecast(self, histories):
        return np.full(len(histories), 999.0, np.float32)


def test_neither_a_forecast_nor_its_bounds_are_beyond_what_is_possible(forecaster, readings):
    free, target = forecaster.forecast(readings).iloc[0], STATION.column(forecaster.preparation.target)
    values = [*readings[target.name], free["forecast"]]
    least, most = min(values) - 1, max(values) + 1
    column = target.model_copy(update={"minimum": least, "maximum": most})
    columns = tuple(column if each.name == target.name else each for each in STATION.columns)
    intervals = forecaster.intervals
    wide = {"below": np.array(intervals.below) - 99, "above": np.array(intervals.above) + 99}
    narrow = replace(
        forecaster,
        station=STATION.model_copy(update={"columns": columns}),
        intervals=intervals.model_copy(update={name: offsets.tolist() for name, offsets in wide.items()}),
    )
    issued = pd.DatetimeIndex([free["issue_time"]])

    told = [narrow.forecast(readings), narrow.forecast_all(readings)[-1:], narrow.curve(readings)]
    told += [narrow.forecasts_at(readings, issued), narrow.curves_at(readings, issued)]
    beyond = replace(narrow, model=Far())

    for rows in told:
        row = rows.iloc[0]
        assert row["forecast"] == pytest.approx(free["forecast"], abs=1e-4)
        assert [row["lower_90"], row["lower_80"], row["upper_80"], row["upper_90"]] == [least, least, most, most]
    bounds = narrow.interval_at(np.array([free["forecast"]]), issued, 0.8)
    quantiles, _ = narrow.quantiles_at(np.array([999.0]), issued)
    assert [bound.item() for bound in bounds] == [least, most]
    assert set(quantiles.ravel()) == {most} == {beyond.forecast(readings)["forecast"].iloc[0]}
    assert beyond.model_forecast_at(readings, issued) == 999.0
