"""What a network is shown of the weather service: of runs that were there alone, and what it makes of it."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from served_station import (
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
    preparation,
    runs_of,
)

from jena_models.architectures import build, find_architecture
from jena_models.features.service_vector import KNOWN, SAID, SERVICE_ALONE, ServiceVector
from jena_models.features.service_vector import START as STARTS
from jena_models.forecaster import Forecaster
from jena_models.models.network import Network
from jena_models.training.networks.accelerated_model import training_twin
from jena_models.weather_service.service import Service

LOST = list(range(40, 60))


def fitted(runs=RUNS) -> ServiceVector:
    fed = lesson(runs)
    builder = fed.feature_builder(SERVICE_ALONE)
    return ServiceVector.fitted(builder, builder.build(fed.train))


VECTOR = fitted()


def network(name="residual_gru", **changes) -> Network:
    """A network that was not trained: each of its inputs counts."""
    chosen = find_architecture(name).hyperparameters.model_copy(update={"history_steps": 20, **changes})
    return Network(preparation(VECTOR), build(name, chosen, STEPS, 1, preparation(VECTOR)))


def test_it_starts_from_what_the_service_says_and_tells_where_that_is_known():
    vectors = VECTOR(histories([2006, 2007]))

    assert vectors.shape == (2, VECTOR.width)
    assert vectors.dtype == np.float32
    assert VECTOR.builder.sets_out_from == "weather service"
    run, lead = 2004 - 12, 2006 + 24 - (2004 - 12)
    assert RUNS.available_seconds[2004 // 12] > START + 2007 * HOUR  # that of six hours ago is on its way
    said = np.interp(lead, RUNS.lead_seconds / HOUR, RUNS.values[run // 12, :, 0])
    assert vectors[0, STARTS] == pytest.approx(said, abs=1e-4)
    assert (vectors[:, KNOWN] == 1).all()


def test_where_no_run_is_known_it_starts_from_the_last_reading_and_says_so():
    vectors = VECTOR(replace(histories([2006]), service=None))

    assert vectors[0, STARTS] == pytest.approx(TRUTH[2006], abs=1e-5)
    assert vectors[0, KNOWN] == 0
    assert np.isfinite(vectors).all()
    assert (vectors[0, SAID : SAID + len(VECTOR.builder.service)] == 0).all()


def test_a_feature_that_is_often_missing_has_a_mask():
    gaps = fitted(runs_of(TRUTH, lost=LOST))
    (whole, without) = (gaps(histories([12 * at + 6], runs_of(TRUTH, lost=LOST)))[0] for at in (100, 59))

    masks = slice(SAID + len(gaps.builder.service), None)
    assert gaps.width > VECTOR.width
    assert not whole[masks].any()
    assert without[masks].any()
    assert set(np.unique(without[masks])) <= {0.0, 1.0}


def test_runs_that_were_not_there_change_no_digit_of_vector_or_forecast():
    issued, model = np.arange(1000, 1012), network()
    later = RUNS.available_seconds > START + 1011 * HOUR
    changed = replace(RUNS, values=np.where(later[:, None, None], 77.0, RUNS.values))
    earlier = replace(RUNS, values=np.where(later[:, None, None], RUNS.values, 77.0))

    before, after, other = (histories(issued, runs) for runs in (RUNS, changed, earlier))

    np.testing.assert_array_equal(VECTOR(before), VECTOR(after))
    np.testing.assert_array_equal(model.forecast(before), model.forecast(after))
    assert (model.forecast(before) != model.forecast(other)).all()


@pytest.mark.parametrize("name", ["residual_gru", "residual_conv"])
def test_where_the_service_always_spoke_history_alone_is_the_last_reading(name):
    model = network(name)

    alone = model.forecast(replace(histories([2000, 2001]), service=None))

    np.testing.assert_allclose(alone, TRUTH[[2000, 2001]], atol=1e-4)
    assert np.abs(model.forecast(histories([2000, 2001])) - TRUTH[[2000, 2001]]).min() > 0.01


@pytest.mark.parametrize("name", ["residual_gru", "residual_conv"])
def test_its_twin_and_what_is_read_back_say_the_same(name, tmp_path):
    model, given = network(name), histories(np.arange(2000, 2009))
    windows = (TRUTH[given.rows].astype(np.float32)[:, :, None] - 10) / 3
    model.keras_model.save(tmp_path / "model.keras")
    (tmp_path / "preparation.json").write_text(model.preparation.model_dump_json())

    said = model.forecast(given)

    twin = np.asarray(training_twin(model.keras_model)([windows, VECTOR(given)]))[:, 0]
    np.testing.assert_allclose(said, twin, atol=1e-4)
    np.testing.assert_array_equal(Network.load(tmp_path).forecast(given), said)


def test_a_forecaster_uses_the_newest_run_and_without_any_leaves_it_to_the_partial_model():
    # Given readings in UTC of a station whose clock is one hour ahead
    entry, fed = find_architecture("partial_boosting"), lesson(RUNS)
    partial = entry.learner.fit(fed, entry.hyperparameters.model_copy(update={"rounds": 20}), lambda _: None)
    model, clock, at = Forecaster(preparation(VECTOR), STATION, network(), partial=partial), 3600, 12 * 200 + 6
    index = pd.DatetimeIndex((START - clock + np.arange(ROWS) * HOUR).astype("datetime64[s]"), name="time")
    readings = pd.DataFrame({TARGET: TRUTH[:ROWS]}, index=index)
    runs = RUNS.shifted(-clock)
    late = runs.available_seconds + np.where(np.arange(len(runs)) == 200, 6 * HOUR, 0)

    def said(given):
        return model.fed(given).forecasts_at(readings, index[at : at + 1]).iloc[0]

    # When its newest run is there, is late, or there is none at all
    whole, delayed = said(Service((runs,))), said(Service((replace(runs, available_seconds=late),)))
    without = said(None)

    # Then it is what training said, of that run, of the one before, or of the model that does without
    assert whole["forecast"] == pytest.approx(model.model.forecast(histories([at]))[0], abs=1e-4)
    assert (whole["service_run"], delayed["service_run"]) == (index[12 * 200], index[12 * 199])
    assert delayed["forecast"] != whole["forecast"]
    assert without["missing"] == "weather service"
    assert without["forecast"] == pytest.approx(partial.forecast(histories([at], None))[0], abs=1e-4)
