"""What a run left behind, read back."""

import mlflow
import pandas as pd
import pytest

from tasks.tracking.artifacts import attach, json_of, names_of, table_of, text_of
from tasks.tracking.store import client


@pytest.fixture
def run_id(home, tmp_path):
    run_id = client().create_run("0").info.run_id
    attach(run_id, "said.json", '{"said": "25 °C"}')
    pd.DataFrame({"forecast": [1.5, 2.5]}).to_parquet(tmp_path / "table.parquet")
    client().log_artifact(run_id, str(tmp_path / "table.parquet"))
    return run_id


def test_what_was_left_is_read_back_and_what_was_not_is_none(run_id):
    assert names_of(run_id) == {"said.json", "table.parquet"}
    assert json_of(run_id, "said.json") == {"said": "25 °C"}
    assert list(table_of(run_id, "table.parquet")["forecast"]) == [1.5, 2.5]
    assert text_of(run_id, "gone.json") is json_of(run_id, "gone.json") is table_of(run_id, "gone.parquet") is None


def test_what_is_attached_later_is_found(run_id):
    assert text_of(run_id, "later.txt") is None

    attach(run_id, "later.txt", "later")

    assert text_of(run_id, "later.txt") == "later"


def test_a_run_is_read_once_however_many_of_its_files_are(run_id, monkeypatch):
    store, read = mlflow.store.tracking.sqlalchemy_store.SqlAlchemyStore, []
    get_run = store.get_run
    monkeypatch.setattr(store, "get_run", lambda *args: read.append(args) or get_run(*args))

    for _ in range(3):
        assert text_of(run_id, "said.json")
        assert table_of(run_id, "table.parquet") is not None

    assert len(read) == 1
