"""Of a table that has grown for years a forecast reads the last days, and says what it says of the whole."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest
from small_study import small_readings

from jena_models.errors import ReadingsStaleError
from jena_models.settings import Settings
from jena_models.stations import load_station
from tasks.readings import locate, needed_days, recent_readings

STATION, SETTINGS = load_station("jena"), Settings()
DAYS = 110
READINGS = small_readings(24 * DAYS)[["p (mbar)", "T (degC)", "rh (%)"]].round(3)
SECONDS = (READINGS.index - pd.Timestamp(0)) // pd.Timedelta("1s")
WAYS = {
    "seconds": SECONDS,
    "milliseconds": SECONDS * 1000,
    "ISO with an offset": READINGS.index.strftime("%Y-%m-%dT%H:%M:%S+00:00"),
    "ISO": READINGS.index.strftime("%Y-%m-%d %H:%M"),
}
NOT_COMPARED = {
    "day first": READINGS.index.strftime("%d.%m.%Y %H:%M"),
    "ISO and another way": [
        *READINGS.index[:-1].strftime("%Y-%m-%d %H:%M"),
        READINGS.index[-1].strftime("%d.%m.%Y %H:%M"),
    ],
    "a date with an hour": READINGS.index.strftime("%Y%m%d%H").astype(int),
}


def table(folder: Path, times: object, readings: pd.DataFrame = READINGS) -> str:
    path = folder / "station.db"
    with closing(sqlite3.connect(path)) as database:
        readings.reset_index(drop=True).assign(time=list(times)).to_sql("observed", database, index=False)
    return f"sqlite:///{path}::observed"


def both(address: str, at: pd.Timestamp) -> tuple[list[int], list]:
    """How many rows come of the days that are needed and of all, and what a forecast is made from either."""
    moment = at.to_pydatetime()
    needed = needed_days(STATION, SETTINGS, moment, asked=True)
    found = [locate.fn(address, STATION, SETTINGS.ingestion, *days) for days in ([needed], [])]
    made = [recent_readings.fn(each, STATION, SETTINGS, moment, asked=True) for each in found]
    return [len(pd.read_parquet(each.path)) for each in found], made


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("back", [1, 24 * 60])
def test_the_last_days_alone_are_read_and_the_result_is_the_same(home, way, back):
    rows, made = both(table(home, WAYS[way]), READINGS.index[-back])

    assert rows[0] < 24 * 40
    assert rows[1] == len(READINGS)
    assert made[0].key == made[1].key
    pd.testing.assert_frame_equal(*(pd.read_parquet(each.readings) for each in made))


@pytest.mark.parametrize("way", NOT_COMPARED)
def test_times_that_cannot_be_compared_for_certain_are_read_as_ever(home, way):
    rows, made = both(table(home, NOT_COMPARED[way]), READINGS.index[-24])

    assert rows == [len(READINGS)] * 2
    assert made[0].key == made[1].key


def test_what_needs_the_whole_table_is_said_of_the_whole_table(home):
    silent = READINGS.copy()
    silent.iloc[-24 * 60 :] = float("nan")

    with pytest.raises(ReadingsStaleError) as caught:
        both(table(home, WAYS["ISO"], silent), READINGS.index[-1])

    assert "60 days before" in str(caught.value)
