"""HTML and SVG, an element a call; every text is escaped."""

from __future__ import annotations

import html
from typing import Final

VOID: Final = frozenset({"meta", "br", "wbr", "col"})
"""Elements that HTML does not close."""


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


Child = str | int | None
Attribute = str | float | None


def element(tag: str, *children: Child, **attributes: Attribute) -> Markup:
    """Give an element; children that are no `Markup` are escaped, and None is nothing.

    Attributes are written with `-` for `_`, so that `class_="x"` is `class="x"`; those that are None are left out.
    """
    given = "".join(f' {_name(name)}="{_value(value)}"' for name, value in attributes.items() if value is not None)
    if tag in VOID:
        return Markup(f"<{tag}{given}>")
    return Markup(f"<{tag}{given}>{joined(*children)}</{tag}>")


def joined(*children: Child) -> Markup:
    """Give elements and texts, one after the other."""
    return Markup("".join(_child(child) for child in children if child is not None))


def wrapping(name: str) -> Markup:
    """Give a name that a line may break after its underscores."""
    return Markup(html.escape(name).replace("_", "_<wbr>"))


def _child(child: str | int) -> str:
    return child if isinstance(child, Markup) else html.escape(str(child), quote=False)


def _name(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


def _value(value: str | float) -> str:
    return html.escape(value) if isinstance(value, str) else f"{value:.6g}"
