"""`jena leaderboard` and `jena report`: what a study found."""

from __future__ import annotations

from pathlib import Path

import click

from flows.commands.options import FORMAT, STUDY
from flows.terminal import show_result


@click.command()
@STUDY
@FORMAT
def leaderboard(study: str | None, form: str) -> None:
    """Rank the architectures of a study."""
    from tasks.studies import neighbours_in_words, render, rows

    ranked = rows(study)
    show_result(ranked, form, lambda shown: "\n\n".join(filter(None, [render(shown), neighbours_in_words(study)])))


@click.command(short_help="Write all that is known of a study as one page.")
@STUDY
@click.option(
    "--output",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write it.  [default: reports/<study>.html, under JENA_HOME]",
)
@click.option(
    "--long",
    "long_file",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write each test window's forecasts instead: unique_id, ds, cutoff, y and a column an architecture.",
)
def report(study: str | None, output: Path | None, long_file: Path | None) -> None:
    """Write all that is known of a study as one page, which opens without a network."""
    from tasks.studies import write_report, write_study

    if long_file is None:
        click.echo(write_report(study, output))
        return
    windows = write_study(long_file, study)
    click.echo(f"{long_file}: {windows:,} windows in Nixtla's long format.")
