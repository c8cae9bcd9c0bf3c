"""A curve follows the headline by as much as that tells of each lead, and its intervals hold what they say."""

import numpy as np
import pandas as pd
import pytest

from jena_models.curves.curve_fit import CurveFit, fit_lead_intervals, fit_weights
from jena_models.curves.curve_rows import rows_of_leads
from jena_models.curves.past_curves import PastCurves, Truth, some_of
from jena_models.errors import RequestError
from jena_models.stations.clock import clock_named

LEADS = tuple(60.0 * hour for hour in range(1, 49))
HEADLINE = 23
WINDOWS = 3000


@pytest.fixture(scope="module")
def past():
    """Errors of a curve that grow with the lead, of which a headline knows those near its own."""
    rng = np.random.default_rng(1)
    hours = np.arange(1, 49)
    walk = rng.normal(0, 1, (WINDOWS, 48)).cumsum(axis=1) / np.sqrt(24)
    curves = 10 + rng.normal(0, 3, (WINDOWS, 1)) + np.zeros(48)
    headlines = curves[:, HEADLINE] + 0.7 * walk[:, HEADLINE]
    times = np.datetime64("2012-01-01T00:00:00") + np.arange(WINDOWS) * np.timedelta64(5, "h")
    valid = times[:, None] + hours.astype("timedelta64[h]")
    return curves, headlines, Truth(curves + walk, curves[:, 0], valid)


@pytest.fixture(scope="module")
def fitted(past):
    curves, headlines, truth = past
    weights = fit_weights(curves[::2], headlines[::2], truth.measured[::2], LEADS, HEADLINE)
    whole = CurveFit.model_construct(leads_minutes=LEADS, headline_minutes=1440.0, weights=weights)
    half = truth.where(slice(None, None, 2))
    intervals = fit_lead_intervals(whole.through(curves[::2], headlines[::2]), half, half, LEADS, 51)
    return whole.model_copy(update={"intervals": intervals, "intervals_with_parts_missing": intervals})


def test_the_curve_passes_through_the_headline_and_follows_it_the_less_the_farther_away(fitted, past):
    curves, headlines, truth = past

    through = fitted.through(curves, headlines)

    np.testing.assert_array_equal(through[:, HEADLINE], headlines)
    assert fitted.weights[HEADLINE] == 1
    assert 0 <= fitted.weights[0] < 0.3 < fitted.weights[12] < 1
    assert np.abs(np.diff(fitted.weights)).max() < 0.2
    before, after = (np.abs(truth.measured - made).mean(axis=0) for made in (curves, through))
    assert (after[11:] < before[11:]).all()
    assert after[0] < 1.02 * before[0]


def test_a_headline_that_says_what_the_curve_does_changes_nothing(past):
    curves, _, truth = past

    weights = fit_weights(curves, curves[:, HEADLINE], truth.measured, LEADS, HEADLINE)

    assert all(0 <= weight <= 1.2 for weight in weights)
    fit = CurveFit.model_construct(leads_minutes=LEADS, headline_minutes=1440.0, weights=weights)
    np.testing.assert_array_equal(fit.through(curves, curves[:, HEADLINE]), curves)


def test_intervals_hold_their_share_at_each_lead_and_are_the_headlines_own_there(fitted, past):
    curves, headlines, truth = (part[1::2] if isinstance(part, np.ndarray) else part for part in past)
    truth = truth.where(slice(1, None, 2))
    through = fitted.through(curves, headlines)
    own = headlines - 2.0, headlines + 3.0
    whole = np.zeros(len(through), bool)

    for level in (0.8, 0.9):
        lower, upper = fitted.bounds(through, truth.valid_times, level, *own, whole)
        held = ((lower <= truth.measured) & (truth.measured <= upper)).mean(axis=0)
        assert np.abs(np.r_[held[:11], held[36:]] - level).max() < 0.05
        np.testing.assert_array_equal(lower[:, HEADLINE], own[0])
        np.testing.assert_array_equal(upper[:, HEADLINE], own[1])
        assert (lower <= through).all()
        assert (through <= upper).all()
    with pytest.raises(RequestError, match=r"no intervals of level 0\.5"):
        fitted.bounds(through, truth.valid_times, 0.5, *own, whole)


