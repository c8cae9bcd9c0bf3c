"""`jena report`."""

from __future__ import annotations

from pathlib import Path

import click

from flows.commands.options import STUDY


@click.command()
@STUDY
@click.option(
    "--output",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write it.  [default: reports/<study>.html]",
)
def report(study: str | None, output: Path | None) -> None:
    """Write all that is known of a study as one page, which opens without a network."""
    from tasks.studies import write_report

    click.echo(write_report(study, output))
