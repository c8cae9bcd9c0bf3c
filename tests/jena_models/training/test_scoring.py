"""What forecasts are scored beside: the target as it was at the last step."""

import numpy as np

from jena_models.training.scoring import persistence_forecasts
from jena_models.windows.placement import WindowedReadings
from jena_models.windows.preparation import Preparation

MEAN, DEVIATION = 123.456, 98.7


def persistence(power: list[float], measured: list[float]) -> np.ndarray:
    features = ((np.array(power) - MEAN) / DEVIATION).astype(np.float32)[:, None]
    preparation = Preparation(
        station="plant",
        target="power (kW)",
        columns=("power (kW)",),
        mean=(MEAN,),
        standard_deviation=(DEVIATION,),
        steps=1,
        sampling_minutes=60,
        horizon_minutes=60,
    )
    target = np.array(measured, dtype=np.float32)
    return persistence_forecasts(
        WindowedReadings(features, target, 1, 1, 1, {"test": np.arange(4)}), preparation, "test"
    )


def test_power_that_stays_at_nothing_is_forecast_without_an_error():
    assert list(persistence([0.0, 0.0, 0.1, 430.2, 0.0], [0.0, 0.0, 0.1, 430.2, 0.0])) == [
        np.float32(each) for each in (0.0, 0.0, 0.1, 430.2)
    ]


def test_where_the_last_step_was_not_measured_the_value_that_stands_in_for_it_is_taken():
    told = persistence([5.0, 5.0, 7.0, 8.0, 9.0], [5.0, np.nan, 7.0, 8.0, 9.0])

    np.testing.assert_allclose(told, [5.0, 5.0, 7.0, 8.0], rtol=1e-5)
