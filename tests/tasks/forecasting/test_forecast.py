"""One forecast: what the champion says, or "same as now", with all that a row of the table needs."""

import json
import math
from datetime import UTC, timedelta
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from small_study import STATION, small_readings

from flows.terminal import show_json
from jena_models.errors import HistoryIncompleteError
from jena_models.options.production_options import Forecasting
from jena_models.settings import Settings
from tasks.forecasting.forecast import keep_forecast, make_forecast
from tasks.forecasting.forecast_words import render, sentence
from tasks.forecasting.forecasts_table import read_forecasts
from tasks.forecasting.tables.forecast_rows import COLUMNS
from tasks.registry.champion import Champion

MODEL = "jena-temperature-24h"
SETTINGS = Settings(leads_hours=())


class Stub:
    """A forecaster that says what it is told."""

    preparation = None

    def __init__(self, **columns):
        self.columns = columns

    def forecast(self, readings):
        if error := self.columns.get("raises"):
            raise error
        issued = readings.index[-1]
        row = {"issue_time": issued, "valid_time": issued + pd.Timedelta(hours=24), "forecast": 9.5, **self.columns}
        return pd.DataFrame([row])


@pytest.fixture
def checked(home):
    small_readings().to_parquet(home / "readings.parquet")
    source = SimpleNamespace(key="0123456789abcdef")
    ingested = SimpleNamespace(source=source)
    return SimpleNamespace(readings=home / "readings.parquet", ingested=ingested, cadence_minutes=60.0, service=None)


def said(checked, settings=SETTINGS, **columns):
    champion = Champion(MODEL, 3, "lstm", Stub(**columns))
    return make_forecast.fn(checked, champion, MODEL, STATION, settings)


BOUNDS = {"lower_80": 6.0, "upper_80": 13.0, "lower_90": 5.0, "upper_90": 14.0}


@pytest.mark.parametrize(
    ("level", "columns", "bounds"),
    [(0.9, BOUNDS, (5.0, 14.0)), (0.8, BOUNDS, (6.0, 13.0)), (0.9, {}, (None, None))],
)
def test_the_interval_is_that_of_the_level_where_there_is_one(checked, level, columns, bounds):
    made = said(checked, Settings(forecasting=Forecasting(level=level), leads_hours=()), **columns)

    assert (made.lower, made.upper) == bounds
    assert made.level == level


def test_a_forecast_says_when_for_when_of_what_and_by_whom(checked):
    readings = small_readings()

    made = said(checked)

    assert made.issue_time == readings.index[-1].tz_localize("UTC")
    assert made.issue_time.utcoffset() == timedelta(hours=1)
    assert made.valid_time == readings.index[-1].tz_localize("UTC") + pd.Timedelta(hours=24)
    assert made.horizon_hours == 24
    assert (made.forecast, made.persistence) == (9.5, readings["T (degC)"].iloc[-1])
    assert (made.model, made.version, made.rung, made.architecture) == (MODEL, 3, "champion", "lstm")
    assert (made.unit, made.data_hash) == ("°C", "0123456789abcdef")


def test_same_as_now_is_the_last_value_before_the_issue_time(checked):
    readings = small_readings()
    readings.iloc[-3, readings.columns.get_loc("T (degC)")] = math.nan
    readings.to_parquet(checked.readings)

    made = said(checked, issue_time=readings.index[-3], valid_time=readings.index[-3] + pd.Timedelta(hours=24))

    assert made.persistence == readings["T (degC)"].iloc[-4]
    assert made.persistence_time == readings.index[-4].tz_localize("UTC")


def test_a_value_that_is_older_than_the_last_reading_is_told_with_its_time(checked):
    readings = small_readings()
    readings.iloc[-30:, readings.columns.get_loc("T (degC)")] = math.nan
    readings.to_parquet(checked.readings)

    made = make_forecast.fn(checked, None, MODEL, STATION, SETTINGS)

    measured = f"{STATION.local.shown(readings.index[-31].to_datetime64()):%Y-%m-%d %H:%M}"
    assert f"({made.forecast:.1f} °C, of {measured} +0100), says persistence" in sentence(made)
    assert f", of {measured}" in " ".join(render(made).split())


