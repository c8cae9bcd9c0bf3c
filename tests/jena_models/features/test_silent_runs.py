"""What is said where runs of the weather service are late, cut short, or gone: in training and by a version."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from served_station import (
    CHOSEN,
    HOUR,
    ROWS,
    RUNS,
    START,
    STATION,
    TARGET,
    TRUTH,
    UTC,
    histories,
    lesson,
    preparation,
    runs_of,
)

from jena_models.architectures import find_architecture
from jena_models.errors import TrainingError
from jena_models.features.feature_settings import FeatureSettings
from jena_models.forecaster import Forecaster
from jena_models.stations.forecast_sources import ForecastSource
from jena_models.weather_service.service import Service


def forecaster(station=STATION):
    fed = lesson(RUNS)
    ridge, partial = find_architecture("ridge"), find_architecture("partial_boosting")
    chosen = partial.hyperparameters.model_copy(update=CHOSEN["partial_boosting"])
    return Forecaster(
        preparation(),
        station,
        ridge.learner.fit(fed, ridge.hyperparameters, lambda _: None),
        partial=partial.learner.fit(fed, chosen, lambda _: None),
    )


AT = 12 * 200 + 6


def only_known(runs, rows):
    """Runs whose target is known at issue times from one row to another, so that few windows know it."""
    silent = (runs.issue_seconds < START + rows[0] * HOUR) | (runs.issue_seconds >= START + rows[1] * HOUR)
    return replace(runs, values=np.where(silent[:, None, None] & (np.arange(2) == 0), np.nan, runs.values))


@pytest.mark.parametrize("rows", [(ROWS // 2 - 24, ROWS), (0, ROWS // 2 - 72)], ids=["begins late", "ended"])
def test_what_is_not_known_in_training_or_to_choose_by_is_no_starting_point(rows):
    fed, entry = lesson(only_known(RUNS, rows)), find_architecture("ridge")
    emos = find_architecture("emos")

    model = entry.learner.fit(fed, entry.hyperparameters, lambda _: None)
    through_a_curve = emos.learner.fit(fed, emos.hyperparameters, lambda _: None)

    assert fed.feature_builder(FeatureSettings()).sets_out_from != "weather service"
    assert np.isfinite(model.forecast(fed.validation)).all()
    assert through_a_curve.learnt.service.column == "cloud"


@pytest.mark.parametrize("name", ["weather_service", "emos"])
def test_without_a_run_to_learn_from_it_says_so(name):
    entry, late = find_architecture(name), RUNS.part(RUNS.issue_seconds > START + ROWS // 2 * HOUR)

    with pytest.raises(TrainingError, match="No run of the weather service is known of enough windows"):
        entry.learner.fit(lesson(late), entry.hyperparameters, lambda _: None)


def said_with(model, *sources):
    """What a version says at one time that is fed with sources."""
    readings, service = pd.DataFrame({TARGET: TRUTH[:ROWS]}, UTC), Service(tuple(r.shifted(-HOUR) for r in sources))
    return model.fed(service).forecasts_at(readings, UTC[AT : AT + 1]).iloc[0]


def stopped_column(runs, place, hours=72):
    """Runs of which one column says nothing from so many hours before on, while the others go on."""
    silent = (runs.issue_seconds > START + (AT - hours) * HOUR)[:, None, None] & (np.arange(2) == place)
    return replace(runs, values=np.where(silent, np.nan, runs.values))


def named(runs, name, of):
    return replace(runs, name=name, of=of)


@pytest.mark.parametrize(
    "sources",
    [
        (stopped_column(RUNS, 0),),
        (RUNS.part(RUNS.issue_seconds < START + (AT - 72) * HOUR), named(RUNS, "clouds", ("", ""))),
    ],
    ids=["a column", "a source"],
)
def test_runs_that_say_nothing_of_the_target_any_more_do_not_count_as_known(sources):
    model = forecaster()

    said = said_with(model, *sources)

    assert said["missing"] == "weather service"
    assert pd.isna(said["service_run"])
    assert said["forecast"] == pytest.approx(model.partial.forecast(histories([AT], sources[0]))[0], abs=0.3)


def test_a_source_that_cannot_be_read_leaves_no_run_of_the_target_though_others_come():
    source = ForecastSource.model_validate(
        {"name": "service", "source": "x", "lead": "lead", "available_after_hours": 5}
        | {"columns": [{"name": "t2m", "source": "t", "of": TARGET}]}
    )
    model = forecaster(STATION.model_copy(update={"forecasts": (source,)}))

    said = said_with(model, named(RUNS, "clouds", ("", "")))

    assert said["missing"] == "weather service"


def test_a_run_as_old_as_those_that_history_alone_was_nearer_than_is_not_used():
    model = replace(forecaster(), oldest_run_hours=6.0)

    as_old, younger = said_with(model, RUNS), said_with(replace(model, oldest_run_hours=6.5), RUNS)

    assert (as_old["missing"], younger["missing"]) == ("weather service", "")
    assert pd.isna(as_old["service_run"])
    assert as_old["forecast"] == said_with(model)["forecast"] != model.partial.forecast(histories([AT]))[0]


@pytest.mark.parametrize("name", ["ridge", "weather_service", "emos"])
def test_where_one_source_of_the_target_stops_another_speaks(name):
    entry = find_architecture(name)
    other = named(runs_of(TRUTH, seed=5), "other", (TARGET, ""))
    model = replace(forecaster(), model=entry.learner.fit(lesson(RUNS), entry.hyperparameters, lambda _: None))

    said = said_with(model, stopped_column(RUNS, 0), other)

    assert (said["missing"], said["service_run"]) == ("", UTC[12 * 200])
    assert said["forecast"] == pytest.approx(TRUTH[AT + 24], abs=3.0)


def test_a_forecast_through_a_curve_needs_the_column_that_the_curve_is_of():
    curved, entry = replace(RUNS, of=("", "")), find_architecture("weather_service")
    plain = entry.learner.fit(lesson(curved), entry.hyperparameters, lambda _: None)
    model = replace(forecaster(), model=plain)

    assert said_with(model, curved)["missing"] == said_with(model, stopped_column(curved, 1))["missing"] == ""
    assert said_with(model, stopped_column(curved, 0))["missing"] == "weather service"


def test_runs_that_are_late_or_cut_short_or_gone_leave_the_forecast_to_who_can_make_it():
    # Given readings in UTC of a station whose clock is one hour ahead
    model, index, at = forecaster(), UTC, AT
    readings = pd.DataFrame({TARGET: TRUTH[:ROWS]}, index)
    runs, issued = RUNS.shifted(-HOUR), index[at : at + 1]

    def said(given):
        return model.fed(None if given is None else Service((given,))).forecasts_at(readings, issued).iloc[0]

    # When its newest run is there, late, without the valid time, or there is none at all
    late = runs.available_seconds + np.where(np.arange(len(runs)) == 200, 6 * HOUR, 0)
    short = np.where((np.arange(len(runs)) == 200)[:, None, None] & (np.arange(17) > 4)[:, None], np.nan, runs.values)
    whole, delayed = said(runs), said(replace(runs, available_seconds=late))
    cut, without = said(replace(runs, values=short)), said(None)

    # Then it is what training said, of that run, of the one before, or of the model that does without
    trained = model.model.forecast(histories([at]))[0]
    assert whole["forecast"] == pytest.approx(trained, abs=1e-4)
    assert whole["service_run"] == index[12 * 200]
    assert delayed["service_run"] == cut["service_run"] == index[12 * 199]
    assert delayed["forecast"] != whole["forecast"]
    assert (whole["missing"], delayed["missing"], without["missing"]) == ("", "", "weather service")
    assert without["forecast"] == pytest.approx(model.partial.forecast(histories([at], None))[0], abs=1e-4)
    assert pd.isna(without["service_run"])
