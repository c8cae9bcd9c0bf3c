"""The forecasts table of many machines: a Delta table, in a folder and in an object store that speaks S3."""

import sys
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pandas as pd
import pytest
from made_forecasts import MODEL, UTC, forecasts, said_by_writers

from jena_models.errors import ForecastsTableError, RequestError
from tasks.forecasting import forecasts_sent_later, send_forecasts
from tasks.forecasting.forecasts_table import forecasts_table, read_forecasts
from tasks.forecasting.tables import delta_store, delta_upkeep
from tasks.forecasting.tables.delta_store import DeltaStore, reason_of
from tasks.forecasting.tables.forecast_rows import COLUMNS
from tasks.forecasting.tables.parquet_forecasts import forecasts_folder
from tasks.forecasting.tables.unsent_forecasts import unsent_folder

STATIONS = 6
SECRET = "hush-hush-hush"

WRITER = """
import sys
import pandas as pd
from jena_models.stations.clock import clock_named
from tasks.forecasting import forecasts_sent_later, send_forecasts
from tasks.forecasting.forecasts_table import forecasts_table

runs, place = pd.read_pickle(sys.argv[1]), sys.argv[2]
print("ready", flush=True)
sys.stdin.readline()
for issue_time, run in runs.groupby("issue_time"):
    with forecasts_sent_later():
        for name, rows in run.groupby("model"):
            forecasts_table(place).add(name, rows, clock_named("UTC"))
    send_forecasts(place)
"""


@pytest.fixture
def place(home):
    return str(home / "table")


