"""Findings as Markdown, and the place of each in a page of the docs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click

from jena_models.whole_files import write_whole


def output_option(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let the folder of a page be named, which the command is given as the page; one without it is refused at once."""

    def page(context: click.Context, option: click.Parameter, folder: Path | None) -> Path | None:
        if folder and not (folder / name).is_file():
            raise click.BadParameter(f"{folder} has no page {name}, into which the tables would go.", context, option)
        return folder and folder / name

    kind = click.Path(path_type=Path, file_okay=False)
    return click.option("--output", "page", type=kind, callback=page, help=f"Folder of the {name} to write into.")


def tell(text: str, page: Path | None, name: str) -> None:
    """Print a finding, and put it between the markers of a name where a page is given."""
    click.echo(text)
    if page:
        between_markers(page, name, text)


def between_markers(path: Path, name: str, text: str, by: str = "make benchmark") -> None:
    """Put a text between the markers of a name in a page, in place of what is there; a page without them is refused.

    Raises:
        ValueError: where the page lacks the markers.
    """
    first, last = markers(name, by)
    before, found, rest = path.read_text(encoding="utf-8").partition(first)
    _, closed, after = rest.partition(last)
    if not (found and closed):
        raise ValueError(f"{path} lacks the lines '{first}' and '{last}'")
    write_whole(path, f"{before}{first}\n{text}\n{last}{after}")


def markers(name: str, by: str) -> tuple[str, str]:
    """Give the lines before and after what is written by a command."""
    return f"<!-- {name}: written by {by} -->", f"<!-- end of {name} -->"


def table(head: str, rows: Iterable[Iterable[object]], words: int = 1) -> str:
    """Give a table as Markdown.

    Args:
        head: names of the columns, with ` | ` between them.
        rows: of cells.
        words: how many of the columns, from the left, hold words; the others hold numbers.
    """
    names = head.split(" | ")
    aligned = ["---"] * words + ["---:"] * (len(names) - words)
    return "\n".join(f"| {' | '.join(map(str, row))} |" for row in (names, aligned, *rows))
