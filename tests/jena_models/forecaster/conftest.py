"""A small network as a registered version has it, and readings to ask it with."""

import numpy as np
import pytest
from small_study import STATION, last_days, small_fit, small_prepared, small_readings, with_model

from jena_models.forecaster import Forecaster


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A prepared data set, a model's forecasts on its arrays, and the model as a folder."""
    folder = tmp_path_factory.mktemp("forecaster")
    prepared = small_prepared(folder / "prepared")
    fit = with_model(small_fit(folder / "fit", prepared), prepared)
    (fit.folder / "preparation.json").write_text(prepared.preparation.model_dump_json())
    (fit.folder / "station.json").write_text(STATION.model_dump_json())
    return prepared, np.load(fit.folder / "predictions.npz"), Forecaster.load(fit.folder)


@pytest.fixture
def forecaster(trained):
    return trained[2]


@pytest.fixture
def readings():
    return last_days(small_readings(), 3)
