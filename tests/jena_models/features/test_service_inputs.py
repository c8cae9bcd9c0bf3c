"""Features of the weather service: of runs that were there alone, the same wherever they are built, and of use."""

from dataclasses import replace

import numpy as np
import pytest
from served_station import (
    CHOSEN,
    HOUR,
    ROWS,
    RUNS,
    START,
    STATION,
    STEPS,
    TARGET,
    TRUTH,
    histories,
    lesson,
    runs_of,
)

from jena_models.architectures import find_architecture
from jena_models.features.feature_builder import fit_features
from jena_models.features.feature_settings import FeatureSettings
from jena_models.models.learner import mean_error
from jena_models.weather_service.service import Service

TRAIN = histories(np.arange(STEPS, ROWS // 2))
BUILDER = fit_features(FeatureSettings(), TRAIN, TARGET, STATION).fed_by(TRAIN)


def test_runs_that_were_not_there_change_no_feature():
    issued = np.arange(1000, 1012)
    later = RUNS.available_seconds > START + 1011 * HOUR
    changed = replace(RUNS, values=np.where(later[:, None, None], 77.0, RUNS.values))

    before, after = (BUILDER.build(histories(issued, runs)) for runs in (RUNS, changed))

    np.testing.assert_array_equal(before, after)


def test_the_last_days_alone_give_what_training_was_given():
    every = np.arange(STEPS, 1500)
    trained = BUILDER.build(histories(every))[900]
    days = slice(STEPS + 900 - STEPS + 1, STEPS + 901)
    alone = replace(histories([STEPS - 1]), readings=TRUTH[days, None], seconds=START + np.arange(ROWS)[days] * HOUR)

    np.testing.assert_array_equal(BUILDER.build(alone)[0], trained)


def test_a_horizon_for_each_history_gives_what_each_gives_alone():
    issued, minutes = np.arange(1000, 1004), np.array([60.0, 720.0, 1440.0, 2100.0])
    both = BUILDER.build(histories(issued, horizon=minutes))

    for place, horizon in enumerate(minutes):
        alone = histories(issued[place : place + 1], horizon=horizon)
        np.testing.assert_array_equal(both[place], BUILDER.build(alone)[0])


def feature(name, given):
    return BUILDER.build(given)[:, BUILDER.names(given).index(name)]


def test_the_error_of_the_last_days_is_of_this_hour_and_lead_and_of_what_was_known():
    said, issued = histories([2000]), 2000
    valid = issued + 24
    errors = []
    for back in (24, 48, 72):
        past = valid - back
        run = max(at for at in range(0, ROWS, 12) if at + 5 <= past - 24)
        lead = past - run
        at = RUNS.values[run // 12, :, 0]
        errors.append(TRUTH[past] - np.interp(lead, RUNS.lead_seconds / HOUR, at))

    assert feature("service t2m last error", said)[0] == pytest.approx(errors[0], abs=1e-5)
    assert feature("service t2m error of 3 days", said)[0] == pytest.approx(np.mean(errors), abs=1e-5)


def test_a_run_is_as_old_as_it_is_and_a_lost_one_leaves_an_older():
    at = 12 * 100 + 6
    assert feature("service age", histories([at]))[0] == 6
    assert feature("service age", histories([at], runs_of(TRUTH, lost=[100])))[0] == 18
    assert feature("service lead", histories([at]))[0] == 30


def test_the_group_can_be_switched_off():
    without = BUILDER.model_copy(update={"settings": FeatureSettings(weather_service=False)})

    assert set(BUILDER.service).isdisjoint(without.names(histories([2000])))


def test_without_any_run_its_features_are_missing_and_the_others_stay():
    given = histories([2000])
    names, gone = BUILDER.names(given), BUILDER.build(replace(given, service=None))[0]
    whole = BUILDER.build(given)[0]

    own = np.isin(names, BUILDER.service)
    assert np.isnan(gone[own]).all()
    np.testing.assert_array_equal(gone[~own], whole[~own])


@pytest.mark.parametrize("name", ["ridge", "gradient_boosting", "partial_boosting", "emos"])
def test_who_is_fed_forecasts_better_and_as_well_after_it_was_read_back(name, tmp_path):
    entry = find_architecture(name)
    chosen = entry.hyperparameters.model_copy(update=CHOSEN.get(name, {}))
    fed, alone = lesson(RUNS), lesson(None)

    model = entry.learner.fit(fed, chosen, lambda _: None)
    error = mean_error(model.forecast(fed.validation), fed.validation_target)
    service = find_architecture("weather_service")
    plain = service.learner.fit(fed, service.hyperparameters, lambda _: None)
    as_it_is = mean_error(plain.forecast(fed.validation), fed.validation_target)

    assert as_it_is > 1.3  # of its bias
    assert error < 0.6 * as_it_is
    if name != "emos":
        history = entry.learner.fit(alone, chosen, lambda _: None)
        assert error < mean_error(history.forecast(alone.validation), alone.validation_target)
    model.save(tmp_path)
    again = entry.learner.load(tmp_path).forecast(fed.validation)
    np.testing.assert_allclose(again, model.forecast(fed.validation), atol=1e-5)
    assert np.isfinite(model.forecast(replace(fed.validation, service=None))).all()


def test_of_less_than_half_a_year_no_season_is_learnt_that_would_be_anything_in_the_other_half():
    fed, entry = lesson(RUNS), find_architecture("emos")
    model = entry.learner.fit(fed, entry.hyperparameters, lambda _: None)
    half_a_year = 182 * 24 * HOUR
    later = fed.validation.service.sources[0].shifted(half_a_year)

    given = fed.validation
    moved = replace(given, seconds=given.seconds + half_a_year, service=Service((later,)))

    np.testing.assert_allclose(model.forecast(moved), model.forecast(given), atol=1e-4)


def test_what_does_without_sensors_sets_out_from_the_service_only_where_it_is_known():
    """In training each window is seen with the service and without; what they are told must fit what they are asked."""
    entry, fed = find_architecture("partial_boosting"), lesson(RUNS)
    model = entry.learner.fit(fed, entry.hyperparameters.model_copy(update=CHOSEN[entry.name]), lambda _: None)
    history = entry.learner.fit(
        lesson(None), entry.hyperparameters.model_copy(update=CHOSEN[entry.name]), lambda _: None
    )

    windows, came = fed.validation, fed.validation_target
    silent = mean_error(model.forecast(replace(windows, service=None)), came)
    assert silent < 1.1 * mean_error(history.forecast(replace(windows, service=None)), came)
    assert mean_error(model.forecast_with_parts_missing(windows, STATION, 1), came) < silent


@pytest.mark.parametrize(("rises", "stands_in"), [(0.0, "usual"), (20.0, "last reading")], ids=["as before", "spring"])
@pytest.mark.parametrize("name", ["weather_service", "emos"])
def test_where_no_run_is_known_the_nearer_of_what_is_usual_and_the_last_reading_stands_in(name, rises, stands_in):
    """A record of one season says nothing of the next, and the service would seem the worse for it."""
    warmer = rises * np.arange(ROWS + 48) / ROWS
    whole, entry = runs_of(TRUTH + warmer), find_architecture(name)
    runs = replace(whole, values=np.where((np.arange(len(whole)) % 5 > 0)[:, None, None], whole.values, np.nan))
    short = replace(runs, values=np.where(runs.lead_seconds[:, None] > 36 * HOUR, np.nan, runs.values))
    given = lesson(short)
    parts = {
        part: replace(getattr(given, part), readings=TRUTH[:ROWS, None] + warmer[:ROWS, None])
        for part in ("train", "validation")
    }
    targets = {
        f"{part}_target": getattr(given, f"{part}_target") + warmer[each.rows[:, -1] + 24].astype(np.float32)
        for part, each in parts.items()
    }

    model = entry.learner.fit(replace(given, **parts, **targets), entry.hyperparameters, lambda _: None)

    learnt = model.learnt.service if name == "emos" else model.learnt
    windows = parts["validation"]
    silent = ~model.is_fed(windows)
    assert 0.05 < silent.mean() < 0.5
    assert learnt.where_silent == stands_in
    off = np.abs(model.forecast(windows) - targets["validation_target"])[silent].mean()
    last = windows.readings[windows.rows[silent, -1], 0]
    assert off <= np.abs(last - targets["validation_target"][silent]).mean() + 1e-3


def test_a_service_of_other_quantities_is_no_starting_point_but_an_input():
    curved = replace(RUNS, of=("", ""), values=np.exp(RUNS.values / 8))
    fed, entry, plain = lesson(curved), find_architecture("gradient_boosting"), find_architecture("weather_service")
    chosen = entry.hyperparameters.model_copy(update=CHOSEN[entry.name])

    model, history = (entry.learner.fit(each, chosen, lambda _: None) for each in (fed, lesson(None)))
    through_a_curve = plain.learner.fit(fed, plain.hyperparameters, lambda _: None)

    assert fed.feature_builder(FeatureSettings()).sets_out_from != "weather service"
    errors = [mean_error(each.forecast(fed.validation), fed.validation_target) for each in (model, history)]
    assert errors[0] < errors[1]
    assert through_a_curve.learnt.column == "t2m"
    assert mean_error(through_a_curve.forecast(fed.validation), fed.validation_target) < 1.5


def of_power():
    """A lesson of what follows a service's column as power follows the wind, and runs that say that nearly exactly."""

    def power(values):
        return 10 * np.clip((values - 2) / 15, 0, 1) ** 3

    plain = replace(runs_of(TRUTH, bias=0.0), of=("", ""))
    exact = np.stack([TRUTH[at + RUNS.lead_seconds // HOUR] for at in range(0, ROWS, 12)])[:, :, None]
    wind = replace(plain, values=np.where(np.arange(2) == 0, exact + 0.1 * (plain.values - exact), plain.values))
    given = lesson(wind)
    parts = {
        part: replace(getattr(given, part), readings=power(TRUTH[:ROWS, None])) for part in ("train", "validation")
    }
    targets = {f"{part}_target": power(getattr(given, f"{part}_target")).astype(np.float32) for part in parts}
    return replace(given, **parts, **targets), wind


@pytest.mark.parametrize("name", ["ridge", "gradient_boosting"])
def test_of_a_service_of_other_quantities_learners_set_out_from_its_curve(name):
    """Else they had to learn the curve and all of each change, and were twice as far off as the curve alone."""
    given, wind = of_power()
    entry, plain = find_architecture(name), find_architecture("weather_service")

    model = entry.learner.fit(given, entry.hyperparameters.model_copy(update=CHOSEN.get(name, {})), lambda _: None)
    by_curve = plain.learner.fit(given, plain.hyperparameters, lambda _: None)

    builder = given.feature_builder(FeatureSettings())
    assert builder.sets_out_from == "service curve"
    assert (builder.curve.column.column, by_curve.learnt.column) == ("t2m", "t2m")
    windows, came = given.validation, given.validation_target
    errors = [mean_error(each.forecast(windows), came) for each in (model, by_curve)]
    assert errors[0] < 1.15 * errors[1]
    silent = replace(wind, values=np.where(np.arange(2) == 0, np.nan, wind.values))
    assert np.isfinite(model.forecast(replace(windows, service=Service((silent,))))).all()
