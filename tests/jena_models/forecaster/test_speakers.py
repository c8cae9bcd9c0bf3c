"""Who speaks where parts of a history are missing."""

from dataclasses import replace

import numpy as np
import pytest
from small_study import COLUMNS

from jena_models.features.starting_point import latest


class Flat:
    """Stands for what speaks where parts are missing: the target's last value, and a degree."""

    packages = ()

    def forecast(self, histories):
        return (latest(histories, "T (degC)") + 1).astype(np.float32)


@pytest.fixture
def with_partial(forecaster):
    intervals = forecaster.intervals
    wide = intervals.model_copy(update={"below": tuple((3 * np.asarray(intervals.below)).tolist())})
    return replace(forecaster, partial=Flat(), partial_intervals=wide)


@pytest.mark.parametrize(
    ("spoiled", "missing"),
    [
        (lambda t: t.assign(**{"wv (m/s)": np.nan}), "wv (m/s)"),
        (lambda t: t.assign(**{"p (mbar)": np.nan, "rh (%)": np.nan}), "p (mbar), rh (%)"),
        (lambda t: t.iloc[-1:], ", ".join(COLUMNS)),
        (lambda t: t.drop(t.index[-11:-1]), ", ".join(COLUMNS)),
    ],
    ids=["dead sensor", "two", "first reading after an outage", "second"],
)
def test_what_is_beside_the_model_speaks_where_parts_are_missing_and_says_which(
    with_partial, readings, spoiled, missing
):
    row = with_partial.forecast(spoiled(readings)).iloc[0]

    assert row["forecast"] == pytest.approx(readings["T (degC)"].iloc[-1] + 1, abs=1e-4)
    assert row["missing"] == missing
    whole = with_partial.forecast(readings).iloc[0]
    assert whole["missing"] == ""
    assert row["forecast"] - row["lower_90"] == pytest.approx(3 * (whole["forecast"] - whole["lower_90"]), abs=1e-4)


def test_beside_whole_histories_those_that_lack_parts_change_nothing(with_partial, forecaster, readings):
    spoiled = readings.copy()
    spoiled.iloc[40:60, COLUMNS.index("rh (%)")] = np.nan

    table = with_partial.forecasts_at(spoiled, readings.index)

    alone = forecaster.forecast_at(spoiled, readings.index)
    whole = np.isfinite(alone)
    np.testing.assert_allclose(table["forecast"].to_numpy()[whole], alone[whole], atol=1e-5)
    assert (table["missing"] == "").to_numpy()[whole].all()
    assert table["missing"].iloc[50] == "rh (%)"
    assert table["forecast"].notna().all()
