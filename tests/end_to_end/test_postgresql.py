"""A station whose readings come into a PostgreSQL table, row by row, while the workflow runs on it."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from postgresql_server import PASSWORD, Server, postgresql_server
from small_study import small_readings

from flows.fleets.study_steps import train_with
from flows.steps.forecast_steps import forecast_with
from flows.steps.monitor_steps import monitor_with
from flows.steps.ways import at_once
from jena_models.errors import DatabaseUnreachableError, RequestError, SourceUnreadableError
from jena_models.reading.reading import read
from jena_models.settings import Settings
from jena_models.sources import databases
from jena_models.sources.databases import connected, place_of, read_database
from jena_models.stations import load_station
from tasks.forecasting.forecasts_table import read_forecasts
from tasks.readings import locate, needed_days, recent_readings
from tasks.workspace import resolve

pytestmark = pytest.mark.slow

STATION = load_station("jena")
COLUMNS = ["p (mbar)", "T (degC)", "rh (%)"]
DAYS, HOURS = 120, 24 * 120
DAY = 10 + 6 * np.sin(np.arange(HOURS) * np.pi / 12)
SPELLS = 12 * pd.Series(np.random.default_rng(4).normal(0, 1, HOURS)).ewm(alpha=0.08).mean()
"""Weather that is another within a day, so that ridge regression beats persistence."""
READINGS = small_readings(HOURS)[COLUMNS].assign(**{"T (degC)": DAY + SPELLS.to_numpy()}).round(3)
"""In UTC, hourly."""
KNOWN = 24 * (DAYS - 10)
WATCHED = 8
"""Days that are forecast after training, before one of them is looked back on."""


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


def test_a_server_that_ends_the_connection_is_asked_again_and_a_query_that_is_wrong_is_not(
    server: Server, table: str
) -> None:
    def ended_before_it_asks() -> None:
        with connected(place_of(server.address)) as connection:
            number = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
            with server.connected() as owner:
                owner.execute("SELECT pg_terminate_backend(%s)", [number])
            pd.read_sql_query("SELECT 1", connection)

    with pytest.raises(DatabaseUnreachableError):
        ended_before_it_asks()
    with pytest.raises(SourceUnreadableError, match="no_such") as error:
        read_database(f"{server.address}::SELECT no_such FROM observed")
    assert not isinstance(error.value, DatabaseUnreachableError)


@pytest.mark.parametrize(("given", "idle"), [("", "30"), ("?keepalives_idle=90", "90")])
def test_a_server_that_is_gone_without_a_word_is_noticed(server: Server, table: str, given: str, idle: str) -> None:
    with connected(place_of(f"{server.address}{given}")) as connection:
        told = connection.connection.driver_connection.info.get_parameters()

    assert told["keepalives_idle"] == idle
    assert (told["keepalives_interval"], told["keepalives_count"], told["tcp_user_timeout"]) == ("10", "3", "60000")


@contextmanager
def way_to(server: Server) -> Iterator[tuple[str, threading.Event]]:
    """The table's address by a way that can fall silent: it takes what it is sent, and brings nothing back."""
    silent = threading.Event()

    def carry(source: socket.socket, target: socket.socket, *, back: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if not (back and silent.is_set()):
                    target.sendall(data)
            target.shutdown(socket.SHUT_WR)

    def serve() -> None:
        with suppress(OSError):
            while True:
                near, _ = listening.accept()
                far = socket.create_connection(("127.0.0.1", server.port))
                ends.extend([near, far])
                for source, target, back in ((near, far, False), (far, near, True)):
                    threading.Thread(target=carry, args=(source, target), kwargs={"back": back}, daemon=True).start()

    ends: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=serve, daemon=True).start()
        try:
            yield Server(listening.getsockname()[1]).address, silent
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            for end in ends:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
                end.close()


def test_a_way_that_falls_silent_in_mid_read_is_noticed(server: Server, table: str) -> None:
    def asked_twice() -> None:
        with connected(place_of(f"{address}?answer_seconds=0.5::observed")) as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM observed").scalar() == KNOWN
            silent.set()
            connection.exec_driver_sql("SELECT count(*) FROM observed")

    said = pytest.raises(DatabaseUnreachableError, match=r"cannot be read: the server has said nothing for 0\.5 s\.")
    with way_to(server) as (address, silent), said:
        asked_twice()


