"""A station whose readings come into a PostgreSQL table, row by row, while the workflow runs on it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from datetime import timedelta

import pandas as pd
import pytest
from postgresql_server import PASSWORD, Server, postgresql_server
from small_study import small_readings

from flows.steps.forecast_steps import forecast_with
from flows.steps.monitor_steps import monitor_with
from flows.ways import at_once
from jena_models.errors import RequestError, SourceUnreadableError
from jena_models.options.production_options import Forecasting
from jena_models.reading.reading import read
from jena_models.settings import Settings
from jena_models.stations import load_station
from tasks.forecasting.forecasts_table import read_forecasts
from tasks.readings import locate

pytestmark = pytest.mark.slow

STATION = load_station("jena")
COLUMNS = ["p (mbar)", "T (degC)", "rh (%)"]
READINGS = small_readings(24 * 60)[COLUMNS].round(3)
"""In UTC, hourly."""
KNOWN = 24 * 45


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with postgresql_server() as started:
        yield started


@pytest.fixture
def table(server: Server, home, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a table that holds the first weeks; the newest row was written first."""
    monkeypatch.setenv("READER_PASSWORD", PASSWORD)
    with server.connected() as connection:
        columns = ", ".join(f'"{name}" numeric' for name in COLUMNS)
        connection.execute(f"CREATE TABLE observed (time timestamptz PRIMARY KEY, {columns}, remark text)")
    insert(server, READINGS[:KNOWN][::-1])
    yield f"{server.address}::observed"
    with server.connected() as connection:
        connection.execute("DROP TABLE observed")


def insert(server: Server, rows: pd.DataFrame) -> None:
    with server.connected() as connection, connection.cursor() as cursor:
        values = [(time.tz_localize("UTC").to_pydatetime(), *map(float, row)) for time, *row in rows.itertuples()]
        cursor.executemany("INSERT INTO observed VALUES (%s, %s, %s, %s)", values)


def local(time: pd.Timestamp) -> str:
    return STATION.local.shown(time).isoformat()


def test_a_table_is_read_to_the_digit_whatever_the_zone_of_the_session(server: Server, table: str) -> None:
    source = locate.fn(table, STATION, Settings().ingestion)

    read_back = read(source.path, STATION, source.told).table

    pd.testing.assert_frame_equal(read_back, READINGS[:KNOWN], check_freq=False, check_index_type=False)
    queried = locate.fn(f"{server.address}::SELECT * FROM observed WHERE remark IS NULL", STATION, Settings().ingestion)
    assert len(read(queried.path, STATION).table) == KNOWN


def test_forecasts_and_days_follow_a_table_that_grows(
    server: Server, table: str, caplog: pytest.LogCaptureFixture, home
) -> None:
    settings = Settings(source=table, forecasting=Forecasting(max_age_hours=1000))
    model = "jena-temperature-24h"
    came, ended = threading.Event(), threading.Event()

    def grow() -> None:
        for number in range(KNOWN, len(READINGS) - 1):
            insert(server, READINGS[number : number + 1])
            came.set()
        ended.set()

    caplog.set_level(logging.DEBUG)
    issued = []
    writer = threading.Thread(target=grow)
    writer.start()
    try:
        while True:
            assert came.wait(30)
            came.clear()
            done = ended.is_set()
            issued.append(forecast_with(at_once, settings, local(READINGS.index[-1])).issue_time)
            if done:
                break
    finally:
        writer.join()

    assert issued == sorted(issued)
    assert len(set(issued)) > 1
    assert issued[-1] == READINGS.index[-2].tz_localize("UTC")

    for number in range(len(READINGS) - 24 * 12, len(READINGS) - 24, 6):
        forecast_with(at_once, settings, local(READINGS.index[number]))
    before = monitor_with(at_once, settings, local(READINGS.index[-1] - timedelta(days=2)))
    insert(server, READINGS[-1:])
    after = monitor_with(at_once, settings, local(READINGS.index[-1]))

    assert (after.day - before.day).days == 2
    scores = {check.figure: check.value for check in after.checks if check.group == "scores"}
    said = read_forecasts(model, STATION.local)
    assert scores["MAE"] > 0
    assert set(said["model"]) == {model}
    kept = b"".join(file.read_bytes() for file in home.rglob("*") if file.is_file())
    assert b"${READER_PASSWORD}" in kept
    for secret in (PASSWORD, "p%40ss"):
        assert secret not in caplog.text
        assert secret.encode() not in kept


def test_what_the_server_refuses_is_one_sentence_without_the_password(
    server: Server, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = {
        f"{server.address}::observd": (RequestError, "has no table 'observd'; did you mean 'observed'"),
        f"{server.address}::WITH gone AS (DELETE FROM observed RETURNING 1) SELECT * FROM gone": (
            SourceUnreadableError,
            "cannot be read: DECLARE CURSOR must not contain data-modifying statements",
        ),
    }
    for address, (kind, sentence) in cases.items():
        with pytest.raises(kind, match=sentence):
            locate.fn(address, STATION, Settings().ingestion)
    monkeypatch.setenv("READER_PASSWORD", "wr@ng")
    with pytest.raises(SourceUnreadableError, match="password authentication failed") as caught:
        locate.fn(table, STATION, Settings().ingestion)
    assert "wr@ng" not in str(caught.value)
