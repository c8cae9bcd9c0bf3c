"""`jena backtest`."""

from __future__ import annotations

import click

from flows.commands.options import FORMAT, SOURCE
from flows.terminal import show_json


@click.command()
@click.option("--profile", metavar="quick|book|best|FILE", help="The settings to start from.  [default: quick]")
@SOURCE
@click.option("--architectures", metavar="A,B", help="Train these at each origin, beside persistence.")
@click.option("--workers", type=click.IntRange(min=1), metavar="N", help="How many to train at a time.")
@click.option("--set", "assignments", multiple=True, metavar="KEY=VALUE", help="Change a setting: leads_hours=[6,12].")
@FORMAT
def backtest(
    *,
    profile: str | None,
    source: str | None,
    architectures: str | None,
    workers: int | None,
    assignments: tuple[str, ...],
    form: str,
) -> None:
    """Forecast the past again, from one origin after the other."""
    from tasks.backtest_request import backtest_request, backtested
    from tasks.profiles import parse_changes, resolve
    from tasks.sources import check_request

    names = [name.strip() for name in architectures.split(",")] if architectures else None
    changes = parse_changes(assignments)
    settings = resolve(profile, backtest_request(source, names, workers, changes))
    backtested(settings)
    check_request(settings.source)

    from tasks.prefect_server import prefect_server

    with prefect_server() as server_answers:
        from flows.backtest import backtest as backtest_flow
        from tasks.backtest_table import render

        server_answers()
        result = backtest_flow(settings.profile, source, names, workers, changes)
    if form == "json":
        show_json(result)
    else:
        click.echo(render(result))