@pytest.fixture(scope="module")
def object_store():
    """The address of a server that speaks S3, with a bucket named forecasts."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        assert httpx.put(f"http://{host}:{port}/forecasts").is_success
        yield f"http://{host}:{port}"
    finally:
        server.stop()


@pytest.fixture
def bucket(home, object_store, monkeypatch):
    """A place in the object store, with its credentials in the environment."""
    credentials = {
        "AWS_ACCESS_KEY_ID": "somebody",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": object_store,
        "AWS_ALLOW_HTTP": "true",
    }
    for name, value in credentials.items():
        monkeypatch.setenv(name, value)
    return f"s3://forecasts/{home.parent.name}"


def commits(place):
    return DeltaStore(place).seen(anew=True).version()


def test_a_table_of_many_machines_holds_what_files_of_one_would(place):
    hours = pd.date_range("2017-06-30 20:00", periods=10, freq="h")
    table = pd.concat([forecasts(hours), forecasts(hours, version=4), forecasts(hours, horizon_hours=6.0)])
    assert forecasts_table(place).add(MODEL, table.sample(frac=1, random_state=1), UTC) == 30
    assert forecasts_table(place).add("another-temperature-24h", forecasts(hours[:1]), UTC) == 1
    assert forecasts_table(place).add(MODEL, table.assign(forecast=99.0), UTC) == 0
    assert forecasts_table().add(MODEL, table, UTC) == 30

    for asked in (
        {},
        {"start": datetime(2017, 6, 30, 23), "end": datetime(2017, 7, 1, 1)},
        {"start": datetime(2017, 7, 1, 1)},
        {"end": datetime(2017, 6, 30, 21), "horizon_hours": 6.0},
    ):
        pd.testing.assert_frame_equal(
            read_forecasts(MODEL, UTC, place=place, **asked), read_forecasts(MODEL, UTC, **asked)
        )
    span = timedelta(hours=3)
    pd.testing.assert_frame_equal(
        forecasts_table(place).newest(MODEL, UTC, span), forecasts_table().newest(MODEL, UTC, span)
    )


def test_before_anything_is_written_it_is_empty_and_typed(place):
    assert dict(read_forecasts(MODEL, UTC, place=place).dtypes.astype(str)) == COLUMNS
    assert forecasts_table(place).newest(MODEL, UTC, timedelta(days=9)).empty
    assert forecasts_table(place).last_written(MODEL) is None


@pytest.mark.slow
def test_what_is_newest_is_counted_from_a_models_own_newest_forecast(place):
    forecasts_table(place).add(MODEL, forecasts(pd.date_range("2024-02-01", periods=5, freq="h")), UTC)
    before = forecasts_table(place).last_written(MODEL)
    # Enough models that one of them lies in a group with the first.
    for number in range(60):
        with forecasts_sent_later():
            forecasts_table(place).add(f"other-{number}", forecasts(["2024-05-01"]), UTC)
    send_forecasts(place)

    found = forecasts_table(place).newest(MODEL, UTC, timedelta(hours=2))

    assert list(found["issue_time"]) == list(pd.date_range("2024-02-01 02:00", periods=3, freq="h"))
    assert forecasts_table(place).last_written("other-1") > before
    assert forecasts_table(place).last_written("nobody") is None


def test_a_run_over_many_stations_is_one_commit(place):
    forecasts_table(place).add(MODEL, forecasts(["2017-07-01"]), UTC)
    before = commits(place)

    with forecasts_sent_later():
        for number in range(20):
            forecasts_table(place).add(f"station-{number}", forecasts(["2017-07-01 01:00"]), UTC)
    send_forecasts(place)

    assert commits(place) == before + 1
    assert all(len(read_forecasts(f"station-{number}", UTC, place=place)) == 1 for number in range(20))


def test_files_of_before_are_taken_over_once_and_told(place, caplog):
    old = forecasts(pd.date_range("2017-06-30 20:00", periods=4, freq="h"))
    forecasts_table().add(MODEL, old, UTC)
    assert len(read_forecasts(MODEL, UTC, place=place)) == 4

    with caplog.at_level("INFO", "jena"):
        again = forecasts_table(place).add(MODEL, forecasts(["2017-06-30 23:00", "2017-07-01 00:00"]), UTC)
        forecasts_table(place).add(MODEL, forecasts(["2017-07-01 01:00"]), UTC)

    assert again == 1
    [told] = [record.message for record in caplog.records if "read no more" in record.message]
    assert f"is in the table at {place} now" in told
    for file in forecasts_folder(MODEL).rglob("*.parquet"):
        file.unlink()
    assert len(read_forecasts(MODEL, UTC, place=place)) == 6


@pytest.mark.slow
@pytest.mark.parametrize("where", ["place", "bucket"])
def test_processes_that_write_at_once_lose_and_double_nothing(home, request, where):
    """Given three processes with hours in common, when they write at once, then each row is there once."""
    place = request.getfixturevalue(where)
    hours = pd.date_range("2017-07-31 20:00", periods=8, freq="h")
    names = [f"station-{number}-temperature-24h" for number in range(STATIONS)]
    parts = [
        pd.concat([forecasts(part).assign(model=name, forecast=float(number)) for name in names])
        for number, part in enumerate([hours[:5], hours[3:], hours[2:6]])
    ]

    # Each has a home of its own, as machines have.
    said_by_writers(WRITER, parts, [home / f"machine-{number}" for number in range(3)], place)

    for name in names:
        assert list(read_forecasts(name, UTC, place=place)["issue_time"]) == list(hours)
    assert commits(place) <= 14  # runs that added anything, and the making of the table
    assert not list(home.glob("machine-*/unsent-forecasts/*/*.parquet"))


@pytest.mark.slow
def test_what_cannot_be_sent_waits_and_goes_with_the_next(bucket, object_store, monkeypatch):
    forecasts_table(bucket).add(MODEL, forecasts(["2017-07-01 00:00"]), UTC)
    nowhere = bucket.replace("forecasts", "nowhere", 1)
    with pytest.raises(ForecastsTableError, match="cannot be written \\(NoSuchBucket\\)") as refused:
        forecasts_table(nowhere).add(MODEL, forecasts(["2017-07-01 01:00"]), UTC)
    assert SECRET not in str(refused.value)

    assert httpx.put(f"{object_store}/nowhere").is_success
    assert forecasts_table(nowhere).add(MODEL, forecasts(["2017-07-01 02:00"]), UTC) == 2
    assert len(read_forecasts(MODEL, UTC, place=bucket)) == 1


def test_a_damaged_file_that_waits_is_set_aside_and_keeps_no_other_from_the_table(place, caplog):
    """No forecast of this machine was sent any more, for ever."""
    damaged = unsent_folder(DeltaStore(place)) / f"1.{MODEL}.abcdef01.parquet"
    damaged.parent.mkdir(parents=True)
    damaged.write_text("PAR1 but no more")

    forecasts_table(place).add(MODEL, forecasts(["2017-07-01"]), UTC)

    assert len(read_forecasts(MODEL, UTC, place=place)) == 1
    assert [each.name for each in damaged.parent.glob("*abcdef01*")] == [f"{damaged.name}.damaged"]
    assert f"{damaged.name}.damaged is damaged" in caplog.text


def test_small_files_are_joined_and_nothing_that_is_read_changes(place, monkeypatch):
    for hour in pd.date_range("2017-06-30 20:00", periods=8, freq="h"):
        forecasts_table(place).add(MODEL, forecasts([hour]), UTC)
    before, files = read_forecasts(MODEL, UTC, place=place), len(DeltaStore(place).files())
    monkeypatch.setattr(delta_upkeep, "MOST_SMALL", 3)
    monkeypatch.setattr(delta_upkeep, "MOST_OF_A_PAST_MONTH", 3)

    forecasts_table(place).add(MODEL, forecasts(["2017-07-01 04:00"]), UTC)

    assert (files, len(DeltaStore(place).files())) == (8, 2)
    after = read_forecasts(MODEL, UTC, place=place)
    pd.testing.assert_frame_equal(after.iloc[:-1], before)


@pytest.mark.parametrize("error", [ForecastsTableError("cannot be read (ExpiredToken)."), OSError("SlowDown")])
def test_what_is_in_the_table_is_written_though_its_upkeep_fails(place, monkeypatch, caplog, error):
    """Given credentials that expire once the rows are there, then the run has not failed."""

    def fail(store):
        raise error

    monkeypatch.setattr(DeltaStore, "files", fail)

    assert forecasts_table(place).add(MODEL, forecasts(["2017-07-01"]), UTC) == 1
    assert "are not joined this time: " + str(error) in caplog.text
    assert len(read_forecasts(MODEL, UTC, place=place)) == 1


def test_an_answer_that_is_cut_off_is_asked_for_again(place, monkeypatch):
    from deltalake.exceptions import DeltaError

    forecasts_table(place).add(MODEL, forecasts(["2017-07-01"]), UTC)
    monkeypatch.setattr(delta_store, "LONGEST_WAIT", 0.0)
    opened, cuts = DeltaStore._opened, 0

    def cut(store):
        nonlocal cuts
        if cuts:
            cuts -= 1
            raise DeltaError("Generic S3 error: HTTP error: error decoding response body")
        return opened(store)

    monkeypatch.setattr(DeltaStore, "_opened", cut)
    cuts = 1
    assert forecasts_table(place).add(MODEL, forecasts(["2017-07-01 01:00"]), UTC) == 1
    delta_store._seen.clear()
    cuts = 1
    assert len(read_forecasts(MODEL, UTC, place=place)) == 2
    delta_store._seen.clear()
    cuts = 100
    with pytest.raises(ForecastsTableError, match=r"cannot be read .*error decoding response body"):
        read_forecasts(MODEL, UTC, place=place)
    assert cuts == 100 - delta_store.CUT_TRIES


def test_a_half_written_commit_is_told_without_places_in_the_code(place):
    forecasts_table(place).add(MODEL, forecasts(["2017-07-01"]), UTC)
    last = max((Path(place) / "_delta_log").glob("*.json"))
    last.write_bytes(last.read_bytes()[: last.stat().st_size // 2])
    delta_store._seen.clear()

    with pytest.raises(ForecastsTableError, match=r"cannot be read .*Truncated record"):
        read_forecasts(MODEL, UTC, place=place)


def test_the_reason_is_the_cause_and_neither_an_address_nor_places_in_the_code():
    traced = "Kernel error: Json error: Truncated record\n   0: <unknown>\n  13: clone3\n     at ./clone3.S:81:0\n"
    assert reason_of(OSError(traced)) == "Kernel error: Json error: Truncated record"
    asked = "Generic S3 error: Error performing PUT http://127.0.0.1:1/b.parquet in 3s, after 10 retries  - HTTP error"
    assert reason_of(OSError(asked)) == "Generic S3 error: HTTP error"


def test_a_place_with_a_password_is_refused(home):
    with pytest.raises(RequestError, match="put it into the environment"):
        read_forecasts(MODEL, UTC, place="s3://somebody:hush@bucket/path")


def test_without_the_extra_a_sentence_says_what_to_install(place, monkeypatch):
    for name in [name for name in sys.modules if name.partition(".")[0] == "deltalake"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "deltalake", None)

    with pytest.raises(RequestError, match=r"pip install 'jena-forecast\[delta\]'"):
        read_forecasts(MODEL, UTC, place=place)
