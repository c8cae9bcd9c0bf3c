"""`jena leaderboard`."""

from __future__ import annotations

import click

from flows.commands.options import FORMAT
from flows.terminal import show_json


@click.command()
@click.option("--study", metavar="ID", help="The study.  [default: the latest]")
@FORMAT
def leaderboard(study: str | None, form: str) -> None:
    """Rank the architectures of a study."""
    from tasks.leaderboard import render, rows

    ranked = rows(study)
    if form == "json":
        show_json(ranked)
    else:
        click.echo(render(ranked))
