"""`jena forecast`."""

from __future__ import annotations

import click

from flows.commands.options import FORMAT, SOURCE, set_option
from flows.terminal import show_result


@click.command()
@SOURCE
@click.option("--at", metavar="TIME", help="Say what would have been said then: 2016-12-31T23:10, the station's clock.")
@set_option()
@FORMAT
def forecast(source: str | None, at: str | None, assignments: tuple[str, ...], form: str) -> None:
    """Let the champion forecast from the newest readings."""
    from tasks.profiles import parse_changes, requested, resolve
    from tasks.sources import check_request
    from tasks.station_clock import moment

    settings = resolve(None, requested(source, settings=parse_changes(assignments)))
    moment(at, settings.forecasting.utc_offset_hours)
    check_request(settings.source)

    from flows.forecast import at_once, forecast_with
    from tasks.forecast import render

    made = forecast_with(at_once, settings, at)
    show_result(made, form, render)
