"""What the sections of the page are made of: figures with captions, tables that fit a phone, keys of colours."""

from __future__ import annotations

from collections.abc import Sequence

from jena_models.report.markup import Child, Markup, element, joined


def section(name: str, title: str, *contents: Child) -> Markup:
    """Give a part of the page under its heading."""
    return element("section", element("h2", title), *contents, id=name)


def prose(*contents: Child) -> Markup:
    """Give a paragraph."""
    return element("p", *contents)


def figure(title: str, drawing: Markup, caption: Child = None, kind: str | None = None) -> Markup:
    """Give a drawing; its title says what the upright axis shows, with the unit."""
    told = element("figcaption", caption) if caption else None
    return element("figure", element("h3", title), drawing, told, class_=kind)


def figures(*drawn: Child, kind: str = "panels") -> Markup:
    """Give drawings side by side, as many as there is room for."""
    return element("div", *drawn, class_=kind)


def key(text: str, kind: str) -> Markup:
    """Give words in the colour of what they name."""
    return element("span", element("i", class_=f"swatch {kind}"), text, class_="key")


def keys(*named: tuple[str, str]) -> Markup:
    """Give the keys of a group of drawings: text and kind of each."""
    return element("p", *(joined(key(text, kind), " ") for text, kind in named), class_="keys")


def table(headers: Sequence[Markup], rows: Sequence[Markup], kind: str | None = None) -> Markup:
    """Give a table of ready rows."""
    head = element("thead", element("tr", *headers))
    return element("div", element("table", head, element("tbody", *rows), class_=kind), class_="scroll")


def header(text: Child, kind: str | None = None) -> Markup:
    """Give the head of a column."""
    return element("th", text, scope="col", class_=kind)


def cell(content: Child, kind: str | None = None, title: str | None = None) -> Markup:
    """Give one cell."""
    return element("td", content, class_=kind, title=title)


def facts(pairs: Sequence[tuple[str, Child]]) -> Markup:
    """Give a list of what things are and how they are."""
    return element("dl", *(joined(element("dt", name), element("dd", value)) for name, value in pairs), class_="facts")
