"""Rows as a forecast leaves them in a table."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from jena_models.stations.clock import clock_named

MODEL = "jena-temperature-24h"
UTC = clock_named("UTC")


def forecasts(issue_times, *, version=3, forecast=7.5, horizon_hours=24.0):
    issue = pd.DatetimeIndex(issue_times).as_unit("s")
    return pd.DataFrame(
        {
            "issue_time": issue,
            "valid_time": issue + pd.Timedelta(hours=horizon_hours),
            "horizon_hours": horizon_hours,
            "forecast": forecast,
            "lower": np.nan,
            "upper": np.nan,
            "persistence": 6.0,
            "model": "lstm",
            "version": version,
            "data_hash": "0123456789abcdef",
            "rung": "champion",
            "missing": "",
            "service_run": "",
        }
    )


def said_by_writers(script: str, parts: Sequence[pd.DataFrame], homes: Sequence[Path], *arguments: str) -> list[str]:
    """What processes print that write at once, one for each part of the rows and with the home beside it.

    The script is given the part's file and the arguments, and says that it is ready before it waits for a line.
    """
    writers = []
    for number, (part, home) in enumerate(zip(parts, homes, strict=True)):
        home.mkdir(exist_ok=True)
        file = home / f"{number}.pkl"
        part.to_pickle(file)
        writers.append(
            subprocess.Popen(
                [sys.executable, "-c", script, str(file), *arguments],
                env={**os.environ, "JENA_HOME": str(home)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        )
    for writer in writers:
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    said = [writer.communicate(timeout=300)[0] for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * len(writers)
    return said
