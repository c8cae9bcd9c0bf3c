"""`jena page`."""

from __future__ import annotations

from typing import Any

import click

from flows.commands.options import SOURCE, set_option


@click.command(short_help="Show stations and their forecasts in a browser.")
@click.option(
    "--station", "stations", metavar="NAME|FILE", multiple=True, help="A station, again and again.  [default: jena]"
)
@SOURCE
@click.option("--host", metavar="ADDRESS", help="The address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="The port; 0 takes a free one.  [default: 5002]")
@click.option("--token-file", metavar="FILE", help="Let in who has the token in this file.")
@click.option("--behind-proxy", is_flag=True, help="A proxy signs people in, and says who they are in a header.")
@click.option("--registry", metavar="URI", hidden=True, help="The store to read champions from.")
@set_option()
def page(
    *,
    stations: tuple[str, ...],
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

    from tasks.page import serve_page, shown_stations

    serve_page(shown_stations(settings, stations), settings, registry)