def test_curves_with_parts_missing_have_intervals_of_their_own(fitted, past):
    curves, headlines, truth = past
    wider = fitted.intervals.model_copy(update={"errors": tuple(3 * error for error in fitted.intervals.errors)})
    fit = fitted.model_copy(update={"intervals_with_parts_missing": wider})
    missing = np.arange(len(curves)) % 2 == 0
    own = headlines - 2.0, headlines + 2.0

    lower, upper = fit.bounds(fit.through(curves, headlines), truth.valid_times, 0.9, *own, missing)

    widths = (upper - lower)[:, 0]
    assert widths[missing].mean() == pytest.approx(3 * widths[~missing].mean(), rel=0.05)


def test_a_lead_without_a_target_has_the_error_of_those_beside_it(past):
    curves, _, truth = past
    measured = truth.measured.copy()
    measured[:, 40:] = np.nan
    lacking = Truth(measured, truth.last, truth.valid_times)

    intervals = fit_lead_intervals(curves, lacking, lacking, LEADS, 51)

    assert intervals.errors[40:] == (intervals.errors[39],) * 8


def test_past_curves_are_read_back_as_they_were(tmp_path):
    past = PastCurves((60.0, 120.0), {"test": np.arange(3)}, {"test": np.ones((3, 2), np.float32)}, {})

    past.keep(tmp_path)
    back = PastCurves.load(tmp_path)

    assert back.leads_minutes == past.leads_minutes
    np.testing.assert_array_equal(back.curves["test"], past.curves["test"])
    np.testing.assert_array_equal(back.positions["test"], past.positions["test"])


@pytest.mark.parametrize("windows", [0, 7, 2500, 17_210, 210_000])
def test_some_windows_are_of_every_hour_of_the_day(windows):
    some = some_of(windows)

    assert len(some) <= 2500
    assert (some < windows).all()
    if windows > 144:
        assert len(np.unique(some % 24)) == 24


def test_the_interval_of_a_level_lies_within_that_of_a_higher_one_at_each_lead(fitted, past):
    """A headline may widen the narrower interval by more than the wider one, beside leads at which both are alike."""
    curves, headlines, truth = past
    far = fitted.intervals.of_groups[2]
    alike = {side: (getattr(far, side)[0],) * 2 for side in ("below", "above")}
    intervals = fitted.intervals.model_copy(
        update={"of_groups": (*fitted.intervals.of_groups[:2], far.model_copy(update=alike))}
    )
    fitted = fitted.model_copy(update={"intervals": intervals})
    wide, reach = fitted.through(curves, headlines)[:200], 2 * intervals.offsets(truth.valid_times[:200], 0.8)[1][:, 23]
    rows = pd.DataFrame({"issue_time": pd.DatetimeIndex(truth.valid_times[:200, 0]) - pd.Timedelta(hours=1)})
    rows = rows.assign(forecast=wide[:, HEADLINE], missing="")
    for level in (80, 90):
        rows[f"lower_{level}"], rows[f"upper_{level}"] = rows["forecast"] - reach, rows["forecast"] + reach

    made = rows_of_leads(rows, wide, fitted, (0.9, 0.8), clock_named("UTC"))

    for inner, outer in (("lower_80", "lower_90"), ("upper_90", "upper_80")):
        assert (made[inner] >= made[outer]).all()
    headline = made[made["horizon_hours"] == 24.0].reset_index(drop=True)
    pd.testing.assert_frame_equal(headline[list(rows.columns[3:])], rows[list(rows.columns[3:])])