def test_without_a_champion_persistence_stands_in_and_is_marked(checked):
    settings = Settings(horizon_hours=6, leads_hours=())

    made = make_forecast.fn(checked, None, "jena-temperature-6h", STATION, settings)

    assert made.forecast == made.persistence == small_readings()["T (degC)"].iloc[-1]
    assert (made.version, made.rung, made.architecture) == (0, "persistence", "persistence")
    assert made.valid_time - made.issue_time == pd.Timedelta(hours=6)
    assert (made.lower, made.upper) == (None, None)
    assert "persistence, since there is no champion yet" in render(made)


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ({"raises": HistoryIncompleteError("a gap.")}, "a gap"),
        ({"raises": KeyError("weights")}, "Version 3 of jena-temperature-24h cannot forecast: 'weights'"),
        ({"forecast": math.nan}, "Version 3 of jena-temperature-24h forecasts no number"),
    ],
)
def test_where_the_champion_cannot_the_next_speaks_and_says_why(checked, columns, why):
    made = said(checked, **columns)

    assert (made.rung, made.version, made.forecast) == ("persistence", 0, made.persistence)
    assert why in made.why
    assert f"says persistence, since {made.why}." in sentence(made)


def test_a_champion_that_lacks_parts_says_which(checked):
    made = said(checked, missing="p (mbar), rh (%)", **BOUNDS)

    assert (made.rung, made.version, made.missing) == ("champion with parts missing", 3, "p (mbar), rh (%)")
    assert "says version 3, lstm without p (mbar), rh (%)." in sentence(made)
    keep_forecast.fn(made, STATION)
    [row] = read_forecasts(MODEL, STATION.local).to_dict("records")
    assert (row["rung"], row["missing"]) == (made.rung, made.missing)


def test_a_forecast_is_kept_once(checked):
    made = said(checked, **BOUNDS)

    first, second = keep_forecast.fn(made, STATION), keep_forecast.fn(made, STATION)

    assert (first.written, second.written) == (True, False)
    [row] = read_forecasts(MODEL, STATION.local).to_dict("records")
    times = {name: getattr(made, name).astimezone(UTC).replace(tzinfo=None) for name in ("issue_time", "valid_time")}
    assert row == made.model_dump(include=set(COLUMNS)) | times
    assert "Added to" in render(first)
    assert "Already in" in render(second)


def test_without_an_interval_the_table_has_none(checked):
    keep_forecast.fn(said(checked), STATION)

    assert np.isnan(read_forecasts(MODEL, STATION.local)[["lower", "upper"]].to_numpy()).all()


def test_what_was_said_first_stays_and_that_is_told(checked, caplog):
    keep_forecast.fn(said(checked), STATION)
    with caplog.at_level("WARNING", logger="jena"):
        keep_forecast.fn(said(checked), STATION)
        assert "already" not in caplog.text
        keep_forecast.fn(said(checked, forecast=30.0).model_copy(update={"data_hash": "another"}), STATION)

    assert "is in the table already and stays, though of other readings: 9.5 °C" in caplog.text
    assert list(read_forecasts(MODEL, STATION.local)["forecast"]) == [9.5]


def test_the_champion_and_persistence_of_one_time_both_stay(checked):
    for made in (make_forecast.fn(checked, None, MODEL, STATION, SETTINGS), said(checked)):
        assert keep_forecast.fn(made, STATION).written

    assert list(read_forecasts(MODEL, STATION.local)["version"]) == [0, 3]


