"""A store that cannot be used is refused in one sentence, within seconds, and left as it was."""

import logging
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest
from full_disk import files_of_at_most

from jena_models.errors import StoreStaysAwayError, StoreUnreachableError
from tasks.tracking import sqlite_store, store
from tasks.tracking.sqlite_store import prepare_database

NO_ARTIFACTS = (
    "API request to http://x/api/2.0/mlflow-artifacts/artifacts/1/a failed with exception …: "
    "Max retries exceeded (Caused by ResponseError('too many 500 error responses'))"
)


@pytest.fixture(autouse=True)
def nothing_given_up(monkeypatch):
    monkeypatch.setattr(store, "_given_up", {})


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    path = tmp_path_factory.mktemp("store") / "mlflow.db"
    prepare_database(f"sqlite:///{path}")
    return path


def refused(uri, monkeypatch, within_seconds=8.0):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    started = time.monotonic()
    with pytest.raises(StoreUnreachableError) as error:
        store.client()
    assert time.monotonic() - started < within_seconds
    assert "\n" not in str(error.value)
    return str(error.value)


def test_a_server_that_is_down_is_refused(monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    said = refused(f"http://someone:secret@127.0.0.1:{port}", monkeypatch)
    assert f"127.0.0.1:{port} cannot be used" in said
    assert "secret" not in said


def test_a_server_that_never_answers_is_refused(monkeypatch):
    monkeypatch.setattr(store, "CONNECT_SECONDS", 0.5)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        assert "timed out" in refused(f"http://127.0.0.1:{silent.getsockname()[1]}", monkeypatch)


def test_a_database_server_that_is_down_is_refused(monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert "cannot be used" in refused(f"postgresql://me:secret@127.0.0.1:{port}/runs", monkeypatch)


def test_a_database_whose_driver_is_not_installed_is_refused_with_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg2", None)
    with socket.create_server(("127.0.0.1", 0)) as database:
        address = f"127.0.0.1:{database.getsockname()[1]}/runs"
        said = refused(f"postgresql://me:secret@{address}", monkeypatch, within_seconds=60)
    assert "without the Python package 'psycopg2'" in said
    assert f"write it as postgresql+psycopg://me:***@{address}" in said


def test_a_folder_in_place_of_the_database_is_refused(tmp_path, monkeypatch):
    assert "unable to open database file" in refused(f"sqlite:///{tmp_path}", monkeypatch)


def test_a_folder_that_cannot_be_made_is_refused(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    assert "cannot be used" in refused(f"sqlite:///{tmp_path}/file/mlflow.db", monkeypatch)


def test_a_file_of_something_else_is_refused_and_left_as_it_is(tmp_path, monkeypatch):
    path = tmp_path / "notes.db"
    path.write_text("not a database " * 100)
    assert "file is not a database" in refused(f"sqlite:///{path}", monkeypatch)
    assert path.read_text() == "not a database " * 100


def test_a_database_of_something_else_is_refused_and_left_as_it_is(tmp_path, monkeypatch):
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE things (name TEXT)")
    before = path.read_bytes()
    assert "it is a database of something else" in refused(f"sqlite:///{path}", monkeypatch)
    assert path.read_bytes() == before


@pytest.mark.slow
@pytest.mark.parametrize(
    ("revision", "says"), [("451aebb31d03", "older MLflow"), ("ffffffffffff", "newer MLflow")], ids=["older", "newer"]
)
def test_a_store_of_another_version_is_refused(made, tmp_path, monkeypatch, revision, says):
    path = tmp_path / "mlflow.db"
    shutil.copy(made, path)
    with sqlite3.connect(path) as database:
        database.execute("UPDATE alembic_version SET version_num = ?", [revision])
    assert says in refused(f"sqlite:///{path}", monkeypatch)


def test_a_store_whose_making_was_cut_short_is_made_anew(tmp_path, monkeypatch):
    path = tmp_path / "mlflow.db"
    monkeypatch.setattr(sqlite_store, "_write_without_waiting", lambda engine: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        prepare_database(f"sqlite:///{path}")
    assert [file.name for file in tmp_path.iterdir()] == ["mlflow.db.lock"]


@pytest.mark.slow
def test_making_a_store_is_done_in_silence(tmp_path, monkeypatch):
    of_mlflow = logging.getLogger("mlflow.store.db.utils")
    monkeypatch.setattr(of_mlflow, "level", logging.INFO)

    prepare_database(f"sqlite:///{tmp_path}/mlflow.db")

    assert not of_mlflow.isEnabledFor(logging.WARNING)


def test_a_new_store_lets_readers_and_a_writer_work_at_once(made):
    with sqlite3.connect(made) as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_busy_database_is_tried_again(monkeypatch):
    from mlflow.exceptions import MlflowException

    answers = [MlflowException("(sqlite3.OperationalError) database is locked"), "written"]
    monkeypatch.setattr(store.time, "sleep", lambda seconds: None)

    def call():
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert store.patiently(call) == "written"


def test_a_server_that_is_away_for_minutes_is_waited_for(monkeypatch, caplog):
    from mlflow.exceptions import MlflowException

    clock, sleeps = [0.0], []

    def sleep(seconds):
        sleeps.append(seconds)
        clock[0] += seconds

    def call():
        if clock[0] < 130:
            raise MlflowException("API request to http://x failed with exception …")
        return "written"

    monkeypatch.setattr(store.time, "sleep", sleep)
    monkeypatch.setattr(store.time, "monotonic", lambda: clock[0])
    caplog.set_level("WARNING", logger="jena")

    assert store.patiently(call) == "written"
    assert caplog.text.count("does not answer; trying again") <= 1
    clock[0] = 0.0
    with store.impatient(), pytest.raises(StoreUnreachableError):
        store.patiently(call)
    assert max(sleeps) < 5


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("(sqlite3.OperationalError) database or disk is full", "disk is full.*make room in "),
        ("(sqlite3.OperationalError) database is locked", "another program holds it, such as a copy"),
        ("(sqlite3.OperationalError) attempt to write a readonly database", "attempt to write a readonly database"),
        ("API request to http://x failed with exception …", "the server no longer answers"),
        ("(psycopg.errors.InsufficientPrivilege) permission denied for table runs", "let its user read and write"),
        ("BAD_REQUEST: (psycopg2.errors.ReadOnlySqlTransaction) cannot execute INSERT", "cannot execute INSERT"),
        (
            NO_ARTIFACTS,
            "artifacts of .* can neither be kept nor had .the server answers",
        ),
        ('(psycopg.errors.UndefinedTable) relation "runs" does not exist', "let its user read and write"),
    ],
)
def test_a_store_that_fails_midway_is_reported_in_one_sentence(monkeypatch, text, says):
    from mlflow.exceptions import MlflowException

    clock = iter(range(0, 10_000, 100))
    monkeypatch.setattr(store.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(store.time, "monotonic", lambda: next(clock))

    def call():
        raise MlflowException(f"{text}\n[SQL: INSERT …]")

    with pytest.raises(StoreUnreachableError, match=says) as error:
        store.patiently(call)
    assert "\n" not in str(error.value)


def away_in_vain(monkeypatch, text):
    """Give how long each of two calls waits for what is away."""
    from mlflow.exceptions import MlflowException

    clock, waited = [0.0], []

    def call():
        raise MlflowException(text)

    monkeypatch.setattr(store.time, "sleep", lambda seconds: clock.append(clock[-1] + seconds))
    monkeypatch.setattr(store.time, "monotonic", lambda: clock[-1])
    for _ in range(2):
        began = clock[-1]
        with pytest.raises(StoreStaysAwayError):
            store.patiently(call)
        waited.append(clock[-1] - began)
    return waited


@pytest.mark.parametrize("text", ["API request to http://x failed with exception …", NO_ARTIFACTS])
def test_a_store_that_was_waited_for_in_vain_is_not_waited_for_by_each_training_of_a_study(monkeypatch, text):
    first, second = away_in_vain(monkeypatch, text)

    assert first >= store.SERVER_SECONDS
    assert second == 0.0


def test_a_server_that_answers_again_is_waited_for_again(monkeypatch):
    text = "API request to http://x failed with exception …"
    away_in_vain(monkeypatch, text)
    store.patiently(lambda: "an answer")

    assert away_in_vain(monkeypatch, text)[0] >= store.SERVER_SECONDS


@pytest.mark.parametrize("wrapped", [True, False])
def test_a_database_that_ends_the_connection_is_asked_again_until_it_is_back(monkeypatch, wrapped):
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import OperationalError

    cut = OperationalError("SELECT 1", {}, Exception("terminating connection"), connection_invalidated=True)
    refusal = MlflowException("(psycopg.OperationalError) connection refused")
    refusal.error_code = "TEMPORARILY_UNAVAILABLE"
    first = MlflowException("terminating connection")
    first.__context__ = cut
    answers = [first if wrapped else cut, refusal]
    clock = iter(range(10_000))
    monkeypatch.setattr(store.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(store.time, "monotonic", lambda: next(clock))

    def call():
        if answers:
            raise answers.pop(0)
        return "written"

    assert store.patiently(call) == "written"


@pytest.mark.parametrize(
    ("told", "tries"),
    [
        ("connection failed: Connection refused", 2),
        ("consuming input failed: server closed the connection unexpectedly", 2),
        ("connection failed: FATAL:  the database system is starting up", 2),
        ("the server has said nothing for 60 s", 2),
        ("connection failed: FATAL:  password authentication failed", 1),
    ],
)
def test_a_database_server_that_is_being_started_again_is_waited_for(monkeypatch, told, tries):
    """Given a connection that is made anew and refused, which SQLAlchemy does not take for one that was lost."""
    from mlflow.exceptions import MlflowException

    refusal = MlflowException(f"(psycopg.OperationalError) {told}")
    refusal.error_code = "TEMPORARILY_UNAVAILABLE"
    asked, clock = [], iter(range(10_000))
    monkeypatch.setattr(store.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(store.time, "monotonic", lambda: next(clock))

    def call():
        asked.append(1)
        if len(asked) < 2:
            raise refusal
        return "written"

    with nullcontext() if tries == 2 else pytest.raises(StoreUnreachableError):
        assert store.patiently(call) == "written"
    assert len(asked) == tries


def test_a_store_that_cannot_be_opened_on_a_full_disk_says_where_to_make_room(tmp_path, monkeypatch):
    (tmp_path / "mlflow.db").write_text("what SQLite cannot read")
    monkeypatch.setattr(sqlite_store.shutil, "disk_usage", lambda _: SimpleNamespace(free=0))

    said = refused(f"sqlite:///{tmp_path}/mlflow.db", monkeypatch)

    assert "disk is full" in said
    assert f"make room in {tmp_path}" in said


@pytest.mark.slow
def test_who_opens_the_store_has_imported_what_threads_would_import_at_once(home):
    """In a deployed study one thread imported `mlflow.pyfunc` and another `mlflow.data`, and found half of it."""
    code = "import sys; from tasks.tracking import client; client(); print(*sys.modules)"
    opened = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=True)

    assert {"mlflow.data", "mlflow.pyfunc"} <= set(opened.stdout.split())


def test_a_store_that_another_program_holds_is_not_said_to_be_unwritable(tmp_path, monkeypatch):
    def held(_):
        raise sqlite3.OperationalError("database is locked")

    (tmp_path / "mlflow.db").write_text("something")
    monkeypatch.setattr(sqlite_store, "_look_over", held)

    assert "another program holds it" in refused(f"sqlite:///{tmp_path}/mlflow.db", monkeypatch)


def test_a_store_that_is_made_without_room_for_it_is_told_of_and_nothing_is_left(tmp_path):
    with files_of_at_most(100_000), pytest.raises(StoreUnreachableError, match=r"mlflow.db cannot be used"):
        prepare_database(f"sqlite:///{tmp_path}/mlflow.db")

    assert [path.name for path in tmp_path.iterdir()] == ["mlflow.db.lock"]


def test_importing_the_store_imports_nothing_heavy():
    code = "import sys, tasks.tracking.runs, tasks.studies.study_run, tasks.registry; print(*sys.modules)"
    root = Path(store.__file__).parents[2]
    loaded = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert not {"mlflow", "tensorflow", "keras", "matplotlib", "sqlalchemy"} & set(loaded.stdout.split())
