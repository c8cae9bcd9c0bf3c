"""`jena describe`."""

from __future__ import annotations

import click

from flows.commands.options import FORMAT, SOURCE, STATION, set_option, with_station
from flows.terminal import show_result


@click.command()
@SOURCE
@STATION
@set_option("Change a setting: ingestion.simulated_years=2.")
@FORMAT
def describe(source: str | None, station: str | None, assignments: tuple[str, ...], form: str) -> None:
    """Show what a file of readings holds, and draw it.

    Of a file that no station file describes, show what one would say.
    """
    from tasks.readings import check_request
    from tasks.workspace import parse_changes, requested, resolve

    settings = resolve(None, requested(source, settings=with_station(parse_changes(assignments), station)))
    check_request(settings.source)

    from flows.describe import describe as describe_readings
    from flows.describe import look_at
    from jena_models.descriptions.rendering import render
    from jena_models.errors import SourceUnreadableError
    from jena_models.proposals.sketch import rendered

    try:
        described = describe_readings(settings)
    except SourceUnreadableError as error:
        if settings.station != type(settings)().station or settings.source in {"auto", "simulated"}:
            raise
        show_result(look_at(settings, str(error)), form, rendered)
    else:
        show_result(described, form, render)
