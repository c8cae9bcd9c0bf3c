"""A registered version needs the registry and nothing else of this project."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from small_study import SETTINGS, STATION, last_days, opened_run, small_fit, small_prepared, small_readings, with_model

from jena_models.forecaster import Forecaster
from jena_models.reading.user_tables import user_readings
from tasks.registry.registering import registration as register
from tasks.workspace.folders.project_folders import tracking_uri

pytestmark = pytest.mark.slow

NAME = "jena-temperature-24h"

STRANGER = """
import importlib.util, json, sys
# The project is installed in place here: its finder goes, so that only what the version holds is left.
sys.meta_path = [finder for finder in sys.meta_path if "__editable__" not in getattr(finder, "__module__", "")]
assert importlib.util.find_spec("jena_models") is None and importlib.util.find_spec("tasks") is None
import mlflow, pandas
from mlflow.pyfunc import scoring_server
model = mlflow.pyfunc.load_model(sys.argv[1])
folder, readings = sys.argv[2], pandas.read_csv(sys.argv[3])
def value(given):
    forecast = model.predict(given)
    row = forecast.iloc[0]
    assert list(forecast.columns)[:3] == ["issue_time", "valid_time", "forecast"] and len(forecast) == 1
    assert row["lower_90"] <= row["lower_80"] <= row["forecast"] <= row["upper_80"] <= row["upper_90"]
    return float(forecast["forecast"].iloc[0])
indexed = readings.assign(time=pandas.to_datetime(readings["time"])).set_index("time")
with open(folder + "/serving_input_example.json") as file:
    text = file.read()
served = scoring_server.invocations(text, "application/json", model, model.metadata.get_input_schema())
import jena_models
print(json.dumps({
    "texts": value(readings),
    "datetimes": value(readings.assign(time=pandas.to_datetime(readings["time"]))),
    "index": value(indexed),
    "ten_minutes": value(indexed.resample("10min").interpolate()),
    "without_derived": value(readings.drop(columns="VPmax (mbar)")),
    "date_time": value(readings.rename(columns={"time": "Date Time"})),
    "lower_case": value(readings.rename(columns={"time": "date time"})),
    "zulu": value(readings.assign(time=pandas.to_datetime(readings["time"]).dt.strftime("%Y-%m-%dT%H:%M:%SZ"))
        if sys.argv[4] == "UTC" else readings.assign(time=[
            str(time) for time in pandas.to_datetime(readings["time"]).dt.tz_localize(sys.argv[4])])),
    "number_texts": value(readings.astype(str)),
    "whole": value(readings.assign(**{"T (degC)": readings["T (degC)"].round().astype(int)})),
    "shuffled": value(readings.sample(frac=1, random_state=0)),
    "example": value(model.input_example),
    "served": json.loads(served.response)["predictions"][0]["forecast"],
    "valid": str(model.predict(readings)["valid_time"].iloc[0]),
    "code": jena_models.__file__,
}))
"""


@pytest.fixture
def version(home):
    prepared = small_prepared(home / "prepared")
    fit = with_model(small_fit(home / "fit", prepared), prepared)
    run_id = opened_run(prepared)
    number = register.register_version(fit, prepared, STATION, run_id=run_id, name=NAME, settings=SETTINGS)
    return number, prepared, fit


def test_a_version_loads_and_forecasts_without_this_project(version, tmp_path, monkeypatch):
    number, prepared, fit = version
    (fit.folder / "preparation.json").write_text(prepared.preparation.model_dump_json())
    (fit.folder / "station.json").write_text(STATION.model_dump_json())
    forecaster = Forecaster.load(fit.folder)
    readings = last_days(small_readings(), 5)
    expected = float(forecaster.forecast(user_readings(readings, STATION))["forecast"].iloc[0])
    example = register.input_example(prepared, STATION)
    readings.to_csv(tmp_path / "readings.csv")
    [model] = (Path(tracking_uri().removeprefix("sqlite:///")).parent / "mlartifacts" / "models").iterdir()
    script = tmp_path / "stranger.py"
    script.write_text(STRANGER)
    done = subprocess.run(
        [
            *(sys.executable, "-I", str(script), f"models:/{NAME}/{number}"),
            *(str(model / "artifacts"), str(tmp_path / "readings.csv"), STATION.clock),
        ],
        cwd=tmp_path,
        env={"MLFLOW_TRACKING_URI": tracking_uri(), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    dresses = ("texts", "datetimes", "index", "date_time", "lower_case", "zulu", "number_texts", "shuffled")
    for dress in (*dresses, "ten_minutes", "without_derived"):
        assert said[dress] == pytest.approx(expected, abs=1e-4), dress
    of_example = float(forecaster.forecast(user_readings(example, STATION))["forecast"].iloc[0])
    assert said["example"] == pytest.approx(of_example, abs=1e-4)
    assert said["served"] == pytest.approx(of_example, abs=1e-4)
    assert said["valid"] == str((readings.index[-1] + np.timedelta64(24, "h")).tz_localize(STATION.local.zone))
    assert "/code/jena_models/" in said["code"]
