"""Sources that are more than a file: several files, an address a month, a database."""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from flows.command_line import main
from jena_models.errors import DownloadError, RequestError, SourceUnreadableError
from jena_models.options.readings_options import Ingestion
from jena_models.stations import StationSchema, load_station
from tasks.readings import ingest, locate
from tasks.readings.locating import check_request
from tasks.workspace import Source

SOON = Ingestion(download_timeout_seconds=2)
FIRST = "2016-01-01 00:00"


def weather(first: str = FIRST, hours: int = 24 * 31) -> pd.DataFrame:
    times = pd.date_range(first, periods=hours, freq="h")
    numbers = (times - pd.Timestamp("2015-01-01")).total_seconds().to_numpy() / 3600
    daily = np.sin(2 * np.pi * numbers / 24)
    return pd.DataFrame(
        {
            "Date Time": times.strftime("%d.%m.%Y %H:%M:%S"),
            "p (mbar)": np.round(990 + 5 * np.cos(numbers / 50), 2),
            "T (degC)": np.round(5 + 4 * daily + np.sin(numbers / 11), 2),
            "rh (%)": np.round(70 - 15 * daily, 1),
        }
    )


@pytest.fixture
def jena() -> StationSchema:
    return load_station("jena")


def located(source: object, jena: StationSchema) -> Source:
    return locate.fn(str(source), jena, SOON)


def readings(source: Source, jena: StationSchema) -> pd.DataFrame:
    return pd.read_parquet(ingest.fn(source, jena).readings)


@pytest.fixture
def whole(tmp_path: Path, jena: StationSchema, home: Path) -> pd.DataFrame:
    """What two months in one file come to."""
    path = tmp_path / "whole.csv"
    weather(hours=24 * 60).to_csv(path, index=False)
    return readings(located(path, jena), jena)


@pytest.mark.parametrize("named", ["months", "months/2016-*.csv"])
def test_a_file_a_month_is_joined_end_to_end(
    named: str, tmp_path: Path, jena: StationSchema, whole: pd.DataFrame
) -> None:
    folder = tmp_path / "months"
    folder.mkdir()
    weather(hours=24 * 31).to_csv(folder / "2016-01.csv", index=False)
    weather("2016-02-01", 24 * 29).to_csv(folder / "2016-02.csv", index=False)
    (folder / "README.txt").write_text("These are no readings.")

    source = located(tmp_path / named, jena)

    pd.testing.assert_frame_equal(readings(source, jena), whole)
    weather("2016-03-01", 24).to_csv(folder / "2016-03.csv", index=False)
    grown = located(tmp_path / named, jena)
    assert grown.key != source.key
    assert len(readings(grown, jena)) == len(whole) + 24


def test_a_file_a_quantity_is_joined_side_by_side(tmp_path: Path, jena: StationSchema, whole: pd.DataFrame) -> None:
    folder = tmp_path / "quantities"
    folder.mkdir()
    table = weather(hours=24 * 60)
    for name in ("p (mbar)", "T (degC)", "rh (%)"):
        table[["Date Time", name]].to_csv(folder / f"{name[0]}.csv", index=False)

    pd.testing.assert_frame_equal(readings(located(folder, jena), jena), whole)


def test_files_of_two_stations_are_no_source(tmp_path: Path, jena: StationSchema, home: Path) -> None:
    weather().to_csv(tmp_path / "valley.csv", index=False)
    weather().assign(**{"T (degC)": -3.0 + np.arange(744) % 7}).to_csv(tmp_path / "summit.csv", index=False)

    with pytest.raises(SourceUnreadableError, match=r"several stations.*valley\.csv says otherwise"):
        readings(located(tmp_path, jena), jena)


def test_files_of_which_none_has_what_is_required_say_so(tmp_path: Path, jena: StationSchema, home: Path) -> None:
    for name in ("p (mbar)", "rh (%)"):
        weather()[["Date Time", name]].to_csv(tmp_path / f"{name[0]}.csv", index=False)

    with pytest.raises(SourceUnreadableError, match=r"None of the 2 tables of .* has a column of .*T \(degC\)"):
        readings(located(tmp_path, jena), jena)


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """A folder, the address it is served at, and what was asked for."""
    monkeypatch.setenv("NO_PROXY", "*")
    folder, asked = tmp_path / "served", []
    folder.mkdir()

    class Noted(SimpleHTTPRequestHandler):
        def log_message(self, *arguments: object) -> None:
            pass

        def send_head(self):
            asked.append(self.path)
            self.path = self.path.partition("?")[0]
            return super().send_head()

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Noted, directory=str(folder)))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield SimpleNamespace(folder=folder, address=f"http://127.0.0.1:{server.server_address[1]}", asked=asked)
    server.shutdown()
    server.server_close()


