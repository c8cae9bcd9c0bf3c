"""`jena serve` as clients see it: a real server on a real registry."""

import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import httpx
import pandas as pd
import pytest
from posted_readings import CSV, JSON, READINGS, STEPS, split
from small_study import STATION

from jena_models.errors import RegistryError, ServingError
from jena_models.options.production_options import Serving
from jena_models.reading.user_tables import user_readings
from tasks.registry import by_hand as registry
from tasks.registry.rescoring import reload
from tasks.serving.model_server import listening, require_champion
from tasks.tracking.store import client

pytestmark = pytest.mark.slow

NAME = "jena-temperature-24h"
SECONDS = 400
"""The longest that anything may take on a busy machine."""


@pytest.fixture(autouse=True)
def in_the_registry(registry_home, monkeypatch):
    """Let the test see the registry that the server serves from."""
    for name in ("JENA_CACHE", "MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("JENA_HOME", str(registry_home))


@pytest.fixture
def forecasters():
    return {number: reload(client(), NAME, number).forecaster for number in (1, 2)}


@pytest.fixture
def champion():
    """Promote a version; the first is the champion again after the test."""

    def promote(number: int) -> None:
        registry.promote_by_hand(NAME, number)

    yield promote
    if registry.standing(NAME).champion != 1:
        promote(1)


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        (split(READINGS), JSON),
        (json.dumps({"dataframe_records": json.loads(READINGS.to_json(orient="records", date_format="iso"))}), JSON),
        (json.dumps({"inputs": READINGS.astype({"time": str}).to_dict(orient="list")}), JSON),
        (READINGS.to_csv(index=False), CSV),
        ("﻿" + READINGS.to_csv(index=False).replace("\n", "\r\n"), CSV | {"content-type": "text/csv; charset=utf-8"}),
    ],
    ids=["split", "records", "inputs", "csv", "csv of a spreadsheet"],
)
def test_raw_readings_give_the_forecast_with_its_valid_time(server, forecasters, content, headers):
    answer = server.post(content, headers)

    assert answer.status_code == 200, answer.text
    expected = forecasters[1].forecast(user_readings(READINGS, STATION)).iloc[0]
    [forecast] = answer.json()["predictions"]
    assert forecast["forecast"] == pytest.approx(expected["forecast"], abs=1e-3)
    assert forecast["valid_time"].endswith("+01:00")
    assert pd.Timestamp(forecast["valid_time"]).tz_localize(None) == READINGS["time"].iloc[-1] + pd.Timedelta(hours=24)
    assert forecast["lower_90"] < forecast["forecast"] < forecast["upper_90"]
    assert answer.headers["x-model-version"] == "1"


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_one_request_gives_a_batch_of_forecasts(server, forecasters, kind):
    table = READINGS.iloc[: STEPS + 63]

    if kind == "json":
        answer = server.post(split(table, params={"issue_times": "all"}), JSON)
    else:
        answer = server.post(table.to_csv(index=False), CSV, "?issue_times=all")

    forecasts = answer.json()["predictions"]
    # The first is from a history that lacks a step.
    assert len(forecasts) == 65
    for place in (0, 31, 63):
        alone = forecasters[1].forecast(user_readings(table.iloc[place : place + STEPS], STATION)).iloc[0]
        assert forecasts[place + 1]["forecast"] == pytest.approx(alone["forecast"], abs=1e-3)
        assert pd.Timestamp(forecasts[place + 1]["issue_time"]) == alone["issue_time"].tz_localize("UTC")


@pytest.mark.parametrize("path", ["ping", "health", "version"])
def test_it_tells_that_it_is_well(server, path):
    assert httpx.get(f"{server.address}/{path}").status_code == 200


def test_a_promotion_is_followed_without_a_failed_request(server, forecasters, champion):
    table = READINGS.iloc[: STEPS + 2]
    expected = {
        number: forecaster.forecast(user_readings(table, STATION))["forecast"].iloc[0]
        for number, forecaster in forecasters.items()
    }
    content, ended, seen_by_one = split(table), threading.Event(), threading.Event()
    assert expected[1] != pytest.approx(expected[2], abs=1e-2)

    def ask_again_and_again() -> list[tuple[int, str, float]]:
        answers = []
        with httpx.Client(timeout=SECONDS) as session:
            while not ended.is_set():
                answer = session.post(f"{server.address}/invocations", content=content, headers=JSON)
                version = answer.headers.get("x-model-version", "")
                answers.append((answer.status_code, version, answer.json()["predictions"][0]["forecast"]))
                if version == "2":
                    seen_by_one.set()
        return answers

    with ThreadPoolExecutor(4) as clients:
        asking = [clients.submit(ask_again_and_again) for _ in range(4)]
        try:
            champion(2)
            assert seen_by_one.wait(SECONDS)
        finally:
            ended.set()

    for answers in (each.result() for each in asking):
        assert {status for status, _, _ in answers} == {200}
        order = [version for _, version, _ in answers]
        assert order == sorted(order)
        for _, version, forecast in answers:
            assert forecast == pytest.approx(expected[int(version)], abs=1e-3)


def test_a_champion_that_cannot_be_loaded_leaves_the_one_before(server, champion):
    champion(3)
    server.until(lambda: "Version 3 is the champion, but version" in server.log.read_text())

    answer = server.post(split(READINGS), JSON)

    assert answer.status_code == 200
    assert answer.headers["x-model-version"] in {"1", "2"}
    assert "changed or is gone" in server.log.read_text()


def test_without_a_champion_it_says_what_to_run(tmp_path, monkeypatch):
    monkeypatch.setenv("JENA_HOME", str(tmp_path))
    with pytest.raises(ServingError, match="There is no champion to serve; run `jena train` first"):
        require_champion(NAME)
    assert ServingError.exit_code == 1
    assert not list(tmp_path.iterdir())


def test_a_model_that_is_not_registered_is_told_from_one_without_a_champion():
    with pytest.raises(RegistryError, match="did you mean 'jena-temperature-24h'"):
        require_champion("jena-temperature-48h")
    client().create_registered_model("without-a-champion")
    with pytest.raises(ServingError, match="has no champion to serve"):
        require_champion("without-a-champion")
    client().delete_registered_model("without-a-champion")


def test_an_address_that_is_taken_or_unknown_is_told_in_a_sentence():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ServingError, match=f"port {port} .*name another"), listening("127.0.0.1", port):
            pass
    with pytest.raises(ServingError, match="name another"), listening("no-such-address.invalid", 0):
        pass
    with listening(Serving().address, 0) as free:
        assert free.getsockname()[1] > 0


def test_the_body_of_an_answer_does_not_wait_for_its_header_to_be_acknowledged():
    with listening(Serving().address, 0) as listener, socket.create_connection(listener.getsockname()):
        connection, _ = listener.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_told_to_end_it_answers_what_it_has_and_exits_with_0(server):
    """The last of this file, whose server it ends."""
    port = int(server.address.rpartition(":")[2])
    with closing(socket.create_connection(("127.0.0.1", port))) as line:
        body = split(READINGS).encode()
        head = f"POST /invocations HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {len(body)}"
        line.sendall(f"{head}\r\nexpect: 100-continue\r\n\r\n".encode())
        assert line.recv(100).startswith(b"HTTP/1.1 100")

        server.process.terminate()
        server.until(lambda: not server.answers())
        line.sendall(body)

        answer = b"".join(iter(lambda: line.recv(65536), b""))
        assert answer.startswith(b"HTTP/1.1 200")
        assert b'"predictions"' in answer
        assert server.process.wait(SECONDS) == 0
        assert "Traceback" not in server.log.read_text()
