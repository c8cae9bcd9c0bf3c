"""`jena backtest`."""

from __future__ import annotations

import click

from flows.commands.options import (
    FORMAT,
    PROFILE,
    SOURCE,
    STATION,
    architectures_option,
    set_option,
    with_station,
    workers_option,
)
from flows.terminal import show_result


@click.command()
@PROFILE
@SOURCE
@STATION
@architectures_option("Train these at each origin, beside persistence.")
@workers_option()
@set_option("Change a setting: backtest.leads_hours=[6,12].")
@FORMAT
def backtest(
    *,
    profile: str | None,
    source: str | None,
    station: str | None,
    architectures: list[str] | None,
    workers: int | None,
    assignments: tuple[str, ...],
    form: str,
) -> None:
    """Forecast the past again, from one origin after the other."""
    from tasks.backtesting import backtest_request, backtested
    from tasks.readings import check_request
    from tasks.workspace import parse_changes, resolve

    changes = with_station(parse_changes(assignments), station)
    settings = resolve(profile, backtest_request(source, architectures, workers, changes))
    backtested(settings)
    check_request(settings.source)

    from tasks.orchestration import prefect_server
    from tasks.training import prepare_trainings

    prepare_trainings(settings)
    with prefect_server() as server_answers:
        from flows.backtest import backtest as backtest_flow
        from tasks.backtesting import render
        from tasks.tracking import import_mlflow

        import_mlflow()
        server_answers()
        result = backtest_flow(settings.profile, source, architectures, workers, changes)
    show_result(result, form, render)
