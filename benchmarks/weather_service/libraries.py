"""This project beside Darts and mlforecast, on the same windows: `python -m benchmarks.weather_service.libraries`.

They take no forecasts run by run, so the windows are cut for them: each is a series of its own, with what was known of
its hours at its issue time as future covariates. They run in an environment of their own, made for the run.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import click
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.markdown import table
from benchmarks.processes import InSentences
from benchmarks.weather_service.described_sets import DescribedSet, described
from benchmarks.weather_service.late_runs import trained_twice
from benchmarks.weather_service.records import Record, Windows, record_of, some_windows_of
from benchmarks.weather_service.trials import SERVICE, limited
from jena_models.weather_service.service_runs import known_then

HERE: Final = Path(__file__).parent
HISTORY_HOURS: Final = 24
GROUPS: Final = {"1 to 6 h": (1, 6), "7 to 24 h": (7, 24), "25 to 48 h": (25, 48), "all": (1, 48)}

Values = NDArray[np.float64]


@click.command(cls=InSentences)
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True)
@click.option("--set", "named", default="gefcom", show_default=True, help="A set of hours, all leads from 1 on.")
@click.option("--series", default="1", show_default=True, help="One of its series.")
@click.option("--python", help="Of an environment that has the libraries already; one is made where none is named.")
def main(data: Path, named: str, series: str, python: str | None) -> None:
    """Train all of them on the same windows, and score them by lead."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    told, began = described(named).at_issue_times.of_series((series,)), time.perf_counter()
    record = record_of(told, series, data)
    leads = len(told.leads_hours)
    train, test = (some_windows_of(record, told, part) for part in ("train", "test"))
    with tempfile.TemporaryDirectory(prefix="jena-libraries-") as folder:
        cut, said = Path(folder) / "windows.npz", Path(folder) / "said.npz"
        whole = _whole(test, leads)
        arrays: dict[str, Any] = _cut(record, train, leads, "train") | _cut(record, test, leads, "test")
        np.savez(cut, leads=leads, **arrays)
        own = _own(told, record, test)
        _run([python or _environment(Path(folder)), str(HERE / "library_models.py"), str(cut), str(said)])
        with np.load(said) as kept:
            theirs = {name: record.limited(kept[name]) for name in kept.files}
    truth = test.target.astype(np.float64)[whole].reshape(-1, leads)
    last = _carried_target(record)[test.histories.rows[whole][:, -1]].reshape(-1, leads)
    ours = {name: each[whole].reshape(-1, leads) for name, each in own.items()}
    click.echo(_table(told.title, truth, last, ours | theirs))
    click.echo(f"{len(truth)} windows of {leads} hours; {time.perf_counter() - began:.0f} seconds")


def _own(told: DescribedSet, record: Record, test: Windows) -> dict[str, Values]:
    """Give what this project's learners say, trained on all that is given."""
    said = {}
    for candidate in told.candidates:
        if candidate.architecture != SERVICE:
            _, model = trained_twice(record, told, candidate)
            said[f"this project, {candidate.name}"] = limited(model, test, record)
    return said


def _whole(windows: Windows, leads: int) -> NDArray[np.intp]:
    """Give the places of windows' leads where an issue time has all of them, one issue time after the other."""
    issued = windows.histories.rows[:, -1]
    rows, counts = np.unique(issued, return_counts=True)
    places = np.flatnonzero(np.isin(issued, rows[counts == leads]))
    return places[np.lexsort((np.asarray(windows.histories.horizon_minutes)[places], issued[places]))]


def _cut(record: Record, windows: Windows, leads: int, part: str) -> dict[str, Values]:
    """Give a row an issue time: the hours before and those to be forecast, and what was known of them by then."""
    places = _whole(windows, leads)[::leads]
    issued = windows.histories.rows[places, -1]
    rows = issued[:, None] + np.arange(1 - HISTORY_HOURS, leads + 1)
    carried = _carried_target(record)
    target = carried[rows] if part == "train" else np.where(rows > issued[:, None], np.nan, carried[rows])
    seconds = record.seconds[rows].reshape(-1)
    then = np.repeat(record.seconds[issued], rows.shape[1])
    said = np.concatenate([known_then(runs, then, seconds).values for runs in record.service.sources], axis=1)
    means = np.nanmean(said, axis=0)
    filled = np.where(np.isfinite(said), said, means)  # neither library takes what is missing
    return {part: target, f"{part}_said": filled.reshape(*rows.shape, -1)}


def _carried_target(record: Record) -> Values:
    """Give what was measured of the target, with the last known value in place of those that are missing."""
    return np.asarray(pd.Series(record.measured[:, record.target_place]).ffill())


def _table(title: str, truth: Values, last: Values, said: dict[str, Values]) -> str:
    def rmse(forecast: Values, first: int, end: int) -> float:
        return float(np.sqrt(np.mean((forecast - truth)[:, first - 1 : end] ** 2)))

    rows = []
    for name, forecast in sorted(said.items(), key=lambda pair: rmse(pair[1], *GROUPS["all"])):
        errors = [(rmse(forecast, *of), rmse(last, *of)) for of in GROUPS.values()]
        cells = [f"{own:.4f} ({1 - own / reference:+.1%})" for own, reference in errors]
        rows.append([name, *cells])
    rows.append(["persistence", *(f"{rmse(last, *of):.4f}" for of in GROUPS.values())])
    return f"{title}\n\n{table(' | '.join(['RMSE, and skill against persistence', *GROUPS]), rows)}"


def _environment(folder: Path) -> str:
    """Make an environment with the libraries; gives its Python."""
    home = folder / "environment"
    _run([sys.executable, "-m", "venv", str(home)])
    python = home / "bin" / "python"
    _run([sys.executable, "-m", "uv", "pip", "install", "--python", str(python), "-r", str(HERE / "libraries.txt")])
    return str(python)


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True)  # noqa: S603 (of this file alone)


if __name__ == "__main__":
    main()
