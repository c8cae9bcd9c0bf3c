"""Networks of a target that follows people's weeks, as the training loop trains them."""

from dataclasses import replace

import numpy as np
import pytest

from jena_models.features.almanac.week import day_number, public_holidays, weekday
from jena_models.models.network import Network
from jena_models.stations.clock import seconds_of
from jena_models.training.jobs.lessons import histories_of_splits
from jena_models.training.jobs.network_job import prepared_for
from jena_models.training.loop import train
from jena_models.windows.normalization import column_statistics, normalized
from jena_models.windows.placement import WindowedReadings

HOURS, STEPS, AHEAD = 24 * 7 * 60, 24, 24
TIMES = np.datetime64("2018-01-01T00", "s") + np.arange(HOURS) * np.timedelta64(3600, "s")
DAYS = day_number(seconds_of(TIMES))
FREE = (weekday(DAYS) >= 5) | np.isin(DAYS, public_holidays("DE", 2018, 2019))
SMALL = {"units": 8, "learning_rate": 0.01}


@pytest.fixture
def load_job(job):
    """Make a job of a load that is lower on days off, or is not."""

    def make(folder: str, lower: float, **station: object):
        values = 100 + 15 * np.sin(2 * np.pi * np.arange(HOURS) / 24) - lower * FREE
        values += np.random.default_rng(1).normal(0, 2, HOURS)
        mean, deviation = column_statistics(values[:, None], ("T (degC)",))
        starts = {
            split: np.arange(first, last - STEPS - AHEAD)
            for split, first, last in (("train", 0, 6000), ("validation", 6000, 8000), ("test", 8000, HOURS))
        }
        windows = WindowedReadings(
            normalized(values[:, None], mean, deviation),
            values.astype(np.float32),
            *(STEPS, 1, STEPS - 1 + AHEAD, starts),
        )
        own = {
            "columns": ("T (degC)",),
            "mean": tuple(mean),
            "standard_deviation": tuple(deviation),
            "steps": STEPS,
            "sampling_minutes": 60,
            "horizon_minutes": 60 * AHEAD,
            "target_scale": float(deviation[0]),
            "target_offset": float(mean[0]),
        }
        task = job("dense", folder, hyperparameters=SMALL, epochs=6, batches_per_epoch=60, batch_size=64)
        return replace(
            task,
            readings=windows,
            times=TIMES,
            measured=lambda: values[:, None],
            station=task.station.model_copy(update={"holidays": "DE", **station}),
            preparation=task.preparation.model_copy(update=own),
        )

    return make


@pytest.mark.slow
def test_a_plain_network_learns_of_days_off_and_forecasts_as_it_was_trained(load_job):
    # Given
    followed, passed_over = load_job("followed", 40), load_job("passed over", 40, holidays="")

    # When
    told, blind = (train(task, lambda _: None) for task in (followed, passed_over))

    # Then
    assert told.val_mae < 0.6 * blind.val_mae
    model, plain = (Network.load(task.folder) for task in (followed, passed_over))
    assert model.preparation.channels is not None
    assert model.preparation.channels.width == 10
    assert plain.preparation.channels is None
    again = model.forecast(histories_of_splits(followed, ("test",))["test"])
    with np.load(followed.folder / "predictions.npz") as kept:
        np.testing.assert_allclose(again, kept["test"], rtol=1e-4)


def test_its_channels_tell_the_day_of_each_step_and_of_the_horizon_after_it(load_job):
    task = load_job("load", 40)

    wide = prepared_for(task, task.hyperparameters, follows_week=True)

    free, free_then = wide.readings.features[:, 3], wide.readings.features[:, 8]
    np.testing.assert_array_equal(free, FREE)
    np.testing.assert_array_equal(free_then[:-AHEAD], FREE[AHEAD:])


def test_where_validation_gains_nothing_the_network_is_what_it_was(load_job):
    task = load_job("load", 0)

    train(replace(task, training=task.training.model_copy(update={"epochs": 1})), lambda _: None)

    assert Network.load(task.folder).preparation.channels is None
