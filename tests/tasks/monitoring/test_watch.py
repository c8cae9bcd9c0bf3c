"""Days of a station, judged one after the other as the flow does."""

from datetime import timedelta
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from monitored import MODEL, a_day

from flows.steps import monitor_steps
from flows.steps.monitor_steps import monitor_with
from flows.steps.ways import at_once
from jena_models.errors import RescoringError, SourceUnreadableError
from jena_models.options.production_options import Monitoring
from jena_models.settings import Settings
from jena_models.stations import load_station
from jena_models.stations.simulated import simulate
from tasks.forecasting.forecasts_table import forecasts_table
from tasks.monitoring.judged_days import days_folder, read_days
from tasks.monitoring.monitoring_run import figures, monitoring_experiment, track_day
from tasks.tracking.store import client

STATION = load_station("jena")
COLUMNS = ["p (mbar)", "T (degC)", "rh (%)"]


@pytest.fixture(scope="module")
def good() -> pd.DataFrame:
    readings = simulate(STATION, years=3, seed=5)[COLUMNS]
    return readings[readings.index.minute == 10].loc["2009-09-01":]


@pytest.fixture
def station_file(tmp_path):
    def write(readings: pd.DataFrame) -> str:
        file = tmp_path / "station.csv"
        readings.to_csv(file, index_label="time", date_format="%Y-%m-%d %H:%M:%S")
        return str(file)

    return write


def watch(source: str, at: str, **limits):
    settings = Settings(source=source, monitoring=Monitoring(**{"retrain": False} | limits))
    return monitor_with(at_once, settings, at)


def series(metric: str) -> list[tuple[int, float]]:
    store = client()
    experiment = store.get_experiment_by_name(monitoring_experiment("jena"))
    runs = store.search_runs([experiment.experiment_id])
    assert len(runs) == 1
    return [(point.step, point.value) for point in store.get_metric_history(runs[0].info.run_id, metric)]


def said_by_persistence(readings: pd.DataFrame, days: int, until: str) -> pd.DataFrame:
    local = readings.loc[pd.Timestamp(until) - timedelta(days=days) : until].index
    now = readings["T (degC)"].loc[local].to_numpy()
    issued = local - timedelta(hours=1)
    rows = {"issue_time": issued, "valid_time": issued + timedelta(hours=24), "horizon_hours": 24.0, "forecast": now}
    unknown = {"lower": np.nan, "upper": np.nan}
    return pd.DataFrame({**rows, **unknown, "persistence": now, "model": MODEL, "version": 0, "data_hash": "x"})


@pytest.mark.slow
def test_a_good_day_is_judged_kept_and_logged_once_however_often_it_is_asked_for(scene, good, station_file):
    source = station_file(good)
    forecasts_table().add(MODEL, said_by_persistence(good, 35, "2011-11-10"), STATION.local)

    first = watch(source, "2011-11-10T06:00")
    again = watch(source, "2011-11-10T18:00")

    assert first.decision.action == "nothing", first.decision.sentence
    assert again == first
    assert [path.name for path in days_folder(MODEL).rglob("*.json")] == ["2011-11-10.json"]
    assert len(series("scores/forecasts/MAE_30d")) == len(series("alarms")) == 1
    assert series("inputs/T_degC/distance_30d_limit")
    scored = {check.name: check.value for check in first.checks}
    now, then = good["T (degC)"], good["T (degC)"].shift(freq="24h")
    month = (now - then).loc["2011-10-11":"2011-11-10 00:00"].abs()
    assert scored["scores/forecasts/MAE_30d"] == pytest.approx(month.mean())
    assert scored["scores/forecasts/skill_30d"] == 0


@pytest.mark.slow
def test_a_horizon_that_no_number_is_exactly_is_scored_all_the_same(scene, good, station_file):
    """Twenty minutes are 0.333333 hours for a person, and 0.33333333333333331 in the table."""
    forecasts_table().add(MODEL, said_by_persistence(good, 35, "2011-11-10"), STATION.local)
    nearly = Settings(source=station_file(good), horizon_hours=24.0000001, monitoring=Monitoring(retrain=False))

    found = monitor_with(at_once, nearly, "2011-11-10T06:00")

    assert {"scores/forecasts/MAE_30d"} < {check.name for check in found.checks}


@pytest.mark.slow
def test_how_long_a_limit_has_been_passed_survives_from_run_to_run(scene, good, station_file):
    warmer = good.copy()
    warmer.loc["2011-10-01":, "T (degC)"] += 15
    warmer.loc["2011-10-01":, "rh (%)"] /= 2
    source = station_file(warmer)

    actions = [watch(source, f"2011-11-{day}").decision.action for day in (10, 11, 12)]

    assert actions == ["nothing", "nothing", "due"]
    assert [day.decision.action for day in read_days(MODEL)] == actions
    assert "T (degC): distance over 30 days" in read_days(MODEL)[-1].decision.sentence
    assert [value for _, value in series("alarms")][:2] == [0, 0]
    steps = [step for step, _ in series("alarms")]
    assert steps == [steps[0], steps[0] + 1, steps[0] + 2]


@pytest.mark.slow
def test_a_silent_sensor_calls_for_a_person(scene, good, station_file):
    silent = good.copy()
    silent.loc["2011-11-08":, "T (degC)"] = np.nan

    decision = watch(station_file(silent), "2011-11-10").decision

    assert decision.action == "repair"
    assert "T (degC): age" in decision.sentence


@pytest.mark.slow
def test_where_the_champion_cannot_be_loaded_its_source_and_sensors_are_watched_all_the_same(
    scene, good, station_file, monkeypatch
):
    def gone(_):
        raise RescoringError("Version 3 of it cannot be loaded.")

    monkeypatch.setattr(monitor_steps, "load_champion", SimpleNamespace(fn=gone))
    silent = good.copy()
    silent.loc["2011-11-08":, "T (degC)"] = np.nan

    judged = watch(station_file(silent), "2011-11-10")

    assert judged.decision.action == "repair"
    assert "Version 3 of it cannot be loaded" in judged.decision.sentence
    assert "T (degC): age" in judged.decision.sentence
    assert read_days(MODEL) == [judged]
    assert series("champion/champion/readable")


def test_a_day_before_all_readings_is_refused_and_leaves_nothing(scene, good, station_file):
    with pytest.raises(SourceUnreadableError, match="no reading up to 2008-05-01"):
        watch(station_file(good), "2008-05-01")

    assert not days_folder(MODEL).exists()


def test_metrics_have_names_that_the_store_takes_and_leave_out_what_is_unknown(scene):
    track_day(a_day(), "jena")
    track_day(a_day(), "jena")

    assert series("scores/forecasts/MAE_30d") == [(17419, 3.0)]
    assert series("retraining") == [(17419, 1.0)]
    assert "scores/forecasts/coverage_30d" not in figures(a_day())
