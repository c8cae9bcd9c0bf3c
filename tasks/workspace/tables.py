"""Tables as the terminal shows them: nothing is cut off, however narrow it is."""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Column, Table

Justify = Literal["left", "right", "center"]

WIDTH: Final = 120
"""In characters, where the output goes to no terminal."""
SENTENCES: Final = ("evidence", "gates")
"""Columns whose cells may go on in the next line."""
NARROWEST_SENTENCE: Final = 24
"""In characters."""


def plain_table(title: str | None, columns: Mapping[str, Justify], caption: str | None = None) -> Table:
    """Give an empty table with a rule under its header; columns map a header to where its cells stand."""
    from rich import box
    from rich.table import Table

    table = Table(title=title, caption=caption, box=box.SIMPLE_HEAD, title_justify="left", caption_justify="left")
    for header, justify in columns.items():
        table.add_column(header, justify=justify, no_wrap=header not in SENTENCES)
    return table


def marked(passed: bool | None) -> str:
    """Give a verdict as one sign; nothing where there is none."""
    return "" if passed is None else "[green]✓[/]" if passed else "[red]✗[/]"


def as_text(*parts: RenderableType) -> str:
    """Give what a terminal would show, one part under the other; coloured only where standard output is a terminal."""
    from rich.console import Console
    from rich.table import Table

    terminal = sys.stdout is not None and sys.stdout.isatty()  # a caller may have closed it
    width = shutil.get_terminal_size().columns if terminal else WIDTH
    text = io.StringIO()
    console = Console(file=text, force_terminal=terminal, width=width, highlight=False, emoji=False)
    for part in parts:
        for shown in _side_by_side(part, width) if isinstance(part, Table) else [part]:
            console.print(shown)
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines()).strip("\n")


def _side_by_side(table: Table, width: int) -> list[Table]:
    """Divide a table that is too wide into tables one under the other; each begins with what tells its rows apart."""
    telling = [column for column in table.columns if len(set(column.cells)) == table.row_count]
    names = next((column for column in telling if column.justify == "left"), (telling or table.columns)[0])
    groups: list[list[Column]] = [[]]
    for column in table.columns:
        column.no_wrap &= column is names or _width([names, column]) <= width
        together = [*groups[-1], column]
        if _width(together) > width and len(groups[-1]) > 1:
            together = [names, column]
            groups.append(together)
        groups[-1] = together
    return [table] if len(groups) == 1 else [_of_columns(table, columns) for columns in groups]


def _of_columns(table: Table, columns: list[Column]) -> Table:
    is_first, is_last = columns[0] is table.columns[0], columns[-1] is table.columns[-1]
    headers: dict[str, Justify] = {str(column.header): column.justify for column in columns}  # type: ignore[misc]
    part = plain_table(
        str(table.title) if is_first and table.title else None,
        headers,
        str(table.caption) if is_last and table.caption else None,
    )
    for column, shown in zip(columns, part.columns, strict=True):
        shown.no_wrap = column.no_wrap
    for cells, row in zip(zip(*(column.cells for column in columns), strict=True), table.rows, strict=True):
        part.add_row(*cells, style=row.style)
    return part


def _width(columns: list[Column]) -> int:
    """Give how wide a table of these columns is, with what stands between them."""
    from rich.text import Text

    def needed(column: Column) -> int:
        widest = max(Text.from_markup(str(cell)).cell_len for cell in [column.header, *column.cells])
        return widest if column.no_wrap else min(widest, NARROWEST_SENTENCE)

    return sum(needed(column) + 3 for column in columns) + 1
