"""Versions whose files lie in an object store that speaks S3, behind MLflow's server: both of them real ones."""

import gzip
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress

import httpx
import pytest
from made_once import empty_store

from jena_models.errors import ArtifactsUnreachableError
from tasks.orchestration import free_port
from tasks.registry.version_files import HASHES_TAG, VersionLostError, fetched, files_are_gone, seal
from tasks.tracking import client, patiently
from tasks.tracking.store import SERVER_SECONDS

MODEL = "weather-temperature-24h"
START_SECONDS = 120

pytestmark = pytest.mark.slow


@pytest.fixture
def object_store(home):
    """A server that speaks S3, with a bucket, and what ends it."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    assert httpx.put(f"http://{host}:{port}/models").is_success
    yield f"http://{host}:{port}", server.stop
    server.stop()


@pytest.fixture
def registry(home, object_store, monkeypatch):
    """The client of an MLflow server that keeps artifacts in the object store."""
    port = str(free_port())
    address = f"http://127.0.0.1:{port}"
    shutil.copy(empty_store(), home / "server.db")
    store = ["--backend-store-uri", f"sqlite:///{home / 'server.db'}", "--artifacts-destination", "s3://models"]
    credentials = {"AWS_ACCESS_KEY_ID": "somebody", "AWS_SECRET_ACCESS_KEY": "hush", "AWS_DEFAULT_REGION": "us-east-1"}
    no_jobs = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    with subprocess.Popen(
        [sys.executable, "-m", "mlflow", "server", "--port", port, "--workers", "1", *store],
        env=os.environ | credentials | no_jobs | {"MLFLOW_S3_ENDPOINT_URL": object_store[0]},
        cwd=home,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as server:
        try:
            _wait_for(f"{address}/health")
            monkeypatch.setenv("MLFLOW_TRACKING_URI", address)
            yield client()
        finally:
            os.killpg(server.pid, signal.SIGKILL)


def _wait_for(address):
    began = time.monotonic()
    while time.monotonic() - began < START_SECONDS:
        with suppress(httpx.TransportError):
            if httpx.get(address).is_success:
                return
        time.sleep(0.2)
    pytest.fail(f"{address} does not answer.")


@pytest.fixture
def version(registry, tmp_path):
    """The number of a version that is registered, with a model that nothing loads."""
    files = tmp_path / "model"
    files.mkdir()
    (files / "booster.txt.gz").write_bytes(gzip.compress(b"tree" * 100, mtime=0))
    (files / "MLmodel").write_text("flavors: {}")
    run = registry.create_run("0").info
    sealed = seal(files)
    registry.log_artifacts(run.run_id, str(files), "model")
    registry.create_registered_model(MODEL)
    source = f"{run.artifact_uri}/model"
    return int(registry.create_model_version(MODEL, source, run.run_id, tags={HASHES_TAG: sealed}).version)


def test_a_version_comes_back_as_it_was_registered_and_goes_on_while_the_store_is_away(registry, object_store, version):
    """What was packed came back unpacked, so that no gate opened; and each hour's forecast waited for five minutes."""
    with fetched(registry, MODEL, version) as folder:
        assert gzip.decompress((folder / "booster.txt.gz").read_bytes()) == b"tree" * 100
    object_store[1]()
    with fetched(registry, MODEL, version) as folder:
        assert (folder / "booster.txt.gz").is_file()


def test_files_that_are_gone_and_buckets_that_are_not_there_are_told_apart_from_a_store_that_is_away(registry, version):
    """Each was waited for, as the server answers all of them with an error of its own."""
    from moto.core import DEFAULT_ACCOUNT_ID
    from moto.s3.models import s3_backends

    kept = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
    assert not files_are_gone(registry, MODEL, version)

    kept.buckets["models"].keys.clear()
    assert files_are_gone(registry, MODEL, version)
    with pytest.raises(VersionLostError, match="its files are gone from mlflow-artifacts:"):
        fetched(registry, MODEL, version).__enter__()

    kept.delete_bucket("models")
    began = time.monotonic()
    assert not files_are_gone(registry, MODEL, version)
    with pytest.raises(ArtifactsUnreachableError, match="The specified bucket does not exist"):
        fetched(registry, MODEL, version).__enter__()
    with pytest.raises(ArtifactsUnreachableError, match="The specified bucket does not exist"):
        patiently(registry.log_text, registry.create_run("0").info.run_id, "a text", "a.txt")
    assert time.monotonic() - began < SERVER_SECONDS / 2
