"""A whole day under watch."""

from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from jena_models.monitoring.day import examine, past_of
from jena_models.monitoring.live import Live
from jena_models.options.production_options import Monitoring
from jena_models.stations import load_station
from jena_models.stations.simulated import simulate

STATION = load_station("jena")
COLUMNS = ["p (mbar)", "T (degC)", "rh (%)"]
END = datetime(2011, 11, 1)


def forecasts_of(readings: pd.DataFrame, bias: float = 0.0) -> pd.DataFrame:
    issued, now = readings.index, readings["T (degC)"].to_numpy()
    forecast = 0.8 * now + 2 + bias
    bounds = {"lower": forecast - 5, "upper": forecast + 5}
    valid = issued + pd.Timedelta("24h")
    return pd.DataFrame({"issue_time": issued, "valid_time": valid, "forecast": forecast, "persistence": now, **bounds})


@pytest.fixture(scope="module")
def years():
    readings = simulate(STATION, years=3, seed=5)[COLUMNS]
    return readings[readings.index.minute == 10]


@pytest.fixture(scope="module")
def past(years):
    from jena_models.monitoring.live_scores import verified

    earlier = years.loc[:"2011-08-31"]
    return past_of(earlier[["T (degC)"]], verified(forecasts_of(earlier), earlier["T (degC)"]))


def judged(years, past, forecasts) -> list:
    live = Live(years, COLUMNS, 60, forecasts, END)
    return examine(live, past, STATION, Monitoring(), 168)


@pytest.mark.slow
def test_every_figure_of_a_good_day_has_a_limit_and_keeps_to_it(years, past):
    checks = judged(years, past, forecasts_of(years))

    assert all(check.limit is not None and not check.past_limit for check in checks), [
        check.sentence() for check in checks if check.past_limit or check.limit is None
    ]
    assert {check.name for check in checks if check.group == "scores"} == {
        f"scores/forecasts/{figure}_{days}d" for figure in ("MAE", "skill", "coverage") for days in (7, 30)
    }
    assert {check.group for check in checks} == {"source", "sensors", "inputs", "residuals", "scores"}


def test_nothing_later_than_the_day_is_looked_at(years, past):
    forecasts = forecasts_of(years)
    tampered, later = years.copy(), years.index > END
    tampered.loc[later] = np.random.default_rng(1).normal(0, 99, (later.sum(), len(COLUMNS)))
    redone = forecasts.assign(forecast=forecasts["forecast"].where(forecasts["issue_time"] <= END, 77.0))

    found = judged(years, past, forecasts)
    assert judged(tampered, past, redone) == found
    assert judged(years.loc[:END], past, forecasts[forecasts["issue_time"] <= END]) == found


def test_a_model_that_went_astray_is_noticed_by_its_errors_and_its_residuals(years, past):
    checks = judged(years, past, forecasts_of(years, bias=9.0))

    beyond = {check.name for check in checks if check.past_limit}
    assert {
        "scores/forecasts/MAE_7d",
        "scores/forecasts/MAE_30d",
        "scores/forecasts/coverage_30d",
        "residuals/residual/distance_30d",
    } <= beyond
    assert not {name for name in beyond if name.startswith(("inputs", "source", "sensors"))}


def test_without_forecasts_the_readings_are_judged_none_the_less(years, past):
    checks = judged(years, past, forecasts_of(years).iloc[:0])

    assert {check.group for check in checks} == {"source", "sensors", "inputs"}


@pytest.mark.parametrize("hours", [12, 24])
def test_readings_of_a_day_each_are_watched_as_those_of_hours_are(years, hours):
    from jena_models.monitoring.live_scores import verified

    sparse = years.iloc[::hours]
    earlier = sparse.loc[:"2011-08-31"]
    past = past_of(earlier[["T (degC)"]], verified(forecasts_of(earlier), earlier["T (degC)"]))
    live = Live(sparse, COLUMNS, 60 * hours, forecasts_of(sparse), END)

    checks = {check.name: check for check in examine(live, past, STATION, Monitoring(), 168)}

    came = verified(live.forecasts, sparse["T (degC)"]).loc[: pd.Timestamp(END)].iloc[-30 * 24 // hours :]
    mae = checks["scores/forecasts/MAE_30d"]
    assert mae.value == pytest.approx((came["forecast"] - came["measured"]).abs().mean(), rel=0.05)
    assert mae.limit is not None
    assert {"scores/forecasts/MAE_7d", "residuals/residual/distance_30d", "inputs/T_degC/distance_30d"} <= {*checks}


def test_without_earlier_years_scores_have_no_limit(years):
    nothing = past_of(years[["T (degC)"]].iloc[:0], forecasts_of(years).set_index("valid_time").iloc[:0])

    checks = judged(years, nothing, forecasts_of(years))

    assert {check.limit for check in checks if check.group == "scores"} == {None}
    assert all(check.value is not None for check in checks if check.group == "scores")


def test_the_curve_is_scored_by_groups_of_leads_and_changes_nothing_of_the_headline(years, past):
    headline = forecasts_of(years).assign(horizon_hours=24.0)
    curves = pd.concat(
        [
            headline.assign(valid_time=headline["issue_time"] + pd.Timedelta(hours=hours), horizon_hours=float(hours))
            for hours in (2, 6, 12, 24)
        ]
    )
    live = Live(years, COLUMNS, 60, headline, END, curves)

    checks = examine(live, past, STATION, Monitoring(), 168)

    before = judged(years, past, headline)
    assert checks[: len(before)] == before
    by_lead = {check.name: check for check in checks[len(before) :]}
    figures = [f"{figure}_30d" for figure in ("MAE", "skill", "coverage")]
    groups = [f"scores/forecasts_{group}" for group in ("1_to_6_h", "7_to_24_h")]
    assert list(by_lead) == [f"{group}/{figure}" for group in groups for figure in figures]
    now = years["T (degC)"]
    due = curves[(curves["horizon_hours"] <= 6) & (curves["issue_time"] <= END)]
    due = due[due["valid_time"].between(END - pd.Timedelta(days=30), END, inclusive="right")]
    expected = now.reindex(due["valid_time"]).to_numpy() - due["forecast"].to_numpy()
    assert by_lead["scores/forecasts_1_to_6_h/MAE_30d"].value == pytest.approx(np.nanmean(np.abs(expected)))
    assert all(check.limit is None and not check.past_limit for check in by_lead.values())
