"""From two files to a forecast: a neighbour that is ahead lowers the error, one that is not does not; it may die."""

import shutil

import numpy as np
import pandas as pd
import pytest
from two_stations import START, weather, write_readings, write_station

from jena_models.forecaster import INTERVALS_FILE, PARTIAL_FOLDER, STATION_FILE, Forecaster
from jena_models.models.model_files import copy_model
from jena_models.settings import Settings
from jena_models.stations import load_station
from tasks.readings import check_recent, ingest, locate, normalize, recent_readings, split_chronologically
from tasks.training.fit import fit_architecture
from tasks.validation import checked_by, observe_or_inspect

HOURS = 24 * 300
ISSUED = START + pd.Timedelta(hours=HOURS - 30)


def settings_of(home, name):
    return Settings(
        source=str(home / "east.csv"),
        station=str(home / f"{name}.yaml"),
        history_hours=72,
        architectures=("ridge",),
        workers=1,
        hyperparameters={
            "ridge": {"features": {"target_anomalies": True}},  # else a neighbour gains by telling of the station's own
            "partial_boosting": {"rounds": 60},
        },
        forecasting={"days": 10},
    )


def prepared(settings):
    station = load_station(settings.station)
    readings = ingest.fn(locate.fn(settings.source, station, settings.ingestion), station)
    checked = checked_by(observe_or_inspect, readings, station, settings.validation)
    return normalize.fn(split_chronologically.fn(checked, settings), settings, station)


@pytest.fixture
def home_of_two(home):
    written = weather(HOURS)
    write_readings(home, "east", written["east"])
    write_readings(home, "west", written["west"])
    days = np.random.default_rng(2).permutation(HOURS // 24)
    shuffled = written["west"].to_numpy().reshape(-1, 24)[days].ravel()
    write_readings(home, "shuffled", pd.Series(shuffled, index=written.index))
    write_station(home, "west")
    write_station(home, "alone", name="east")
    for name in ("west", "shuffled"):
        named = {"station": "west.yaml", "source": f"{name}.csv", "name": "west"}
        write_station(home, f"with_{name}", name="east", neighbours=[named])
    return home


@pytest.mark.slow
def test_skill_rises_with_one_that_is_ahead_and_a_dead_one_costs_its_part_alone(home_of_two):
    home = home_of_two
    alone, with_west, with_shuffled = (
        fit_architecture("ridge", prepared(settings), settings).result
        for settings in (settings_of(home, name) for name in ("alone", "with_west", "with_shuffled"))
    )

    assert with_west.test_skill > alone.test_skill + 0.25
    assert with_shuffled.test_skill < alone.test_skill + 0.02

    settings = settings_of(home, "with_west")
    station, windows = load_station(settings.station), prepared(settings)
    forecaster = put_together(home / "version", windows, settings, station)
    alive = newest(settings, station)
    (home / "west.csv").write_text("time,T\n", encoding="utf-8")
    dead = newest(settings, station)

    whole, partial = forecaster.forecast(alive).iloc[0], forecaster.forecast(dead).iloc[0]
    without_column = forecaster.forecast(dead.drop(columns="west: T (degC)")).iloc[0]
    assert whole["missing"] == ""
    assert partial["missing"] == "west: T (degC)"
    assert np.isfinite(partial["forecast"])
    assert partial["forecast"] == without_column["forecast"]
    assert partial["upper_90"] - partial["lower_90"] > whole["upper_90"] - whole["lower_90"]


def newest(settings, station):
    found = locate.fn(settings.source, station, settings.ingestion)
    ingested = recent_readings.fn(found, station, settings, ISSUED.to_pydatetime(), asked=True)
    return pd.read_parquet(check_recent.fn(ingested, station, settings).readings)


def put_together(folder, windows, settings, station):
    for name, to in (("ridge", folder), ("partial_boosting", folder / PARTIAL_FOLDER)):
        fit = fit_architecture(name, windows, settings)
        to.mkdir()
        copy_model(fit.folder, to)
        shutil.copy(fit.folder / INTERVALS_FILE, to)
    (folder / STATION_FILE).write_text(station.model_dump_json(), encoding="utf-8")
    return Forecaster.load(folder)
