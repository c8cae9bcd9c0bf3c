"""`jena forecast`."""

from __future__ import annotations

import click

from flows.commands.options import FORMAT, SOURCE, STATION, set_option, with_station
from flows.terminal import show_result


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
    from jena_models.optional_imports import leave_out_unneeded
    from jena_models.stations import load_station
    from tasks.forecasting import moment
    from tasks.readings import check_request
    from tasks.workspace import parse_changes, requested, resolve

    leave_out_unneeded()
    settings = resolve(None, requested(source, settings=with_station(parse_changes(assignments), station)))
    moment(at, load_station(settings.station).local)
    check_request(settings.source)

    from flows.steps.forecast_steps import forecast_with
    from flows.steps.ways import at_once
    from tasks.forecasting import render

    made = forecast_with(at_once, settings, at)
    show_result(made, form, render)