def test_programs_get_json_without_nan(checked, capsys):
    show_json(keep_forecast.fn(said(checked), STATION))

    told = json.loads(capsys.readouterr().out)
    asked = {"issue_time", "valid_time", "forecast", "lower", "upper", "persistence"}
    assert asked | {"model", "version", "data_hash", "written"} <= set(told)
    assert (told["lower"], told["written"], told["issue_time"]) == (None, True, "2012-03-26T00:10:00+01:00")


class Curved(Stub):
    """A forecaster that gives every hour of two days."""

    preparation = SimpleNamespace(horizon_minutes=1440.0)

    def curve(self, readings):
        hours = np.arange(1.0, 49)
        row = self.forecast(readings).iloc[[0] * 48].reset_index(drop=True)
        said = {"horizon_hours": hours, "forecast": 9.5 + (hours - 24) / 10}
        bounds = {name: row[name] + (hours - 24) / 10 for name in row if name.startswith(("lower", "upper"))}
        valid = row["issue_time"] + pd.to_timedelta(hours, unit="h")
        return row.assign(valid_time=valid, **said, **bounds)


def test_a_target_without_a_unit_leaves_no_hole_in_a_sentence(checked):
    champion = Champion(MODEL, 3, "lstm", Curved(**BOUNDS, missing=""))

    made = make_forecast.fn(checked, champion, MODEL, STATION, SETTINGS).model_copy(update={"unit": ""})

    assert f"({made.persistence:.1f}), says" in sentence(made)
    assert "The next 48 hours\n" in render(made)


def test_a_curve_is_kept_a_row_a_lead_and_shown_in_eighty_columns(checked):
    champion = Champion(MODEL, 3, "lstm", Curved(**BOUNDS, missing=""))

    made = keep_forecast.fn(make_forecast.fn(checked, champion, MODEL, STATION, SETTINGS), STATION)
    again = keep_forecast.fn(made, STATION)

    table = read_forecasts(MODEL, STATION.local)
    assert (made.written, again.written) == (True, False)
    assert list(table["horizon_hours"]) == list(range(1, 49))
    np.testing.assert_allclose(table["upper"] - table["forecast"], 4.5)
    assert table["issue_time"].nunique() == table["persistence"].nunique() == 1
    [headline] = read_forecasts(MODEL, STATION.local, horizon_hours=24).to_dict("records")
    assert headline["forecast"] == made.forecast == 9.5
    assert headline["lower"] == made.lower
    curve = render(made).split("The next 48 hours, in °C")[1].split("Added")[0]
    assert max(map(len, curve.splitlines())) < 80
    assert len([line for line in curve.splitlines() if ":" in line]) == 16
    shown = [line.split() for line in curve.splitlines()]
    assert [f"{made.curve[23].valid_time:%H:%M}", "9.5", "5.0", "and", "14.0"] in [row[-5:] for row in shown]


@pytest.mark.parametrize(
    ("scale", "sentence_says", "table_says"), [(0.04, "0.38", "0.380"), (1, "9.5", "9.50"), (1000, "9500", "9500")]
)
def test_values_are_told_with_the_digits_that_tell_them_apart(checked, scale, sentence_says, table_says):
    scaled = {name: value * scale for name, value in BOUNDS.items()}
    made = said(checked, forecast=9.5 * scale, **scaled).model_copy(update={"persistence": None})

    assert sentence(made).startswith(f"{sentence_says} °C (")
    assert f" {table_says} °C " in render(made)


def test_a_zero_has_no_minus(checked):
    made = said(checked, forecast=-0.004, **BOUNDS)

    assert sentence(made).startswith("0.0 °C")
    assert " 0.00 °C" in render(made)


def test_json_gives_all_leads_and_persistence_a_flat_curve(checked, capsys):
    made = make_forecast.fn(checked, None, MODEL, STATION, Settings())

    show_json(made)

    told = json.loads(capsys.readouterr().out)["curve"]
    assert [lead["horizon_hours"] for lead in told] == list(range(1, 49))
    assert {lead["forecast"] for lead in told} == {made.persistence}
    assert {lead["lower"] for lead in told} == {None}
