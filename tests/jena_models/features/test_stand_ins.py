"""Where one of several sources is silent, or a column, the others stand in: no learner reads silence as a number."""

from dataclasses import replace

import numpy as np
import pytest
from served_station import HOUR, ROWS, RUNS, START, STATION, STEPS, TARGET, TRUTH, histories, runs_of

from jena_models.architectures import find_architecture
from jena_models.features.feature_settings import FeatureSettings
from jena_models.features.service.stand_ins import StandIns
from jena_models.models.learner import Lesson, mean_error
from jena_models.weather_service.service import Service
from jena_models.weather_service.service_runs import known_then

OTHER = replace(runs_of(TRUTH, seed=9, bias=-0.5), name="other")
BOTH = (RUNS, OTHER)


def served(issued, sources):
    return replace(histories(issued), service=Service(tuple(sources)))


def lesson(sources):
    def part(first, end):
        issued = np.arange(first, end)
        return served(issued, sources), TRUTH[issued + 24].astype(np.float32)

    return Lesson(*part(STEPS, ROWS // 2), *part(ROWS // 2 + 24, ROWS - 24), TARGET, STATION, 1, 1)


GIVEN = lesson(BOTH)
BUILDER = GIVEN.feature_builder(FeatureSettings())
CHOSEN = {
    "gradient_boosting": {"boosters": 1, "rounds": 100, "windows_in_leaf": 30},
    "partial_boosting": {"rounds": 80},
}


def taught(name, given):
    entry = find_architecture(name)
    chosen = entry.hyperparameters.model_copy(update=CHOSEN.get(name, {}))
    return entry.learner.fit(given, chosen, lambda _: None)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ridge", "emos", "gradient_boosting", "partial_boosting"])
def test_with_one_source_of_two_it_is_about_as_near_as_if_it_had_learnt_from_that_alone(name):
    model, windows, came = taught(name, GIVEN), GIVEN.validation, GIVEN.validation_target

    for source in BOTH:
        left = mean_error(model.forecast(replace(windows, service=Service((source,)))), came)
        alone = taught(name, lesson((source,)))
        assert left < 1.2 * mean_error(alone.forecast(replace(windows, service=Service((source,)))), came)


def test_a_column_that_is_silent_is_no_zero_to_trees():
    """Trees that never saw a feature missing read it as 0: here of a pressure, of which little else is learnt."""
    pressure = replace(RUNS, values=RUNS.values.copy())
    pressure.values[:, :, 1] = 1000 + RUNS.values[:, :, 0]
    silent = replace(pressure, values=np.where(np.arange(2) == 1, np.nan, pressure.values))
    model = taught("gradient_boosting", lesson((pressure,)))

    whole, without = (model.forecast(served(np.arange(2000, 2600), (runs,))) for runs in (pressure, silent))

    came = TRUTH[np.arange(2000, 2600) + 24]
    assert mean_error(without, came) < 1.1 * mean_error(whole, came)


def test_what_is_there_stays_as_it_is_to_the_digit_and_what_no_run_tells_stays_missing():
    plain, windows = BUILDER.model_copy(update={"stand_ins": None}), served(np.arange(2000, 2100), BOTH)

    np.testing.assert_array_equal(BUILDER.build(windows), plain.build(windows))
    np.testing.assert_array_equal(BUILDER.start(windows), plain.start(windows))
    for none in (replace(windows, service=None), served(np.arange(2000, 2100), ())):
        np.testing.assert_array_equal(BUILDER.build(none), plain.build(none))


def test_a_reading_that_is_missing_is_not_made_up():
    readings = TRUTH[:ROWS, None].copy()
    readings[2000] = np.nan
    windows = replace(served([2000], BOTH), readings=readings)

    found = dict(zip(BUILDER.names(windows), BUILDER.build(windows)[0], strict=True))

    assert np.isnan(found["service t2m less reading"])
    assert np.isfinite(found["service t2m then"])


def test_a_first_source_that_gave_way_is_expected_to_say_what_it_would_have_said():
    """It stays known for a day and a half after its last run; what its old run says is not what the models know."""
    at = 12 * 200
    stale = RUNS.part(RUNS.issue_seconds <= START + (at - 36) * HOUR)
    windows = replace(served([at + 6], (stale, OTHER)), horizon_minutes=60.0)

    said = BUILDER.said(windows)[0]

    of_other = known_then(OTHER, windows.issue_seconds, windows.valid_seconds).values[0, 0]
    assert np.isfinite(known_then(stale, windows.issue_seconds, windows.valid_seconds).values[0, 0])
    assert said == pytest.approx(of_other + 2.0, abs=0.7)  # the first is 1.5 too high, the other 0.5 too low


def test_what_stands_in_is_what_a_line_through_the_known_ones_says():
    generator = np.random.default_rng(3)
    base = generator.normal(10, 5, 3000)
    features = {
        "a t then": base + generator.normal(0, 1, 3000),
        "b t then": base + generator.normal(0, 2, 3000) + 3,
        "b age": generator.choice([6.0, 12.0], 3000),
    }
    stand_ins = StandIns.fitted(features, np.ones(3000, bool))
    gone = features | {"b t then": np.full(3000, np.nan)}

    filled = stand_ins.filled(gone, np.ones(3000, bool))["b t then"]

    predictors = np.column_stack([np.ones(3000), features["a t then"], features["b age"]])
    line = np.linalg.lstsq(predictors, features["b t then"], rcond=None)[0]
    assert np.abs(filled - predictors @ line).mean() < 0.05
    assert np.abs(filled - features["b t then"]).mean() < 2.0