def test_an_address_with_a_month_brings_every_month_and_old_ones_once(
    served: SimpleNamespace, jena: StationSchema, whole: pd.DataFrame
) -> None:
    weather().to_csv(served.folder / "2016-01.csv", index=False)
    weather("2016-02-01", 24 * 29).to_csv(served.folder / "2016-02.csv", index=False)
    address = f"{served.address}/{{year:2016}}-{{month}}.csv"

    with pytest.raises(DownloadError, match=r"2016-12\.csv answered 404 .* Its years say that it is there"):
        located(address, jena)
    for month in range(3, 13):
        weather(f"2016-{month:02}-01", 24).to_csv(served.folder / f"2016-{month:02}.csv", index=False)
    source = located(address, jena)
    served.asked.clear()
    again = located(address, jena)

    assert source.origin == address
    assert again == source
    assert served.asked == []
    table = readings(source, jena)
    assert len(table) == len(whole) + 10 * 24
    pd.testing.assert_frame_equal(table[: len(whole)], whole)


def test_an_address_with_a_year_counts_back_to_the_first(
    served: SimpleNamespace, jena: StationSchema, home: Path
) -> None:
    this = pd.Timestamp.now("UTC").year
    for year in (this - 1, this - 2, this - 4):
        weather(f"{year}-01-01", 240).to_csv(served.folder / f"{year}.csv", index=False)

    source = located(f"{served.address}/{{year}}.csv", jena)

    assert sorted(file.name for file in source.path.glob("*.csv")) == [f"{this - 2}.csv", f"{this - 1}.csv"]
    with pytest.raises(DownloadError, match=r"any of the newest 3; .* such as \{year:2009-2016\}"):
        located(f"{served.address}/{{year}}.txt", jena)
    with pytest.raises(RequestError, match="names a month and no year"):
        located(f"{served.address}/{{month}}.csv", jena)


@pytest.mark.parametrize("name", ["{year}.csv", "old-{year}.csv"])
def test_a_station_file_is_written_for_an_address_and_reads_it(
    served: SimpleNamespace, home: Path, tmp_path: Path, name: str
) -> None:
    this = pd.Timestamp.now("UTC").year
    for year in (this - 1, this - 2):
        file = served.folder / name.replace("{year}", str(year))
        weather(f"{year}-01-01", 240).drop(columns="p (mbar)").to_csv(file, index=False)
    file, address = tmp_path / "own.yaml", f"{served.address}/{name}"
    asked = ["station", "new", address, "--output", str(file)]
    place = ["clock=UTC", "latitude=50", "longitude=10", "target=T (degC)"]

    with pytest.raises(SystemExit) as end:
        main([*asked, *(part for answer in place for part in ("--answer", answer))])

    assert end.value.code == 0
    assert len(readings(located(address, load_station(str(file))), load_station(str(file)))) == 2 * 240


