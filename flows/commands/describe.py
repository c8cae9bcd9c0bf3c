"""`jena describe`."""

from __future__ import annotations

import click

from flows.commands.options import FORMAT, SOURCE, set_option
from flows.terminal import show_result


@click.command()
@SOURCE
@set_option("Change a setting: station=my-station.yaml.")
@FORMAT
def describe(source: str | None, assignments: tuple[str, ...], form: str) -> None:
    """Show what a file of readings holds, and draw it."""
    from tasks.readings import check_request
    from tasks.workspace import parse_changes, requested, resolve

    settings = resolve(None, requested(source, settings=parse_changes(assignments)))
    check_request(settings.source)

    from flows.describe import describe as describe_readings
    from jena_models.stations.rendering import render

    description = describe_readings(settings)
    show_result(description, form, render)
