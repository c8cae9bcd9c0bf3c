"""Mutated readings, station files, profiles and settings: refused in a sentence, or read for what they are."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Final

import numpy as np
import pandas as pd
import yaml

import jena_models
from benchmarks.torture.commands import strict_json
from benchmarks.torture.mutations import mutated_assignment, mutated_readings, mutated_text, places_of, readings
from flows.command_line import main
from flows.outcome import told
from jena_models.reading.reading import read
from jena_models.stations import StationSchema, load_station
from jena_models.stations.cleaned.cleaning import clean
from tasks.workspace import parse_changes, resolve

STATION: Final = Path(jena_models.__file__).parent / "stations" / "jena.yaml"
ENDS: Final = (0, 1, 2)
NOT_SAID: Final = ("Traceback", "should not have", "Error:", "Exception")


def feed(folder: Path, seed: int, reference: Path | None = None) -> str:
    """Give the workflow one mutated input; gives what went wrong. `JENA_HOME` should name a folder beside its own."""
    del reference
    draw = Random(seed)  # noqa: S311  (repeatable, not secret)
    return KINDS[seed % len(KINDS)](folder, draw)


def _feed_readings(folder: Path, draw: Random) -> str:
    path, good, station = folder / "readings.csv", folder / "good.csv", load_station("jena")
    path.write_bytes(mutated_readings(draw))
    good.write_text(readings(), encoding="utf-8")
    fault = _refused(lambda: _read(path, station))
    if fault is not None:
        return fault
    return _accepted_in_silence(_read(path, station), _read(good, station), station)


def _feed_station(folder: Path, draw: Random) -> str:
    path, good = folder / "station.yaml", folder / "good.csv"
    path.write_bytes(mutated_text(STATION.read_text(encoding="utf-8"), draw))
    good.write_text(readings(), encoding="utf-8")
    return _refused(lambda: _read(good, load_station(str(path)))) or ""


def _feed_profile(folder: Path, draw: Random) -> str:
    path = folder / "profile.yaml"
    path.write_bytes(mutated_text(yaml.safe_dump(_every_setting(), sort_keys=False), draw))
    return _refused(lambda: _tell_plainly(resolve(str(path), {}, {}))) or ""


def _feed_setting(folder: Path, draw: Random) -> str:
    del folder
    assignment = mutated_assignment(_places(), draw)
    return _refused(lambda: _tell_plainly(resolve("quick", parse_changes([assignment]), {}))) or ""


def _feed_command(folder: Path, draw: Random) -> str:
    path = folder / "readings.csv"
    path.write_bytes(mutated_readings(draw))
    output, complaints = io.StringIO(), io.StringIO()
    with redirect_stdout(output), redirect_stderr(complaints):
        try:
            main(["describe", "--source", str(path), "--format", "json"])
        except SystemExit as end:
            code = end.code
    if code not in ENDS:
        return f"ended with {code}"
    if fault := next((word for word in NOT_SAID if word in complaints.getvalue()), ""):
        return f"said '{fault}': {complaints.getvalue()[-300:]}"
    if code == 0:
        strict_json(output.getvalue())
    return ""


KINDS: Final = (_feed_readings, _feed_station, _feed_profile, _feed_setting, _feed_command)


def _refused(work: Callable[[], object]) -> str | None:
    """Do a work; gives None where it is done, an empty text where a sentence refuses it, else what is wrong."""
    try:
        work()
    except Exception as error:
        sentence, code = told(error)
        if code not in ENDS or "\n" in sentence or any(word in sentence for word in NOT_SAID):
            return f"{type(error).__name__}: {sentence[:300]}"
        return ""
    return None


def _accepted_in_silence(found: pd.DataFrame, expected: pd.DataFrame, station: StationSchema) -> str:
    """Tell of a number that is none of the file's, is possible at the station, and that nobody was told of."""
    times = found.index.intersection(expected.index)
    for name in ("p (mbar)", "T (degC)", "rh (%)"):
        mine, theirs = found.loc[times, name].to_numpy(), expected.loc[times, name].to_numpy()
        column = station.column(name)
        possible = (mine >= column.minimum) & (mine <= column.maximum)
        odd = np.flatnonzero(possible & (mine != theirs))
        if len(odd) > FLIPPED:
            return f"{len(odd)} values of {name} were read as others, the first at {times[odd[0]]}"
    return ""


FLIPPED: Final = 100
"""A flipped bit makes another digit, which nobody can tell; a hundred are a column that was taken for another."""


def _read(path: Path, station: StationSchema) -> pd.DataFrame:
    table, report = clean(read(path, station), station)
    report.summary()
    return table


def _tell_plainly(settings: Any) -> None:
    json.dumps(settings.model_dump(mode="json"), allow_nan=False)


@cache
def _every_setting() -> dict[str, Any]:
    tree: dict[str, Any] = resolve("quick", {}, {}).model_dump(mode="json", exclude={"profile"})
    return tree


@cache
def _places() -> list[str]:
    return places_of(_every_setting())
