"""Tables as the terminal shows them."""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

Justify = Literal["left", "right", "center"]

WIDTH: Final = 120
"""In characters, where the output goes to no terminal."""


def plain_table(title: str | None, columns: Mapping[str, Justify], caption: str | None = None) -> Table:
    """Give an empty table with a rule under its header; columns map a header to where its cells stand."""
    from rich import box
    from rich.table import Table

    table = Table(title=title, caption=caption, box=box.SIMPLE_HEAD, title_justify="left", caption_justify="left")
    for header, justify in columns.items():
        table.add_column(header, justify=justify, no_wrap=header != "evidence")
    return table


def marked(passed: bool | None) -> str:
    """Give a verdict as one sign; nothing where there is none."""
    return "" if passed is None else "[green]✓[/]" if passed else "[red]✗[/]"


def as_text(*parts: RenderableType) -> str:
    """Give what a terminal would show, one part under the other; coloured only where standard output is a terminal."""
    from rich.console import Console

    terminal = sys.stdout.isatty()
    width = shutil.get_terminal_size().columns if terminal else WIDTH
    text = io.StringIO()
    console = Console(file=text, force_terminal=terminal, width=width, highlight=False, emoji=False)
    for part in parts:
        console.print(part)
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines()).strip("\n")
