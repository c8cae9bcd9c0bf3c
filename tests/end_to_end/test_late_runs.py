"""A station's hourly forecast goes on while the weather service's runs come late, in part, and not at all."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest
import yaml
from made_once import empty_store
from small_study import opened_run, small_readings

from jena_models.stations import load_station
from tasks.forecasting.forecasts_table import read_forecasts
from tasks.readings import (
    check_recent,
    ingest,
    locate,
    normalize,
    split_chronologically,
    with_services,
)
from tasks.registry import model_name, promote_by_hand, register_version
from tasks.training import fit_architecture, fit_partial, training_here
from tasks.workspace import for_station
from tasks.workspace.requested_settings import resolve

pytestmark = pytest.mark.slow

TARGET = "T (degC)"
READINGS = small_readings(24 * 75)
LEADS = range(0, 61, 3)
ASKED = {
    "history_hours": 48,
    "leads_hours": [],
    "partial_boosting.rounds": 30,
    "residual_gru.units": 8,
    "training.epochs": 6,
}
LIVE = pd.Timestamp("2012-05-10 00:00")
"""From here on runs come as the test lets them; those before are what was learnt from."""


def write_run(folder, issued: pd.Timestamp, until: int = 60) -> None:
    """A run as a service would leave it: what comes, off by an error that grows with the lead."""
    rng, rows = np.random.default_rng(int(issued.timestamp())), ["issued,lead,t2m"]
    for lead in LEADS:
        at = int((issued - READINGS.index[0]) / pd.Timedelta(hours=1)) + 1 + lead
        if 0 <= at < len(READINGS) and lead <= until:
            error = rng.normal(0, 0.1 + lead / 240)
            rows.append(f"{issued:%Y-%m-%dT%H:%M}Z,{lead},{READINGS[TARGET].iloc[at] + error:.2f}")
    (folder / f"{issued:%Y%m%d%H}.csv").write_text("\n".join(rows))


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A home with a champion that was fed by a service, and the folder that the runs come to."""
    home = tmp_path_factory.mktemp("service")
    runs = home / "runs"
    runs.mkdir()
    for issued in pd.date_range(READINGS.index[0].ceil("D"), LIVE, freq="12h", inclusive="left"):
        write_run(runs, issued)
    known = READINGS[READINGS.index < LIVE]
    known.to_csv(home / "known.csv", index_label="Date Time")
    told = json.loads(load_station("jena").model_dump_json()) | {"clock": "UTC", "addresses": []}
    column = {"name": "t2m", "source": "t2m", "of": TARGET, "unit": "degC"}
    source = {"name": "nwp", "source": str(runs / "*.csv"), "issue_time": "issued", "lead": "lead"}
    told["forecasts"] = [source | {"available_after_hours": 4, "columns": [column]}]
    (home / "station.yaml").write_text(yaml.safe_dump(told))
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("JENA_HOME", str(home))
        shutil.copy(empty_store(), home / "mlflow.db")
        make_champion(home)
    return home, runs


def make_champion(home) -> None:
    """Train as a study does, in this process, and promote what comes of it."""
    chosen = resolve(None, ASKED | {"source": str(home / "known.csv"), "station": str(home / "station.yaml")})
    station = load_station(chosen.station)
    chosen = for_station(chosen.model_copy(update={"architectures": ("residual_gru",)}), station)
    ingested = ingest.fn(locate.fn(chosen.source, station, chosen.ingestion), station)
    checked = with_services.fn(check_recent.fn(ingested, station, chosen), station, chosen.ingestion)
    prepared = normalize.fn(split_chronologically.fn(checked, chosen), chosen, station)
    with training_here():
        fit, partial = fit_architecture("residual_gru", prepared, chosen), fit_partial(prepared, chosen)
    run_id = opened_run(prepared, "residual_gru", chosen)
    name = model_name(station, chosen, "real")
    version = register_version(fit, prepared, station, run_id=run_id, name=name, settings=chosen, partial=partial)
    promote_by_hand(name, version)


def test_forecasts_go_on_while_runs_come_late_in_part_and_not_at_all_and_come_back(trained, monkeypatch):
    from flows.steps.forecast_steps import forecast_with
    from flows.steps.ways import at_once

    home, runs = trained
    monkeypatch.setenv("JENA_HOME", str(home))
    READINGS.to_csv(home / "live.csv", index_label="Date Time")
    chosen = resolve(
        None, {"source": str(home / "live.csv"), "station": str(home / "station.yaml"), "history_hours": 48}
    )

    def said(time: str):
        return forecast_with(at_once, chosen, time)

    # Given a run that came as it should, four hours after it was made
    write_run(runs, LIVE)
    before, on_time = said("2012-05-10T03:10"), said("2012-05-10T04:10")
    assert before.service_run == "2012-05-09T12:00:00Z"
    assert (on_time.service_run, on_time.rung) == ("2012-05-10T00:00:00Z", "champion")
    assert on_time.service_age_hours == pytest.approx(4 + 1 / 6)

    # When the next is late, the one before is used, and it is said how old it is
    late = said("2012-05-10T20:10")
    write_run(runs, pd.Timestamp("2012-05-10 12:00"))
    arrived = said("2012-05-10T21:10")
    assert (late.service_run, late.service_age_hours) == ("2012-05-10T00:00:00Z", pytest.approx(20 + 1 / 6))
    assert arrived.service_run == "2012-05-10T12:00:00Z"

    # When one ends after 12 hours, an older one says what it lacks
    write_run(runs, pd.Timestamp("2012-05-11 00:00"), until=12)
    partly = said("2012-05-11T06:10")
    assert (partly.service_run, partly.rung) == ("2012-05-10T12:00:00Z", "champion")

    # When none comes for two days, history alone speaks
    silent = said("2012-05-13T06:10")
    assert (silent.service_run, silent.service_age_hours) == ("", None)
    assert silent.rung == "champion with parts missing"
    assert "weather service" in silent.missing

    # And when they come again, so does the forecast
    write_run(runs, pd.Timestamp("2012-05-13 00:00"))
    back = said("2012-05-13T07:10")
    assert (back.service_run, back.rung, back.missing) == ("2012-05-13T00:00:00Z", "champion", "")

    # Then each has its row in the table, which says whose run it was
    table = read_forecasts(back.model, load_station(str(home / "station.yaml")).local)
    assert table["service_run"].tolist() == [
        each.service_run for each in (before, on_time, late, arrived, partly, silent, back)
    ]
    assert table["rung"].tolist() == ["champion"] * 5 + ["champion with parts missing", "champion"]


def test_a_folder_of_runs_that_is_gone_does_not_stop_the_forecast(trained, monkeypatch, tmp_path):
    from flows.steps.forecast_steps import forecast_with
    from flows.steps.ways import at_once

    home, runs = trained
    monkeypatch.setenv("JENA_HOME", str(home))
    READINGS.to_csv(home / "live.csv", index_label="Date Time")
    chosen = resolve(
        None, {"source": str(home / "live.csv"), "station": str(home / "station.yaml"), "history_hours": 48}
    )
    moved = runs.rename(runs.with_name("elsewhere"))
    try:
        made = forecast_with(at_once, chosen, "2012-05-09T05:10")
    finally:
        moved.rename(runs)

    assert made.rung == "champion with parts missing"
    assert made.service_run == ""
