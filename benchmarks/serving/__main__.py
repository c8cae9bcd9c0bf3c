"""Measures `jena serve`, as its clients see it: `python -m benchmarks.serving`."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import click
import numpy as np
import pandas as pd

from benchmarks.machine import Machine, machine
from benchmarks.markdown import output_option, table, tell
from benchmarks.processes import ROOT, MeasurementError, jena, measured, peak_memory_mib, say, serving
from benchmarks.serving.clients import Answers, Load
from jena_models.frozen import Frozen
from tasks.orchestration import free_port

ARCHITECTURES: Final = ("lstm", "dense", "conv1d", "simple_rnn")
"""The first is measured under load; each of the others is promoted once."""
CLIENTS: Final = (1, 8, 32)
BATCHES: Final = (1, 64)
CLIENTS_WHILE_PROMOTING: Final = 8
BEFORE_PROMOTION_SECONDS: Final = 2.0
LONGEST_PROMOTION_SECONDS: Final = 300.0
START_SECONDS: Final = 300.0


class Throughput(Frozen):
    """One load."""

    clients: int
    batch: int
    requests: int
    failed: int
    requests_a_second: float
    p50_milliseconds: float
    p95_milliseconds: float
    p99_milliseconds: float


class Promotion(Frozen):
    """One change of champion under load."""

    architecture: str
    command_seconds: float
    """From the start of `jena registry promote` to its end."""
    seconds: float
    """From the start of the command to the start of the first request that the new version answered."""
    requests: int
    failed: int
    p99_milliseconds: float
    longest_milliseconds: float


@click.command()
@click.option("--source", default="simulated", show_default=True, metavar="PATH|URL|simulated", help="The readings.")
@click.option("--seconds", default=10.0, show_default=True, help="How long each load lasts.")
@click.option("--small", is_flag=True, help="A second of each load and one promotion, to see that it works.")
@output_option("serving.md")
def main(*, source: str, seconds: float, small: bool, page: Path | None) -> None:
    """Measure requests a second, latency, and how soon a promoted version answers."""
    home = Path(os.environ.setdefault("JENA_HOME", str(ROOT / ".cache" / "benchmark" / "serving")))
    home.mkdir(parents=True, exist_ok=True)
    facts = machine()
    names = ARCHITECTURES[:2] if small else ARCHITECTURES
    model, versions = registered(source, names)
    jena("registry", "--model", model, "promote", str(versions[0]), may_fail=True)
    requests = {batch: request_file(home, model, versions[0], batch) for batch in BATCHES}
    say("starting the server")
    port, log = str(free_port()), home / "serve.log"
    address = f"http://127.0.0.1:{port}/invocations"

    def answers() -> bool:
        return " answers at " in log.read_text(encoding="utf-8")

    command = ("serve", "--model", model, "--port", port)
    with serving(*command, answers=answers, seconds=START_SECONDS, log=log) as process:
        loads = [
            throughput(
                Load(address=address, body=requests[batch], clients=clients, seconds=1 if small else seconds), batch
            )
            for batch in BATCHES
            for clients in CLIENTS
        ]
        before = peak_memory_mib(process)
        promotions = [promotion(model, names[n], versions[n], address, requests[1]) for n in range(1, len(names))]
        promotions.append(promotion(model, f"{names[-2]}, again", versions[-2], address, requests[1]))
        memory = before, peak_memory_mib(process)
    tell(in_words(facts, loads, promotions, memory, source), page, "serving")


def registered(source: str, architectures: Sequence[str]) -> tuple[str, list[int]]:
    """Train each architecture for a moment, how well does not matter here; gives the model's name and the versions."""
    say("training")
    result = json.loads(
        jena(
            *("train", "--source", source, "--architectures", ",".join(("persistence", *architectures))),
            *("--set", "training.epochs=1", "--set", "training.batches_per_epoch=20", "--format", "json"),
        )
    )
    numbers = {row["architecture"]: row["version"] for row in result["leaderboard"]}
    return result["promotion"]["model"], [numbers[name] for name in architectures]


def request_file(home: Path, model: str, version: int, batch: int) -> Path:
    """Write a request for so many forecasts: the version's input example, made longer."""
    import mlflow

    from tasks.serving import ISSUE_TIMES, lengthened
    from tasks.tracking import client

    store = client()
    artifacts = mlflow.artifacts.download_artifacts(
        artifact_uri=store.get_model_version_download_uri(model, str(version)), tracking_uri=store.tracking_uri
    )
    example = json.loads(Path(artifacts, "serving_input_example.json").read_text(encoding="utf-8"))["dataframe_split"]
    readings = pd.DataFrame(example["data"], columns=example["columns"])
    readings = lengthened(readings.assign(time=pd.to_datetime(readings["time"])), batch - 1)
    table = json.loads(readings.to_json(orient="split", date_format="iso", index=False))
    params = {"params": {ISSUE_TIMES: "all"}} if batch > 1 else {}
    path = home / f"request-{batch}.json"
    path.write_text(
        json.dumps({"dataframe_split": {"columns": table["columns"], "data": table["data"]}} | params),
        encoding="utf-8",
    )
    return path


