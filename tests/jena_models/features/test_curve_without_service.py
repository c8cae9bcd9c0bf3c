"""The curve of a station with a weather service: nearer with its runs, and without them as near as history alone."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from served_station import HOUR, ROWS, RUNS, STATION, TARGET, TRUTH, UTC, lesson, preparation, runs_of

from jena_models.architectures.curve_boosting import CurveBoosting, CurveBoostingHyperparameters
from jena_models.curves.curve_fit import CurveFit
from jena_models.forecaster import Forecaster
from jena_models.weather_service.service import Service
from jena_models.windows.later_targets import LaterTargets

LEADS = (60.0, 180.0, 360.0, 720.0, 1440.0)
CHOSEN = CurveBoostingHyperparameters(rounds=60, windows_in_leaf=40, centres_hours=(3, 6, 12))


def taught(given):
    ends = {split: len(given.train.readings) // times for split, times in (("train", 2), ("validation", 1))}
    later = LaterTargets(given.train.readings[:, 0].astype(np.float32), 60.0, ends)
    given = replace(given, later=later, leads_minutes=LEADS)
    return CurveBoosting.fit(given, CHOSEN, lambda _: None), given


@pytest.fixture(scope="module")
def version():
    """A version fed with nothing, whose curve's model speaks at every rung."""
    model, _ = taught(lesson(RUNS))
    fit = CurveFit.model_construct(leads_minutes=LEADS, headline_minutes=1440.0, weights=(0.0, 0.0, 0.0, 0.0, 1.0))
    return Forecaster(preparation(), STATION, model, partial=model, curve_model=model, curve_fit=fit)


def curve_of(version):
    """Give what it says six hours after the 200th run."""
    return version.curves_at(pd.DataFrame({TARGET: TRUTH[:ROWS]}, UTC), UTC[2406:2407])


def errors(model, given, service):
    """Give how far off each lead is on validation windows, fed with a service or with none."""
    windows = given.validation.part(slice(None, None, 7))
    came = [given.later.after("validation", windows.rows[:, -1], minutes) for minutes in LEADS]
    off = model.curves(replace(windows, service=service)) - np.stack(came, axis=1)
    return np.nanmean(np.abs(off), axis=0)


@pytest.mark.slow
def test_a_curve_that_always_knew_the_service_does_without_it_as_one_that_never_knew_any():
    (fed, given), (alone, without) = taught(lesson(RUNS)), taught(lesson(None))

    served, silent = errors(fed, given, given.validation.service), errors(fed, given, None)
    by_history = errors(alone, without, None)

    assert (served[2:] < 0.8 * by_history[2:]).all()
    assert (silent < 1.3 * by_history + 0.1).all()


@pytest.mark.slow
def test_parts_missing_are_sensors_and_the_service():
    model, given = taught(lesson(RUNS))
    windows = given.validation.part(slice(None, None, 7))

    found = model.curves_with_parts_missing(windows, STATION, 1)

    whole, silent = model.curves(windows), model.curves(replace(windows, service=None))
    as_whole, as_silent = ((found == each).all(axis=1) for each in (whole, silent))
    assert (as_whole | as_silent).mean() > 0.9
    assert 0.5 < as_silent.mean() < 0.95


@pytest.mark.slow
def test_a_source_that_does_not_reach_as_far_as_the_headline_feeds_the_leads_that_it_reaches():
    """Nearly exact runs of 21 hours, five on their way: at most 16 hours ahead of what is issued."""
    near = RUNS.lead_seconds <= 21 * HOUR
    exact = runs_of(TRUTH, seed=3, bias=0.0)
    came = np.stack([TRUTH[at + RUNS.lead_seconds[near] // HOUR] for at in range(0, ROWS, 12)])
    said = 0.1 * exact.values[:, near] + 0.9 * came[..., None]
    short = replace(exact, name="short", lead_seconds=RUNS.lead_seconds[near], values=said, spread=said * np.nan)
    given = lesson(RUNS)
    both = {part: replace(getattr(given, part), service=Service((RUNS, short))) for part in ("train", "validation")}

    (fed, with_short), (alone, without) = taught(replace(given, **both)), taught(given)

    nearer = errors(fed, with_short, both["train"].service) / errors(alone, without, given.train.service)
    assert nearer[1] < 0.8
    assert (nearer[3:] < 1.2).all()


@pytest.mark.slow
def test_each_lead_names_the_run_that_speaks_of_it(version):
    """The newest run was cut short: of farther leads the one before speaks, and beyond that none."""
    is_newest, is_before = (np.arange(len(RUNS)) == number for number in (200, 199))
    silent = np.where(is_newest[:, None], RUNS.lead_seconds > 10 * HOUR, RUNS.lead_seconds > 24 * HOUR)
    silent &= (is_newest | is_before | (np.arange(len(RUNS)) < 199))[:, None]
    cut = replace(RUNS, values=np.where(silent[:, :, None], np.nan, RUNS.values)).shifted(-HOUR)

    made = curve_of(version.fed(Service((cut,))))

    runs = made.set_index("horizon_hours")["service_run"]
    assert runs.loc[[1.0, 3.0]].tolist() == [UTC[2400]] * 2
    assert runs.loc[6.0] == UTC[2388]
    assert runs.loc[[12.0, 24.0]].isna().all()
    assert (made["missing"] == "weather service").all()


@pytest.mark.slow
def test_a_run_too_old_for_the_headline_feeds_no_lead(version):
    """The newest run is of six hours before."""
    fed = version.fed(Service((RUNS.shifted(-HOUR),)))

    old, young = (curve_of(replace(fed, oldest_run_hours=hours)) for hours in (6.0, 6.1))
    without = curve_of(version)

    assert (young["service_run"] == UTC[2400]).all()
    assert old["service_run"].isna().all()
    assert (old["missing"] == "weather service").all()
    np.testing.assert_array_equal(old["forecast"], without["forecast"])
    assert (old["forecast"] != young["forecast"]).all()