def test_an_address_that_leads_to_no_table_gets_no_station_file(
    served: SimpleNamespace, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (served.folder / "page.csv").write_text("<html>\nnothing here\n</html>\n")

    with pytest.raises(SystemExit) as end:
        main(["station", "new", f"{served.address}/page.csv", "--output", str(tmp_path / "own.yaml")])

    assert end.value.code == 1
    assert f"{served.address}/page.csv" in capsys.readouterr().err
    assert not (tmp_path / "own.yaml").exists()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "station.db"
    with sqlite3.connect(path) as connection:
        weather(hours=24 * 60).to_sql("readings", connection, index=False)
        pd.DataFrame({"who": ["me"]}).to_sql("people", connection, index=False)
    return path


@pytest.mark.parametrize(
    "wanted", ["::readings", "", "::select * from readings where \"p (mbar)\" > 0 and '50%' <> 'a:b'"]
)
def test_a_table_and_a_query_of_a_database_are_read(
    wanted: str, database: Path, jena: StationSchema, whole: pd.DataFrame
) -> None:
    source = located(f"sqlite:///{database}{wanted}", jena)

    assert source.origin == f"sqlite:///{database}{wanted}"
    pd.testing.assert_frame_equal(readings(source, jena), whole)


def test_a_table_that_grows_is_another_source_and_the_one_before_stays(
    database: Path, jena: StationSchema, whole: pd.DataFrame
) -> None:
    before = located(f"sqlite:///{database}", jena)
    with sqlite3.connect(database) as connection:
        weather("2016-03-01", 24).to_sql("readings", connection, index=False, if_exists="append")

    after = located(f"sqlite:///{database}", jena)

    assert located(f"sqlite:///{database}", jena) == after
    assert len(readings(after, jena)) == len(readings(before, jena)) + 24


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("sqlite:///{file}::reading", r"has no table 'reading'; did you mean 'readings'\?"),
        ("sqlite:///{file}::delete from readings", r"has no table 'delete from readings'"),
        ("sqlite:///{file}::with x as (select 1) delete from readings", r"cannot be read: attempt to write a readonly"),
        ("sqlite:///{file}::select absent from readings", r"cannot be read: no such column: absent"),
        ("sqlite:///{file}::people", r"The file read from sqlite:.*::people has no column of time stamps"),
    ],
)
def test_what_a_database_does_not_give_is_refused_in_a_sentence(
    address: str, sentence: str, database: Path, jena: StationSchema, home: Path
) -> None:
    with pytest.raises((RequestError, SourceUnreadableError), match=sentence):
        readings(located(address.format(file=database), jena), jena)

    with sqlite3.connect(database) as connection:
        assert connection.execute("select count(*) from readings").fetchone() == (1440,)


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://reader:hush@127.0.0.1:1/weather::readings",
        "postgresql://127.0.0.1:1/weather?user=me&password=hush::readings",
        "https://reader:hush@127.0.0.1:1/x.csv",
        "https://127.0.0.1:1/x.csv?year=2016&token=hush",
    ],
)
def test_an_address_with_a_password_is_refused_without_repeating_it(address: str) -> None:
    with pytest.raises(RequestError, match=r"holds a password or a key.*\$\{PASSWORD\}") as caught:
        check_request(address)

    assert "hush" not in str(caught.value)


def test_a_password_from_the_environment_is_seen_nowhere(
    jena: StationSchema, home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    address = "postgresql://reader:${READER_PASSWORD}@127.0.0.1:1/weather::readings"
    with pytest.raises(RequestError, match="needs READER_PASSWORD from the environment"):
        check_request(address)
    monkeypatch.setenv("READER_PASSWORD", "hu/s@h:")

    with caplog.at_level(logging.DEBUG), pytest.raises(SourceUnreadableError, match="cannot be read") as caught:
        located(address, jena)

    assert "hu/s@h:" not in str(caught.value) + caplog.text
    assert "${READER_PASSWORD}" in str(caught.value)


def test_a_key_for_an_address_comes_from_the_environment_and_is_kept_nowhere(
    served: SimpleNamespace, jena: StationSchema, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weather().to_csv(served.folder / "x.csv", index=False)
    monkeypatch.setenv("STATION_TOKEN", "hush")

    source = located(f"{served.address}/x.csv?token=${{STATION_TOKEN}}", jena)

    assert served.asked == ["/x.csv?token=hush"]
    assert "hush" not in source.model_dump_json()
    kept = [file.read_bytes() for file in home.rglob("*") if file.is_file()]
    assert kept
    assert not any(b"hush" in content for content in kept)


def test_snapshots_of_a_table_do_not_pile_up(database: Path, jena: StationSchema, home: Path) -> None:
    for hour in range(12):
        with sqlite3.connect(database) as connection:
            weather(f"2016-04-01 {hour:02}:00", 1).to_sql("readings", connection, index=False, if_exists="append")
        newest = located(f"sqlite:///{database}", jena)
        long_ago = time.time() - 7200 + hour
        os.utime(newest.path, (long_ago, long_ago))

    kept = list(newest.path.parent.glob("*.parquet"))

    assert len(kept) <= 9
    assert newest.path in kept


def test_a_snapshot_that_a_kill_left_half_written_goes_with_the_next(
    database: Path, jena: StationSchema, home: Path
) -> None:
    folder = located(f"sqlite:///{database}", jena).path.parent
    (folder / ".readings-0123456789abcdef.parquet.89abcdef").write_text("half")
    with sqlite3.connect(database) as connection:
        weather("2016-04-01 00:00", 1).to_sql("readings", connection, index=False, if_exists="append")

    newest = located(f"sqlite:///{database}", jena)

    assert newest.path in folder.iterdir()
    assert not list(folder.glob(".*"))
