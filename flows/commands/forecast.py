"""`jena forecast`."""

from __future__ import annotations

import logging
from contextlib import ExitStack

import click

from flows.commands.options import FORMAT, SOURCE, STATION, set_option, with_station
from flows.terminal import show_result

logger = logging.getLogger("jena")


@click.command()
@SOURCE
@STATION
@click.option("--at", metavar="TIME", help="Say what would have been said then: 2016-12-31T23:10, the station's clock.")
@set_option()
@FORMAT
def forecast(
    *, source: str | None, station: str | None, at: str | None, assignments: tuple[str, ...], form: str
) -> None:
    """Let the champion forecast from the newest readings."""
    from jena_models.errors import ForecastsTableError, in_one_line
    from jena_models.optional_imports import leave_out_unneeded
    from jena_models.stations import load_station
    from tasks.forecasting import moment
    from tasks.readings import check_request
    from tasks.workspace import cache_aside, parse_changes, requested, resolve

    leave_out_unneeded()
    settings = resolve(None, requested(source, settings=with_station(parse_changes(assignments), station)))
    moment(at, load_station(settings.station).local)
    check_request(settings.source)

    from flows.steps.forecast_steps import kept_with, made_with
    from flows.steps.ways import at_once
    from tasks.forecasting import render

    with ExitStack() as aside:
        try:
            made, checked = made_with(at_once, settings, at)
        except OSError as error:  # somebody waits for what comes, and readings that are checked are needed but once
            why = in_one_line(error)
            logger.warning("What is made on the way cannot be kept (%s); a temporary folder stands in.", why)
            aside.enter_context(cache_aside())
            made, checked = made_with(at_once, settings, at)
        try:
            made = kept_with(at_once, made, checked, settings)
        except (ForecastsTableError, OSError):
            show_result(made, form, render)
            raise
    show_result(made, form, render)
