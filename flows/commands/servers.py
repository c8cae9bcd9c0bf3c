"""What listens: `jena up`, `jena down`, `jena status`, `jena serve`, `jena page`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flows.commands.options import FORMAT, MODEL, SOURCE, WholeNumber, set_option
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


@click.command(short_help="Show stations and their forecasts in a browser.")
@click.option(
    "--station", "stations", metavar="NAME|FILE", multiple=True, help="A station, again and again.  [default: jena]"
)
@click.option("--fleet", "file", metavar="FILE", help="The stations of a fleet.  [default: fleet.yaml, if it is there]")
@SOURCE
@click.option("--host", metavar="ADDRESS", help="The address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=WholeNumber(0, 65535), help="The port; 0 takes a free one.  [default: 5002]")
@click.option("--token-file", metavar="FILE", help="Let in who has the token in this file.")
@click.option("--behind-proxy", is_flag=True, help="A proxy signs people in, and says who they are in a header.")
@click.option("--registry", metavar="URI", hidden=True, help="The store to read champions from.")
@set_option()
def page(
    *,
    stations: tuple[str, ...],
    file: str | None,
    source: str | None,
    host: str | None,
    port: int | None,
    token_file: str | None,
    behind_proxy: bool,
    registry: str | None,
    assignments: tuple[str, ...],
) -> None:
    """Show the stations, their forecasts and how these did, as a page that keeps itself up to date.

    It reads what other commands leave and writes nothing. Ctrl-C ends it.
    """
    from tasks.workspace import parse_changes, requested, resolve

    named: dict[str, Any] = {
        "page.address": host,
        "page.port": port,
        "page.token_file": token_file,
        "page.behind_proxy": behind_proxy or None,
        "station": stations[0] if len(stations) == 1 else None,
    }
    changes = {key: value for key, value in named.items() if value is not None}
    settings = resolve(None, requested(source, settings=parse_changes(assignments) | changes))

    from jena_models.errors import RequestError
    from jena_models.fleet import FLEET_FILE
    from tasks.page import fleet_stations, serve_page, shown_stations

    if file and (stations or source):
        raise RequestError(
            "A fleet names its stations and their sources itself; give --fleet, or --station and --source."
        )
    lists = file or (FLEET_FILE if not (stations or source) and Path(FLEET_FILE).is_file() else None)
    serve_page(fleet_stations(Path(lists)) if lists else shown_stations(settings, stations), settings, registry)
