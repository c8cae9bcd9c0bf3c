"""The command line: what the user types."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from typing import Final, NoReturn

import click

from flows.commands.backtest import backtest
from flows.commands.describe import describe
from flows.commands.fleet import fleet
from flows.commands.forecast import forecast
from flows.commands.monitor import monitor
from flows.commands.options import Commands
from flows.commands.registry import registry
from flows.commands.servers import down, page, serve, status, up
from flows.commands.station import station
from flows.commands.study import leaderboard, report
from flows.commands.train import train
from flows.commands.tune import tune
from flows.outcome import run
from flows.terminal import set_logging

OBJECTS_BEFORE_COLLECTING: Final = 50_000
"""Python begins to look for garbage at 700: a tenth of the seconds that imports take, of which nothing is garbage."""


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option("--debug", is_flag=True, help="Show the logs of every tool, and a traceback when something goes wrong.")
@click.version_option(package_name="jena-forecast")
def jena(debug: bool) -> None:
    """Forecast a weather station: ingest, check, train, compare, promote.

    Start with `jena train`, then look at `jena leaderboard` and `mlflow ui`.
    """
    set_logging(debug)


for _command in (
    *(train, describe, leaderboard, forecast, monitor, backtest, tune, registry, report, serve, page),
    *(station, fleet, up, down, status),
):
    jena.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command; the process ends with its exit code."""
    gc.set_threshold(OBJECTS_BEFORE_COLLECTING)
    run(lambda given: jena.main(given, prog_name="jena", standalone_mode=False), arguments)


if __name__ == "__main__":
    main()
