"""A forecast from the command line starts nothing that it has no use for."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from small_study import SETTINGS, STATION, opened_run, small_fit, small_prepared, small_readings, with_model

from tasks.registry import register_version
from tasks.registry.by_hand import promote_by_hand
from tasks.training.fit import fit_architecture
from tasks.workspace import Fit, Prepared

pytestmark = pytest.mark.slow

MODEL = "jena-temperature-24h"

PROGRAM = """
import sys
from flows.command_line import main
try:
    main()
finally:
    print("IMPORTED", *sorted(name for name, module in sys.modules.items() if module and "." not in name))
"""


def registered(prepared: Prepared, fit: Fit) -> None:
    """Make a trained model the champion."""
    run_id = opened_run(prepared, fit.result.architecture)
    version = register_version(fit, prepared, STATION, run_id=run_id, name=MODEL, settings=SETTINGS)
    promote_by_hand(MODEL, version)


def forecast(home: Path, readings) -> tuple[int, dict, set[str], str]:
    readings.to_csv(home / "station.csv", index_label="Date Time")
    command = ["forecast", "--format", "json", "--source", str(home / "station.csv"), "--at", "2012-03-20T06:10"]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *command],
        env=os.environ | {"JENA_HISTORY_HOURS": "12", "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    said, _, imported = done.stdout.partition("IMPORTED")
    return done.returncode, json.loads(said) if said.strip() else {}, set(imported.split()), done.stderr


def test_a_champion_of_trees_forecasts_without_networks_orchestrator_or_tracker(home):
    prepared = small_prepared(home / "prepared")
    boosting = SETTINGS.hyperparameters["gradient_boosting"].model_copy(update={"boosters": 1, "rounds": 20})
    table = SETTINGS.hyperparameters.model_copy(update={"gradient_boosting": boosting})
    settings = SETTINGS.model_copy(update={"workers": 1, "hyperparameters": table})
    registered(prepared, fit_architecture("gradient_boosting", prepared, settings))

    code, said, imported, told = forecast(home, small_readings())

    assert code == 0, told
    assert (said["rung"], said["architecture"]) == ("champion", "gradient_boosting")
    assert "lightgbm" in imported
    assert imported.isdisjoint(
        {"great_expectations", "keras", "mlflow", "numba", "prefect", "sklearn", "sqlalchemy", "tensorflow"}
    )


def test_a_network_brings_tensorflow_and_nothing_that_it_could_do_without(home):
    prepared = small_prepared(home / "prepared")
    registered(prepared, with_model(small_fit(home / "fit", prepared), prepared))

    code, said, imported, told = forecast(home, small_readings())

    assert code == 0, told
    assert (said["rung"], said["architecture"]) == ("champion", "dense")
    assert {"tensorflow", "keras"} <= imported
    assert imported.isdisjoint({"IPython", "great_expectations", "lightgbm", "mlflow", "prefect", "sklearn"})
