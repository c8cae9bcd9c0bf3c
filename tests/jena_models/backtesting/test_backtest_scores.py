"""Scores of a backtest, against pandas and scikit-learn on the same rows."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import mean_absolute_error, root_mean_squared_error

from jena_models.backtesting.backtest_result import BacktestResult
from jena_models.backtesting.backtest_scores import chosen, score_forecasts


def forecasts(days: int = 400) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    issued = pd.date_range("2012-01-01 00:10", periods=days * 24, freq="h", unit="s")
    parts = []
    for lead in (6.0, 24.0):
        measured = rng.normal(8, 5, len(issued))
        for name, spread, bias in (("persistence", 3.0, 0.0), ("ridge", 2.0, 0.5)):
            parts.append(
                pd.DataFrame(
                    {
                        "architecture": name,
                        "lead_hours": lead,
                        "origin": np.where(
                            issued < "2012-07-01", np.datetime64("2012-01-01"), np.datetime64("2012-07-01")
                        ),
                        "issue_time": issued,
                        "valid_time": issued + pd.Timedelta(hours=lead),
                        "measured": measured,
                        "forecast": measured + bias + rng.normal(0, spread, len(issued)),
                    }
                )
            )
    return pd.concat(parts, ignore_index=True)


MASKS = {
    "all": lambda table: np.full(len(table), "all"),
    "origin": lambda table: table["origin"].dt.date.astype(str),
    "season": lambda table: table["valid_time"].dt.month.map(
        dict(zip([12, *range(1, 12)], np.repeat(["winter", "spring", "summer", "autumn"], 3), strict=True))
    ),
    "hour": lambda table: table["valid_time"].dt.hour.map("{:02d}".format),
}


@pytest.mark.slow
@pytest.mark.parametrize("by", MASKS)
def test_every_figure_is_that_of_an_independent_library(by):
    table = forecasts()
    groups = MASKS[by](table)

    scores = chosen(score_forecasts(table, latitude=50.9), by)

    assert len(scores) == len(set(groups)) * 2 * 2
    for score in scores:
        same = (groups == score.group) & (table["lead_hours"] == score.lead_hours)
        own = table[same & (table["architecture"] == score.architecture)]
        reference = table[same & (table["architecture"] == "persistence")]
        assert score.windows == len(own)
        assert score.mae == pytest.approx(mean_absolute_error(own["measured"], own["forecast"]))
        assert score.rmse == pytest.approx(root_mean_squared_error(own["measured"], own["forecast"]))
        assert score.bias == pytest.approx((own["forecast"] - own["measured"]).mean())
        assert score.skill == pytest.approx(
            1 - score.mae / mean_absolute_error(reference["measured"], reference["forecast"])
        )


def test_groups_of_windows_add_up_to_all_of_them():
    scores = score_forecasts(forecasts(), latitude=50.9)

    for lead in (6.0, 24.0):
        (overall,) = chosen(scores, "all", lead, "ridge")
        for by in ("origin", "season", "hour"):
            parts = chosen(scores, by, lead, "ridge")
            assert sum(part.windows for part in parts) == overall.windows
            assert sum(part.windows * part.mae for part in parts) / overall.windows == pytest.approx(overall.mae)


def test_seasons_are_the_other_way_round_in_the_south():
    north, south = (chosen(score_forecasts(forecasts(), latitude), "season", 6.0) for latitude in (50.9, -33.0))

    assert {s.group: s.mae for s in north if s.architecture == "ridge"}["winter"] == (
        {s.group: s.mae for s in south if s.architecture == "ridge"}["summer"]
    )


def test_the_best_is_told_in_a_sentence():
    from datetime import datetime

    from jena_models.backtesting.folds import Fold

    when = datetime(2012, 1, 1)
    fold = Fold(number=1, validation=when, embargo=when, origin=when, until=when)
    result = BacktestResult(
        backtest="b",
        run_id="r",
        horizon_hours=24,
        unit="°C",
        folds=(fold,),
        scores=score_forecasts(forecasts(), 50.9),
    )

    assert result.sentence.startswith("ridge is ")
    assert "24 hours ahead" in result.sentence
    assert "bias +0.5" in result.sentence
    assert result.sentence.endswith("over 1 origin at 2012-01-01.")
