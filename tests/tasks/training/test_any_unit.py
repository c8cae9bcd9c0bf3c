"""The target's unit has no say: in another one the same skill comes out, and the same architecture is best."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from small_study import small_prepared

from jena_models.settings import Settings
from jena_models.stations import load_station
from tasks.readings.prepared_arrays import normalize
from tasks.readings.split import split_chronologically
from tasks.training.fit import fit_architecture
from tasks.workspace import Prepared

pytestmark = pytest.mark.slow

STATION = """
name: grid
title: A grid
credit: nobody
latitude: 51
longitude: 11
clock: UTC
cadence_minutes: 60
target: load
target_name: load
columns:
  - {name: load, quantity: load, kind: required, minimum: -1.0e+9, maximum: 1.0e+9}
  - {name: p (mbar), quantity: p, kind: optional, minimum: 880, maximum: 1080}
  - {name: wv (m/s), quantity: wv, kind: optional, minimum: 0, maximum: 60}
"""
LEARNERS = ("persistence", "climatology", "ridge", "gradient_boosting", "partial_boosting", "ensemble")
NETWORKS = ("feature_network", "dense", "residual_conv")
QUICK = {
    "gradient_boosting": {"rounds": 10, "windows_in_leaf": 20, "boosters": 1},
    "partial_boosting": {"rounds": 10, "windows_in_leaf": 20},
    "ensemble": {"members": ("ridge", "gradient_boosting")},
    "feature_network": {"passes": 2, "networks": 1, "units": (16,)},
    "residual_conv": {"epochs": 1, "filters": 8, "dilations": (1, 2), "history_steps": 12},
    "dense": {"epochs": 1},
}
UNITS = {"a thousandth": (1000.0, 0.0), "Fahrenheit": (1.8, 32.0), "a millionfold": (1e-6, 0.0)}


def readings(scale: float, offset: float) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    hours = np.arange(1400)
    load = 8 + 6 * np.sin(2 * np.pi * hours / 24) + rng.normal(0, 0.5, 1400).cumsum() * 0.3
    table = {"load": scale * load + offset, "p (mbar)": 990 + rng.normal(0, 0.3, 1400).cumsum()}
    table["wv (m/s)"] = np.abs(rng.normal(2, 1, 1400))
    return pd.DataFrame(table, index=pd.date_range("2012-03-01", periods=1400, freq="h", name="time"))


@pytest.fixture(scope="module")
def scored(tmp_path_factory):
    """Gives skill and error on validation, for a unit and an architecture."""
    home = tmp_path_factory.mktemp("units")
    (home / "grid.yaml").write_text(STATION)
    settings = Settings(
        station=str(home / "grid.yaml"),
        history_hours=24,
        workers=1,
        training={"batch_size": 64, "batches_per_epoch": 10},
        hyperparameters=QUICK,
    )
    rest = small_prepared(home / "rest").divided.checked

    @cache
    def prepared(unit: str) -> Prepared:
        path = home / f"{unit}.parquet"
        readings(*UNITS.get(unit, (1.0, 0.0))).to_parquet(path)
        checked = rest.model_copy(update={"readings": path, "key": unit})
        return normalize.fn(split_chronologically.fn(checked, settings), settings, load_station(settings.station))

    @cache
    def score(unit: str, name: str) -> tuple[float, float]:
        result = fit_architecture(name, prepared(unit), settings).result
        return result.val_skill, result.val_mae

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JENA_HOME", str(home))
        yield score


CASES = [
    *((name, unit) for name in LEARNERS for unit in UNITS),
    *((name, "a thousandth") for name in NETWORKS),
    *(
        pytest.param(name, unit, marks=pytest.mark.campaign)
        for name in NETWORKS
        for unit in ("Fahrenheit", "a millionfold")
    ),
]


@pytest.mark.parametrize(("name", "unit"), CASES)
def test_skill_is_the_same_to_four_digits_in_any_unit(scored, unit, name):
    skill, mae = scored(unit, name)
    own_skill, own_mae = scored("its own", name)

    assert skill == pytest.approx(own_skill, abs=5e-5)
    assert mae == pytest.approx(UNITS[unit][0] * own_mae, rel=1e-4)


@pytest.mark.parametrize("unit", UNITS)
def test_the_same_is_best_in_any_unit(scored, unit):
    ranks = [sorted(LEARNERS, key=lambda name: scored(each, name)[1]) for each in ("its own", unit)]

    assert ranks[0] == ranks[1]
