"""Networks that a weather service feeds, as the training loop trains them."""

from dataclasses import replace

import numpy as np
import pytest

from jena_models.models.network import Network
from jena_models.training.jobs.lessons import histories_of_splits
from jena_models.training.jobs.network_job import fed_by_service
from jena_models.training.loop import train
from jena_models.weather_service.service import Service
from jena_models.weather_service.service_runs import Runs

HOUR = 3600
SMALL = {
    "residual_gru": {"history_steps": 6, "units": 4, "batch_size": 32, "learning_rate": 0.01},
    "residual_conv": {"history_steps": 8, "filters": 4, "dilations": (1, 2), "batch_size": 32, "learning_rate": 0.01},
}


def runs_of(job) -> Runs:
    """A run every six hours, two hours on its way, with a bias and small errors; each tenth is lost."""
    truth, draw = job.measured()[:, 1], np.random.default_rng(2)
    first, leads = np.arange(0, len(truth) - 24, 6), np.arange(25)
    said = np.stack([truth[at + leads] for at in first]) + 1.5 + draw.normal(0, 0.3, (len(first), len(leads)))
    issued = job.times.astype(np.int64)[first] - HOUR  # the readings are by a clock that is one hour ahead
    said[::10] = np.nan
    return Runs(
        name="service",
        columns=("t2m",),
        of=("T (degC)",),
        issue_seconds=issued,
        available_seconds=issued + 2 * HOUR,
        lead_seconds=leads * HOUR,
        values=said[:, :, None],
        spread=np.full((*said.shape, 1), np.nan),
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", SMALL)
def test_it_forecasts_better_than_without_and_what_it_left_forecasts_the_same(name, job):
    # Given
    alone = job(name, "alone", hyperparameters=SMALL[name], epochs=8)
    fed = job(name, "fed", hyperparameters=SMALL[name], epochs=8)
    fed = replace(fed, service=Service((runs_of(fed),)))

    # When
    blind, told = (train(task, lambda _: None) for task in (alone, fed))

    # Then
    assert told.val_mae < 0.75 * blind.val_mae
    model = Network.load(fed.folder)
    assert model.preparation.service_vector is not None
    with np.load(fed.folder / "predictions.npz") as kept:
        for split in ("validation", "test"):
            np.testing.assert_allclose(
                model.forecast(histories_of_splits(fed, (split,))[split]), kept[split], atol=1e-4
            )
    # And where the service says nothing it says something that is no worse than to know of no change
    silent = model.forecast(replace(histories_of_splits(fed, ("test",))["test"], service=None))
    target = fed.readings.targets("test")
    last = histories_of_splits(fed, ("test",))["test"].steps_of("T (degC)")[:, -1]
    assert np.abs(silent - target).mean() < np.abs(last - target).mean()


def test_without_a_service_or_where_it_is_not_wanted_nothing_changes(job):
    without, unwanted = job("residual_gru"), job("residual_gru", hyperparameters={"weather_service": False})
    plain = job("dense")

    for task in (without, replace(unwanted, service=Service((runs_of(unwanted),)))):
        assert fed_by_service(task) is task
    served = replace(plain, service=Service((runs_of(plain),)))
    assert fed_by_service(served) is served


def test_a_service_that_says_nothing_in_training_feeds_nothing(job):
    task = job("residual_gru")
    runs = runs_of(task)
    silent = replace(task, service=Service((replace(runs, values=np.full_like(runs.values, np.nan)),)))

    assert fed_by_service(silent) is silent