def test_a_server_that_never_says_anything_is_given_up(server: Server, table: str, monkeypatch) -> None:
    monkeypatch.setattr(databases, "CONNECT_SECONDS", 2)
    with way_to(server) as (address, silent):
        silent.set()
        with pytest.raises(DatabaseUnreachableError, match="cannot be read: connection timeout expired"):
            read_database(f"{address}::observed")


def test_how_long_a_server_may_say_nothing_is_a_number(server: Server, table: str) -> None:
    with pytest.raises(RequestError, match="has no number of seconds in answer_seconds, but 'long'"):
        read_database(f"{server.address}?answer_seconds=long::observed")


@pytest.mark.parametrize(
    "time",
    [
        "time",
        "time AT TIME ZONE 'UTC'",
        "to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI')",
        "extract(epoch FROM time)",
    ],
    ids=["with a zone", "without one", "text", "seconds"],
)
def test_a_forecast_asks_a_table_for_its_last_days_alone(server: Server, table: str, time: str) -> None:
    with server.connected() as connection:
        connection.execute(
            f"""CREATE VIEW other AS SELECT {time} AS time, "p (mbar)", "T (degC)", "rh (%)" FROM observed"""
        )
    try:
        settings, moment = Settings(), READINGS.index[KNOWN - 24].to_pydatetime()
        needed = needed_days(STATION, settings, moment, asked=True)
        address = table.replace("observed", "other")

        few, all_rows = (locate.fn(address, STATION, settings.ingestion, *days) for days in ([needed], []))
    finally:
        with server.connected() as connection:
            connection.execute("DROP VIEW other")

    assert len(pd.read_parquet(few.path)) < 24 * 40 < len(pd.read_parquet(all_rows.path)) == KNOWN
    made = [recent_readings.fn(each, STATION, settings, moment, asked=True) for each in (few, all_rows)]
    assert made[0].source.key == made[1].source.key
    assert made[0].key == made[1].key


def test_a_champion_that_was_trained_from_a_table_forecasts_and_is_watched_while_the_table_grows(
    server: Server, table: str, caplog: pytest.LogCaptureFixture, home
) -> None:
    told = {"source": table, "architectures": ["persistence", "ridge"], "history_hours": 24, "workers": 1}
    few_days = {"promotion.coverage_tolerance": 0.4, "tracking.fallback": False, "forecasting.max_age_hours": 1000}
    settings = resolve("quick", told | few_days)
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, "matplotlib")

    trained = train_with(settings, STATION)

    assert [row.architecture for row in trained.leaderboard] == ["ridge", "persistence"]
    assert trained.promotion.promoted

    last = KNOWN + 24 * WATCHED
    came, spoke, ended = threading.Event(), threading.Event(), threading.Event()

    def grow() -> None:
        for number in range(KNOWN, last, 16):
            insert(server, READINGS[number : number + 16])
            came.set()
            spoke.wait(60)  # for the first time alone: a writer that is done by then would show no growth
        ended.set()

    made = []
    writer = threading.Thread(target=grow)
    writer.start()
    try:
        while True:
            assert came.wait(30)
            came.clear()
            done = ended.is_set()
            made.append(forecast_with(at_once, settings, local(READINGS.index[-1])))
            spoke.set()
            if done:
                break
    finally:
        spoke.set()
        writer.join()

    issued = [each.issue_time for each in made]
    assert issued == sorted(issued)
    assert len(set(issued)) > 1
    assert issued[-1] == READINGS.index[last - 1].tz_localize("UTC")
    assert {(each.rung, each.architecture, each.version) for each in made} == {("champion", "ridge", 1)}

    for number in range(KNOWN, last, 6):
        forecast_with(at_once, settings, local(READINGS.index[number]))
    insert(server, READINGS[last:])
    days = [monitor_with(at_once, settings, local(READINGS.index[last] + timedelta(days=more))) for more in (0, 1)]

    assert (days[1].day - days[0].day).days == 1
    assert {day.version for day in days} == {1}
    for day in days:
        scores = {check.figure: check.value for check in day.checks if check.group == "scores"}
        assert scores["MAE"] > 0
    said = read_forecasts(made[0].model, STATION.local)
    assert set(said["rung"]) == {"champion"}
    assert (said["lower"] < said["upper"]).all()
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
