from __future__ import annotations

import io
import logging
import os
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest

from jena_models.errors import DownloadError, DownloadInterruptedError, SourceNotFoundError
from jena_models.options.readings_options import Ingestion
from jena_models.stations import StationSchema, load_station
from tasks.readings.locating import check_request, locate

SHORT = Ingestion(simulated_years=0.05, download_timeout_seconds=2)
CSV = "Date Time,p (mbar),T (degC),rh (%)\n" + "".join(
    f"01.01.2009 {minute // 60:02}:{minute % 60:02}:00,990,{minute / 100},80\n" for minute in range(0, 1200, 10)
)


def zipped(text: str = CSV) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("jena.csv", text)
    return content.getvalue()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """A folder and the address it is served at."""
    monkeypatch.setenv("NO_PROXY", "*")
    folder = tmp_path / "served"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield SimpleNamespace(folder=folder, address=f"http://127.0.0.1:{server.server_address[1]}")
    server.shutdown()
    server.server_close()


def station(*addresses: str, rows: int = 120) -> StationSchema:
    return load_station("jena").model_copy(
        update={"addresses": addresses, "official_rows": (rows,), "official_bytes": (100, 100_000)}
    )


def test_a_path_is_taken_as_it_is(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "readings.csv"
    path.write_text(CSV)

    source = locate.fn(str(path), station(), SHORT)

    assert (source.path, source.origin, source.kind) == (path, str(path), "real")
    assert locate.fn(str(path), station(), SHORT).key == source.key
    path.write_text(CSV + "02.01.2009 00:10:00,990,1,80\n")
    assert locate.fn(str(path), station(), SHORT).key != source.key


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("{folder}/reading.csv", r"^There is no file .*/reading\.csv; did you mean 'readings\.csv'\?$"),
        ("simulatd", r"^There is no file simulatd; did you mean 'simulated'\?$"),
        ("{folder}/nowhere/x.csv", r"^There is no file .*; name a file, a folder, an address, a database, .*'auto'\.$"),
        ("{folder}/empty", r"^The folder .*empty holds no table \(\.csv, .*\); name another, or a file\.$"),
        ("{folder}/*.txt", r"^No file fits .*/\*\.txt; check the pattern\.$"),
        ("sqlite:///{folder}/x.sdb", r"^There is no database file .*x\.sdb; check the address sqlite:.*\.$"),
        ("ftp://somewhere/x.csv", r"^The address 'ftp://…' is not one that is read; .* or postgresql://\.$"),
    ],
)
def test_a_source_that_cannot_be_is_refused_at_once(source: str, sentence: str, home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    (folder / "empty").mkdir(parents=True)
    (folder / "readings.csv").write_text(CSV)

    with pytest.raises(SourceNotFoundError, match=sentence) as caught:
        check_request(source.format(folder=folder))

    assert caught.value.exit_code == 2
    assert not any(home.iterdir())


@pytest.mark.parametrize("source", ["auto", "simulated", "http://127.0.0.1/x.csv", "https://127.0.0.1/x.zip"])
def test_words_and_addresses_are_good_requests(source: str) -> None:
    check_request(source)


def test_simulated_readings_are_made_once_and_marked_wherever_they_go(home: Path, tmp_path: Path) -> None:
    first, second = (locate.fn("simulated", station(), SHORT) for _ in range(2))
    other = locate.fn("simulated", station(), SHORT.model_copy(update={"simulated_seed": 3}))
    copied = tmp_path / "smuggled.parquet"
    copied.write_bytes(first.path.read_bytes())

    assert (first.kind, first.origin, first == second) == ("simulated", "simulated", True)
    assert other.key != first.key
    assert locate.fn(str(copied), station(), SHORT).kind == "simulated"


def test_an_address_is_downloaded_and_checked(home: Path, served: SimpleNamespace) -> None:
    (served.folder / "readings.csv").write_text(CSV)
    address = f"{served.address}/readings.csv"

    source = locate.fn(address, station(), SHORT)

    assert (source.origin, source.kind, source.path.read_text()) == (address, "real", CSV)
    assert source.path.is_relative_to(home / ".cache" / "downloads")


@pytest.mark.parametrize("content", [b"<!doctype html>\n<p>no readings here</p>", zipped()[:-30], b"a,b\n1,2\n"])
def test_an_address_without_readings_is_refused_and_leaves_nothing(
    content: bytes, home: Path, served: SimpleNamespace
) -> None:
    (served.folder / "x.csv").write_bytes(content)

    with pytest.raises(DownloadError, match=rf"^What came from {served.address}/x\.csv is refused: "):
        locate.fn(f"{served.address}/x.csv", station(), SHORT)

    assert not list((home / ".cache" / "downloads").iterdir())


def test_auto_downloads_the_official_file_once(home: Path, served: SimpleNamespace) -> None:
    official = served.folder / "jena.zip"
    official.write_bytes(zipped())
    there = station(f"{served.address}/jena.zip")

    source = locate.fn("auto", there, SHORT)
    official.unlink()
    again = locate.fn("auto", there, SHORT)

    assert source.kind == "real"
    assert source.path == home / ".cache" / "downloads" / there.official_file
    assert again == source


def test_auto_takes_the_second_address_where_the_first_fails(home: Path, served: SimpleNamespace) -> None:
    (served.folder / "jena.zip").write_bytes(zipped())

    source = locate.fn("auto", station(f"{served.address}/gone.zip", f"{served.address}/jena.zip"), SHORT)

    assert source.kind == "real"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (zipped(CSV[: CSV.rindex("01.01.2009")]), "it has 119 rows, where 120 are expected"),
        (b"PK", "it has 2 bytes, where 100 to 100,000 are expected"),
        (zipped()[:-30], "is truncated, damaged or locked"),
        (b"<html>" * 100, "is not a CSV"),
    ],
)
def test_auto_refuses_a_file_that_is_not_the_official_one(
    content: bytes, reason: str, home: Path, served: SimpleNamespace, caplog: pytest.LogCaptureFixture
) -> None:
    (served.folder / "jena.zip").write_bytes(content)

    with caplog.at_level(logging.WARNING, "jena"):
        source = locate.fn("auto", station(f"{served.address}/jena.zip"), SHORT)

    assert source.kind == "simulated"
    assert reason in caplog.text
    assert {path.suffix for path in (home / ".cache" / "downloads").iterdir()} == {".failed"}


