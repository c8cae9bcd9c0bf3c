"""`jena leaderboard`."""

from __future__ import annotations

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
