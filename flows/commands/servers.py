"""`jena up`, `jena down`, `jena status`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from flows.commands.options import FORMAT
from flows.terminal import show_result

if TYPE_CHECKING:
    from jena_models.settings import Settings


@click.command(short_help="Start this machine's servers and worker.")
def up() -> None:
    """Start this machine's Prefect server, MLflow server, worker, and the page that people look at.

    Comes back when all are healthy, and prints the variables by which a shell finds them.
    """
    from tasks.servers import up as start

    settings = _asked()
    addresses = start(settings.servers, settings.page)
    click.echo(f"export PREFECT_API_URL={addresses.prefect_api}")
    click.echo(f"export MLFLOW_TRACKING_URI={addresses.mlflow}")


@click.command(short_help="End what `jena up` started.")
def down() -> None:
    """End what `jena up` started, with the flow runs that are going on."""
    from tasks.servers import down as end

    click.echo("Everything has ended." if end(_asked().servers) else "Nothing was running.")


@click.command()
@FORMAT
def status(form: str) -> None:
    """Tell how this machine's servers are."""
    from tasks.servers import render, standing

    settings = _asked()
    found = standing(settings.servers, settings.page)
    show_result(found, form, render)


def _asked() -> Settings:
    from tasks.workspace import resolve

    return resolve()