def test_auto_without_a_network_warns_that_nobody_can_miss_and_simulates(
    home: Path, served: SimpleNamespace, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "jena"):
        source = locate.fn("auto", station("http://127.0.0.1:9/jena.zip"), SHORT)

    assert source.kind == "simulated"
    (warning,) = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert "NO REAL READINGS: the SIMULATED STATION is used" in warning.getMessage()
    assert "cannot be reached" in warning.getMessage()
    assert "--source" in warning.getMessage()


def test_auto_remembers_for_some_minutes_that_the_download_failed(
    home: Path, served: SimpleNamespace, caplog: pytest.LogCaptureFixture
) -> None:
    there = station(f"{served.address}/jena.zip")
    assert locate.fn("auto", there, SHORT).kind == "simulated"
    (served.folder / "jena.zip").write_bytes(zipped())

    with caplog.at_level(logging.WARNING, "jena"):
        assert locate.fn("auto", there, SHORT).kind == "simulated"
    assert "It is tried again in 10 minutes" in caplog.text

    failed = home / ".cache" / "downloads" / f"{there.official_file}.failed"
    os.utime(failed, (failed.stat().st_atime, failed.stat().st_mtime - 601))
    assert locate.fn("auto", there, SHORT).kind == "real"
    assert not failed.exists()


def test_only_what_trying_again_may_mend_is_tried_again() -> None:
    def again(error: Exception) -> bool:
        return bool(locate.retry_condition_fn(locate, None, SimpleNamespace(data=error)))

    assert again(DownloadInterruptedError("broke off"))
    assert not again(DownloadError("404"))
    assert not again(SourceNotFoundError("no such file"))


@pytest.mark.parametrize("source", ["", " "])
def test_an_empty_source_is_not_the_folder_that_one_is_in(source):
    with pytest.raises(SourceNotFoundError, match="The source is empty"):
        check_request(source)
