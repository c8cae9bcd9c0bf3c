"""`jena train`."""

from __future__ import annotations

import click

from flows.commands.options import FORMAT, SOURCE
from flows.terminal import show_json
from jena_models.architectures import ARCHITECTURES


@click.command()
@click.option("--profile", metavar="quick|book|best|FILE", help="The settings to start from.  [default: quick]")
@SOURCE
@click.option("--architectures", metavar="A,B", help=f"Train these alone, of: {', '.join(ARCHITECTURES)}.")
@click.option("--workers", type=click.IntRange(min=1), metavar="N", help="How many to train at a time.")
@click.option("--set", "assignments", multiple=True, metavar="KEY=VALUE", help="Change a setting: lstm.units=32.")
@FORMAT
def train(
    *,
    profile: str | None,
    source: str | None,
    architectures: str | None,
    workers: int | None,
    assignments: tuple[str, ...],
    form: str,
) -> None:
    """Ingest, check, train, compare and promote."""
    from tasks.prefect_server import prefect_server
    from tasks.profiles import parse_changes, requested, resolve
    from tasks.sources import check_request

    names = [name.strip() for name in architectures.split(",")] if architectures else None
    changes = parse_changes(assignments)
    settings = resolve(profile, requested(source, names, workers, changes))
    check_request(settings.source)

    with prefect_server() as server_answers:
        from flows.train import train as train_flow
        from tasks.leaderboard import render
        from tasks.progress import live_progress
        from tasks.registry import render_gates

        server_answers()
        with live_progress(settings):
            result = train_flow(settings.profile, source, names, workers, changes)
    if form == "json":
        show_json(result)
    else:
        click.echo(f"{render(result.leaderboard)}\n{render_gates(result.promotion)}")
