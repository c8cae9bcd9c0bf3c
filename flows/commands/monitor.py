"""`jena monitor`."""

from __future__ import annotations

import click

from flows.commands.options import FORMAT, SOURCE, STATION, set_option, with_station
from flows.terminal import show_result


@click.command()
@SOURCE
@STATION
@click.option("--at", metavar="TIME", help="Judge the day of this time: 2016-12-31, in the station's clock.")
@click.option(
    "--retrain/--no-retrain", default=None, help="Ask for a retraining where it is due.  [default: --retrain]"
)
@click.option("--history", is_flag=True, help="Judge nothing; show what was decided on earlier days.")
@set_option()
@FORMAT
def monitor(
    *,
    source: str | None,
    station: str | None,
    at: str | None,
    retrain: bool | None,
    history: bool,
    assignments: tuple[str, ...],
    form: str,
) -> None:
    """Tell whether the champion has grown stale."""
    from jena_models.optional_imports import leave_out_unneeded
    from jena_models.stations import load_station
    from tasks.forecasting import begun_day
    from tasks.readings import check_request
    from tasks.workspace import parse_changes, requested, resolve

    asked = {} if retrain is None else {"monitoring.retrain": retrain}
    leave_out_unneeded()
    settings = resolve(None, requested(source, settings=with_station(parse_changes(assignments), station) | asked))
    if history:
        from tasks.monitoring import read_days, render_history, watched_model

        show_result(read_days(watched_model(load_station(settings.station), settings)), form, render_history)
        return
    begun_day(at, load_station(settings.station).local)
    check_request(settings.source)

    from flows.steps.monitor_steps import monitor_with
    from flows.steps.ways import at_once
    from tasks.monitoring import render

    judged = monitor_with(at_once, settings, at)
    show_result(judged, form, render)
