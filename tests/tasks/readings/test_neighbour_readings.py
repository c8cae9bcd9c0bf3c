"""Neighbours' readings come in beside the station's own, and one that does not costs its part alone."""

from contextlib import nullcontext
from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from two_stations import START, weather, write_readings, write_station

from jena_models.errors import JenaError
from jena_models.options.production_options import Forecasting
from jena_models.settings import Settings
from jena_models.stations import load_station
from jena_models.stations.forecast_sources import ForecastSource
from tasks.readings.ingestion import ingest
from tasks.readings.locating import locate
from tasks.readings.neighbour_check import checked_neighbours, require_forecasts
from tasks.readings.newest_readings import check_recent, recent_readings

HOURS = 24 * 60
SETTINGS = Settings(history_hours=48, forecasting=Forecasting(days=10))


@pytest.fixture
def east(home):
    """A function that gives the east with the west as its neighbour, and where both have their readings."""
    written = weather(HOURS)

    def made(theirs=None, **told):
        write_readings(home, "east", written["east"])
        write_readings(home, "west", written["west"] if theirs is None else theirs)
        write_station(home, "west", **told.pop("west", {}))
        named = {"station": "west.yaml", "source": "west.csv"} | told
        return load_station(str(write_station(home, "east", neighbours=[named])))

    made.written = written
    return made


def located(home, station):
    return locate.fn(str(home / "east.csv"), station, SETTINGS.ingestion)


def table_of(ingested):
    return pd.read_parquet(ingested.readings)


def test_their_columns_stand_beside_the_stations_own_and_the_key_follows_their_content(east, home):
    station = east()
    first = located(home, station)
    table = table_of(ingest.fn(first, station))
    write_readings(home, "west", east.written["west"] + 1)
    second = located(home, station)

    assert list(table) == ["T (degC)", "west: T (degC)"]
    np.testing.assert_array_equal(table["west: T (degC)"], east.written["west"])
    assert first.key != second.key
    np.testing.assert_allclose(table_of(ingest.fn(second, station))["west: T (degC)"], east.written["west"] + 1)


def test_a_neighbour_of_another_clock_and_cadence_comes_at_the_same_moments(east, home):
    written = weather(HOURS)["west"]
    local = written.iloc[::3].tz_localize("UTC").tz_convert("Asia/Kolkata").tz_localize(None)
    station = east(local, west={"clock": "Asia/Kolkata", "cadence_minutes": 180})

    table = table_of(ingest.fn(located(home, station), station))

    np.testing.assert_array_equal(table["west: T (degC)"], np.repeat(written.iloc[::3].to_numpy(), 3)[: len(table)])


def test_rows_of_the_stations_own_source_are_taken_by_select(home):
    long = weather(HOURS).rename_axis(columns="city").stack().rename("T").reset_index()
    long.to_csv(home / "both.csv", index=False)
    named = [{"station": "east.yaml", "name": "west", "select": {"city": ["west"]}}]
    path = write_station(home, "east", select={"city": ["east"]}, neighbours=named)
    station = load_station(str(path))

    table = table_of(ingest.fn(locate.fn(str(home / "both.csv"), station, SETTINGS.ingestion), station))

    np.testing.assert_array_equal(table["west: T (degC)"], weather(HOURS)["west"])
    np.testing.assert_array_equal(table["T (degC)"], weather(HOURS)["east"])


@pytest.mark.parametrize("broken", ["absent", "no table", "empty", "another column"])
def test_one_that_cannot_be_read_costs_its_columns_and_is_named(east, home, caplog, broken):
    station = east()
    file = home / "west.csv"
    if broken == "absent":
        file.unlink()
        station = load_station(str(home / "east.yaml"))
    else:
        file.write_bytes({"no table": b"\x00\x01", "empty": b"", "another column": b"time,x\n2015-01-01,1\n"}[broken])

    ingested = ingest.fn(located(home, station), station)
    table = table_of(ingested)

    assert table["west: T (degC)"].isna().all()
    np.testing.assert_array_equal(table["T (degC)"], east.written["east"])
    assert "The neighbour 'west' has no part in this" in caplog.text
    assert ingested.report.neighbours[0].problem


def test_a_forecast_at_a_time_sees_of_a_neighbour_what_could_be_had_by_then(east, home):
    station = east(available_after=5)
    moment = (START + pd.Timedelta(days=40)).to_pydatetime()
    whole = table_of(ingest.fn(located(home, station), station))

    before = recent_readings.fn(located(home, station), station, SETTINGS, moment, asked=True)
    changed = east.written["west"].where(east.written.index <= pd.Timestamp(moment) - pd.Timedelta(hours=5), -40.0)
    write_readings(home, "west", changed)
    after = recent_readings.fn(located(home, station), station, SETTINGS, moment, asked=True)

    assert after.source.key == before.source.key
    table = table_of(before)
    pd.testing.assert_frame_equal(table, whole.loc[table.index], check_freq=False)
    assert table["west: T (degC)"].iloc[-1] == east.written["west"].loc[pd.Timestamp(moment) - pd.Timedelta(hours=5)]


def test_a_neighbour_that_fell_silent_leaves_the_newest_readings_as_they_are(east, home, caplog):
    station = east(weather(HOURS)["west"].iloc[: 24 * 20])
    moment = datetime(2015, 2, 10)

    ingested = recent_readings.fn(located(home, station), station, SETTINGS, moment, asked=True)
    checked = check_recent.fn(ingested, station, SETTINGS)

    table = table_of(checked)
    assert table["west: T (degC)"].isna().all()
    assert table["T (degC)"].notna().all()
    assert "holds no reading of it of these times" in caplog.text


def test_the_check_of_a_station_file_names_each_neighbour_with_its_place_and_overlap(east, home):
    station = east(weather(HOURS)["west"].iloc[24 * 30 :])

    lines, problems = checked_neighbours(station, str(home / "east.csv"), SETTINGS.ingestion)
    alone, _ = checked_neighbours(station, None, SETTINGS.ingestion)
    (home / "west.csv").unlink()
    _, missing = checked_neighbours(station, str(home / "east.csv"), SETTINGS.ingestion)

    assert lines == ("Neighbour west, 357 km W (272°): at 50.0% of the station's times from 2015-01-31 to 2015-03-01.",)
    assert problems == ()
    assert alone == ("Neighbour west, 357 km W (272°): 720 readings from 2015-01-31 to 2015-03-01.",)
    assert "neighbour 'west': There is no file" in missing[0]


@pytest.mark.parametrize(("column", "problem"), [("t", None), ("temp", "temp")])
def test_the_check_of_a_station_file_reads_the_forecasts_of_others_too(east, home, column, problem):
    issued = pd.date_range(START, periods=60, freq="12h")
    rows = [f"{time},{lead},{lead / 10}" for time in issued for lead in (12, 24)]
    (home / "runs.csv").write_text("\n".join(["issued,lead,t", *rows]))
    told = {"name": "nwp", "source": str(home / "runs.csv"), "issue_time": ["issued"], "lead": "lead"}
    told |= {"available_after_hours": 6, "columns": [{"name": "t2m", "source": column, "of": "T (degC)"}]}
    station = east().model_copy(update={"forecasts": (ForecastSource.model_validate(told),)})

    with nullcontext() if problem is None else pytest.raises(JenaError, match=problem):
        require_forecasts(station, str(home / "east.csv"), SETTINGS.ingestion)
