"""Findings as Markdown, and the place of each in a page of the docs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import click


def holding(name: str | Path) -> Callable[[click.Context, click.Parameter, Path | None], Path | None]:
    """Give what refuses a folder without the page to write into: at once, and not when all is measured."""

    def check(context: click.Context, option: click.Parameter, folder: Path | None) -> Path | None:
        if folder and not (folder / name).is_file():
            raise click.BadParameter(f"{folder} has no page {name}, into which the tables would go.", context, option)
        return folder

    return check


def between_markers(path: Path, name: str, text: str) -> None:
    """Put a text between the markers of a name in a page, in place of what is there; a page without them is refused.

    Raises:
        ValueError: where the page lacks the markers.
    """
    first, last = f"<!-- {name}: written by make benchmark -->", f"<!-- end of {name} -->"
    before, found, rest = path.read_text(encoding="utf-8").partition(first)
    _, closed, after = rest.partition(last)
    if not (found and closed):
        raise ValueError(f"{path} lacks the lines '{first}' and '{last}'")
    beside = path.with_name(f".{path.name}.beside")
    beside.write_text(f"{before}{first}\n{text}\n{last}{after}", encoding="utf-8")
    beside.replace(path)


def table(rows: Iterable[Sequence[str]]) -> str:
    """Give rows of cells as Markdown."""
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
