"""`jena page`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from flows.commands.options import SOURCE, WholeNumber, set_option


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
