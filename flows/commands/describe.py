"""`jena describe`."""

from __future__ import annotations

from pathlib import Path

import click

from flows.commands.options import FORMAT, SOURCE, STATION, set_option, with_station
from flows.terminal import show_result


@click.command()
@SOURCE
@STATION
@set_option("Change a setting: ingestion.simulated_years=2.")
@FORMAT
@click.option(
    "--long",
    "long_file",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the cleaned readings instead: unique_id, ds, y (the target) and the other columns.",
)
def describe(
    source: str | None, station: str | None, assignments: tuple[str, ...], form: str, long_file: Path | None
) -> None:
    """Show what a file of readings holds, and draw it.

    Of a file that no station file describes, show what one would say.
    """
    from tasks.readings import check_request
    from tasks.workspace import parse_changes, requested, resolve

    settings = resolve(None, requested(source, settings=with_station(parse_changes(assignments), station)))
    check_request(settings.source)

    from flows.describe import describe as describe_readings
    from flows.describe import look_at, write_readings
    from jena_models.descriptions.rendering import render
    from jena_models.errors import SourceUnreadableError
    from jena_models.proposals.sketch import rendered

    if long_file is not None:
        rows = write_readings(settings, long_file)
        click.echo(f"{long_file}: {rows:,} readings in Nixtla's long format.")
        return
    try:
        described = describe_readings(settings)
    except SourceUnreadableError as error:
        if settings.station != type(settings)().station or settings.source in {"auto", "simulated"}:
            raise
        show_result(look_at(settings, str(error)), form, rendered)
    else:
        show_result(described, form, render)
