"""The target's unit has no say: in another one the same skill comes out, and the same architecture is best."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_study import small_prepared

from jena_models.settings import Settings
from jena_models.stations import load_station
from tasks.readings.prepared_arrays import normalize
from tasks.readings.split import split_chronologically
from tasks.training.fit import fit_architecture

STATION = """
name: grid
title: A grid
credit: nobody
latitude: 51
longitude: 11
cadence_minutes: 60
target: load
target_name: load
columns:
  - {name: load, quantity: load, kind: required, minimum: -1.0e+9, maximum: 1.0e+9}
  - {name: p (mbar), quantity: p, kind: optional, minimum: 880, maximum: 1080}
  - {name: wv (m/s), quantity: wv, kind: optional, minimum: 0, maximum: 60}
"""
ARCHITECTURES = (
    "persistence",
    "climatology",
    "ridge",
    "gradient_boosting",
    "feature_network",
    "dense",
    "residual_conv",
)
QUICK = {
    "gradient_boosting": {"rounds": 30, "windows_in_leaf": 20, "boosters": 1},
    "feature_network": {"passes": 2, "networks": 1, "units": (16,)},
    "residual_conv": {"epochs": 1, "filters": 8, "dilations": (1, 2), "history_steps": 12},
    "dense": {"epochs": 2},
}
UNITS = {"thousandfold": (1000.0, 0.0), "Fahrenheit": (1.8, 32.0), "a millionth": (1e-6, 0.0)}


def readings(scale: float, offset: float) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    hours = np.arange(1400)
    load = 8 + 6 * np.sin(2 * np.pi * hours / 24) + rng.normal(0, 0.5, 1400).cumsum() * 0.3
    table = {"load": scale * load + offset, "p (mbar)": 990 + rng.normal(0, 0.3, 1400).cumsum()}
    table["wv (m/s)"] = np.abs(rng.normal(2, 1, 1400))
    return pd.DataFrame(table, index=pd.date_range("2012-03-01", periods=1400, freq="h", name="time"))


@pytest.fixture(scope="module")
def skills(tmp_path_factory):
    """Skill and error on validation, by unit and architecture."""
    home = tmp_path_factory.mktemp("units")
    (home / "grid.yaml").write_text(STATION)
    settings = Settings(
        station=str(home / "grid.yaml"),
        history_hours=24,
        workers=1,
        training={"batch_size": 64, "batches_per_epoch": 10},
        hyperparameters=QUICK,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JENA_HOME", str(home))
        return {
            unit: {name: result(home, unit, settings, name, how) for name in ARCHITECTURES}
            for unit, how in {"its own": (1.0, 0.0), **UNITS}.items()
        }


def result(home: Path, unit: str, settings: Settings, name: str, how: tuple[float, float]):
    station, path = load_station(settings.station), home / f"{unit}.parquet"
    readings(*how).to_parquet(path)
    rest = small_prepared(home / "rest").divided.checked
    checked = rest.model_copy(update={"readings": path, "key": unit})
    prepared = normalize.fn(split_chronologically.fn(checked, settings), settings, station)
    found = fit_architecture(name, prepared, settings).result
    return found.val_skill, found.val_mae


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_skill_is_the_same_to_four_digits_in_any_unit(skills, unit, name):
    skill, mae = skills[unit][name]
    own_skill, own_mae = skills["its own"][name]

    assert skill == pytest.approx(own_skill, abs=5e-4)
    assert mae == pytest.approx(UNITS[unit][0] * own_mae, rel=1e-3)


@pytest.mark.parametrize("unit", UNITS)
def test_the_same_is_best_in_any_unit(skills, unit):
    ranks = [sorted(ARCHITECTURES, key=lambda name: skills[each][name][1]) for each in ("its own", unit)]

    assert ranks[0] == ranks[1]