def throughput(load: Load, batch: int) -> Throughput:
    """Measure one load."""
    say(f"{load.clients} clients, {batch} forecasts a request")
    found = Answers.model_validate_json(measured("benchmarks.serving.clients", load.model_dump_json()))
    p50, p95, p99 = milliseconds(found, 50, 95, 99)
    return Throughput(
        clients=load.clients,
        batch=batch,
        requests=len(found.answers),
        failed=sum(answer.failed for answer in found.answers),
        requests_a_second=len(found.answers) / found.seconds,
        p50_milliseconds=p50,
        p95_milliseconds=p95,
        p99_milliseconds=p99,
    )


def promotion(model: str, architecture: str, version: int, address: str, body: Path) -> Promotion:
    """Promote a version while clients ask, and see when it answers."""
    say(f"promoting {architecture}")
    load = Load(
        address=address,
        body=body,
        clients=CLIENTS_WHILE_PROMOTING,
        seconds=LONGEST_PROMOTION_SECONDS,
        until_version=version,
    )
    with ThreadPoolExecutor(1) as beside:
        asking = beside.submit(measured, "benchmarks.serving.clients", load.model_dump_json())
        time.sleep(BEFORE_PROMOTION_SECONDS + load.warm_up_seconds)
        began = time.monotonic()
        jena("registry", "--model", model, "promote", str(version))
        ended = time.monotonic()
        found = Answers.model_validate_json(asking.result())
    by_new = [answer.began for answer in found.answers if answer.version == version]
    if not by_new:
        raise MeasurementError(f"Version {version} did not answer within {LONGEST_PROMOTION_SECONDS:g} seconds.")
    p99, longest = milliseconds(found, 99, 100)
    return Promotion(
        architecture=architecture,
        command_seconds=ended - began,
        seconds=min(by_new) - began,
        requests=len(found.answers),
        failed=sum(answer.failed for answer in found.answers),
        p99_milliseconds=p99,
        longest_milliseconds=longest,
    )


def milliseconds(found: Answers, *percents: float) -> list[float]:
    """Give percentiles of the time that an answer took."""
    return [float(each) * 1000 for each in np.percentile([answer.seconds for answer in found.answers], percents)]


def in_words(
    facts: Machine,
    loads: Sequence[Throughput],
    promotions: Sequence[Promotion],
    memory: tuple[float, float],
    source: str,
) -> str:
    """Give what was found, in tables."""
    versions = ", ".join(f"{name} {number}" for name, number in facts.versions.items())
    where = Path(source).name if source.startswith("/") else source
    lines = [
        f"Measured on {facts.date} with `python -m benchmarks.serving --source {where}` on {facts.cores} cores of "
        f"{facts.processor}, server and clients on the same machine (load before it began: {facts.load:.1f}); "
        f"{versions}. The champion is an `{ARCHITECTURES[0]}` of 120 hourly steps, requests are JSON.",
        "",
        table(
            "clients | forecasts a request | requests a second | p50, ms | p95, ms | p99, ms | requests | failed",
            map(_load_row, loads),
            words=0,
        ),
        "",
        f"Promotions while {CLIENTS_WHILE_PROMOTING} clients ask without a pause, in seconds from the start of "
        "`jena registry promote`; the last one goes back to the version before, which is still in memory:",
        "",
        table(
            "promoted | the command ends | the new version answers | p99, ms | longest, ms | requests | failed",
            map(_promotion_row, promotions),
        ),
        "",
        f"The server held at most {memory[0]:.0f} MiB before the promotions and {memory[1]:.0f} MiB after.",
    ]
    return "\n".join(lines)


def _load_row(load: Throughput) -> list[str | int]:
    figures = (load.requests_a_second, load.p50_milliseconds, load.p95_milliseconds, load.p99_milliseconds)
    return [load.clients, load.batch, *(f"{figure:.0f}" for figure in figures), load.requests, load.failed]


def _promotion_row(found: Promotion) -> list[str | int]:
    seconds = [f"{each:.1f} s" for each in (found.command_seconds, found.seconds)]
    milliseconds = [f"{each:.0f}" for each in (found.p99_milliseconds, found.longest_milliseconds)]
    return [found.architecture, *seconds, *milliseconds, found.requests, found.failed]


if __name__ == "__main__":
    main()
