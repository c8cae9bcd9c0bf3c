"""`jena up`, `jena down`, `jena status`, `jena serve`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from flows.commands.options import FORMAT, MODEL, WholeNumber
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


@click.command()
@click.option("--host", metavar="ADDRESS", help="The address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=WholeNumber(0, 65535), help="The port; 0 takes a free one.  [default: 5001]")
@MODEL
def serve(host: str | None, port: int | None, model: str | None) -> None:
    """Forecast over HTTP with the champion, and follow it.

    Post readings as JSON or CSV to /invocations. Ctrl-C ends it, after the last answer.
    """
    from tasks.registry import likely_model
    from tasks.workspace import resolve

    named = {"serving.address": host, "serving.port": port}
    settings = resolve(None, {key: value for key, value in named.items() if value is not None})
    chosen = model or likely_model(settings)

    from tasks.serving import serve as serve_champion

    serve_champion(chosen, settings.serving)
