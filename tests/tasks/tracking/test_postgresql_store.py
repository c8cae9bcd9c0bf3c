"""The tracking store as a PostgreSQL database, asked without an MLflow server."""

from urllib.parse import quote

import pytest
from postgresql_server import PASSWORD, postgresql_server

from jena_models.errors import StoreUnreachableError
from tasks.tracking.runs import experiment_id
from tasks.tracking.store import client, patiently

pytestmark = pytest.mark.slow


def test_artifacts_lie_in_the_home_and_a_user_without_rights_is_told_of_in_one_sentence(home, tmp_path, monkeypatch):
    """MLflow puts them where a command was typed; and the refusal was a fault of the program's own."""
    with postgresql_server() as server:
        with server.connected() as connection:
            connection.execute("CREATE DATABASE runs")
        place = f"127.0.0.1:{server.port}/runs"
        monkeypatch.setenv("MLFLOW_TRACKING_URI", f"postgresql+psycopg://owner:{quote(PASSWORD, safe='')}@{place}")
        monkeypatch.chdir(tmp_path)

        made = patiently(client().get_experiment, experiment_id("jena"))

        assert made.artifact_location == (home / "mlartifacts").as_uri()
        assert not (tmp_path / "mlruns" / made.experiment_id).exists()

        monkeypatch.setenv("MLFLOW_TRACKING_URI", f"postgresql+psycopg://reader:{quote(PASSWORD, safe='')}@{place}")
        with pytest.raises(
            StoreUnreachableError, match=r"permission denied for .*; let its user read and write"
        ) as said:
            experiment_id("jena")
        assert "p%40ss" not in str(said.value)
