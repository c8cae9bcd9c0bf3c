"""One drawing: a frame with two axes, and what is drawn into it, as SVG that a style sheet colours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from jena_models.report.markup import Markup, element, joined
from jena_models.report.numbers import MINUS, ticks

LEFT: Final = 44
RIGHT: Final = 12
TOP: Final = 12
BOTTOM: Final = 40
BOTTOM_WITHOUT_LABEL: Final = 24
"""Margins for the labels, in the drawing's own units, of which a letter is 11 high."""

Tick = tuple[float, str]


@dataclass(frozen=True)
class Axis:
    """What an axis shows."""

    low: float
    high: float
    label: str = ""
    """With the unit."""
    ticks: tuple[Tick, ...] | None = None
    """Where they are not to be round numbers."""

    def marked(self, about: int) -> tuple[Tick, ...]:
        """Give places and texts of the ticks."""
        if self.ticks is not None:
            return self.ticks
        return tuple((value, f"{value:g}".replace("-", MINUS)) for value in ticks(self.low, self.high, about))


class Panel:
    """A drawing that grows mark by mark; what is drawn later lies above."""

    def __init__(self, x: Axis, y: Axis, *, width: float = 360, height: float = 240, left: float = LEFT) -> None:
        self._x, self._y, self._width, self._height, self._left = x, y, width, height, left
        self._bottom = height - (BOTTOM if x.label else BOTTOM_WITHOUT_LABEL)
        self._marks: list[Markup] = []

    def line(self, xs: ArrayLike, ys: ArrayLike, kind: str) -> Panel:
        """Draw a line through points; it is interrupted where one is no number, and stays within the frame."""
        points = np.column_stack([self._across(xs), self._up(ys)])
        known = np.isfinite(points).all(axis=1)
        path, pen_is_down = [], False
        for (x, y), is_known in zip(points, known, strict=True):
            if is_known:
                path.append(f"{'L' if pen_is_down else 'M'}{x:.1f} {y:.1f}")
            pen_is_down = bool(is_known)
        self._marks.append(element("path", d="".join(path), class_=f"line {kind}"))
        return self

    def band(self, xs: ArrayLike, lower: ArrayLike, upper: ArrayLike, kind: str) -> Panel:
        """Fill what lies between two lines."""
        across = self._across(xs)
        there = [f"{x:.1f} {y:.1f}" for x, y in zip(across, self._up(upper), strict=True)]
        back = [f"{x:.1f} {y:.1f}" for x, y in zip(across[::-1], self._up(lower)[::-1], strict=True)]
        self._marks.append(element("path", d=f"M{'L'.join(there + back)}Z", class_=f"band {kind}"))
        return self

    def dots(self, xs: ArrayLike, ys: ArrayLike, kind: str, titles: Sequence[str] = (), radius: float = 4) -> Panel:
        """Draw points, each with what it says when pointed at."""
        places = list(zip(self._across(xs), self._up(ys), strict=True))
        for number, (x, y) in enumerate(places):
            if np.isfinite((x, y)).all():
                title = element("title", titles[number]) if titles else None
                self._marks.append(element("circle", title, cx=float(x), cy=float(y), r=radius, class_=f"dot {kind}"))
        return self

    def span(self, x_from: float, x_to: float, y: float, kind: str) -> Panel:
        """Draw a level line from one x to another, as for an interval."""
        return self.line([x_from, x_to], [y, y], kind)

    def bar(self, xs: tuple[float, float], ys: tuple[float, float], kind: str, title: str = "") -> Panel:
        """Fill a rectangle from one x and y to another."""
        left, right = sorted(map(float, self._across(xs)))
        top, bottom = sorted(map(float, self._up(ys)))
        told = element("title", title) if title else None
        self._marks.append(
            element("rect", told, x=left, y=top, width=right - left, height=bottom - top, class_=f"bar {kind}")
        )
        return self

    def cells(self, rectangles: Iterable[tuple[float, float, float, float, float]], kind: str) -> Panel:
        """Fill rectangles, each with `x_from, x_to, y_from, y_to` and how dark it is, from 0 to 1."""
        parts = []
        for x_from, x_to, y_from, y_to, darkness in rectangles:
            left, right = self._across([x_from, x_to])
            bottom, top = self._up([y_from, y_to])
            shape = f"M{left:.1f} {top:.1f}H{right:.1f}V{bottom:.1f}H{left:.1f}Z"
            parts.append(element("path", d=shape, fill_opacity=round(float(darkness), 2)))
        self._marks.append(element("g", *parts, class_=f"cells {kind}"))
        return self

    def drawn(self, says: str, *, about_x: int = 6, about_y: int = 5, grid: bool = True) -> Markup:
        """Give the drawing.

        Args:
            says: for those who cannot see it.
            about_x: how many ticks the x axis has, about.
            about_y: and the y axis.
            grid: whether lines lead from the y axis across.
        """
        bottom, right = self._bottom, self._width - RIGHT
        frame: list[Markup] = []
        for value, text in self._y.marked(about_y):
            up = float(self._up([value])[0])
            if grid:
                frame.append(element("line", x1=self._left, x2=right, y1=up, y2=up, class_="grid"))
            frame.append(element("text", text, x=self._left - 6, y=up + 4, text_anchor="end", class_="tick"))
        for value, text in self._x.marked(about_x):
            across = float(self._across([value])[0])
            frame.append(element("line", x1=across, x2=across, y1=bottom, y2=bottom + 4, class_="axis"))
            frame.append(element("text", text, x=across, y=bottom + 16, text_anchor="middle", class_="tick"))
        frame.append(element("line", x1=self._left, x2=right, y1=bottom, y2=bottom, class_="axis"))
        middle = (self._left + right) / 2
        frame.append(element("text", self._x.label, x=middle, y=self._height - 4, text_anchor="middle", class_="label"))
        return element(
            "svg",
            joined(*frame, *self._marks),
            viewBox=f"0 0 {self._width:g} {self._height:g}",
            role="img",
            aria_label=says,
        )

    def _across(self, xs: ArrayLike) -> np.ndarray:
        span = self._width - self._left - RIGHT
        return self._left + _shares(xs, self._x) * span

    def _up(self, ys: ArrayLike) -> np.ndarray:
        span = self._bottom - TOP
        return self._bottom - _shares(ys, self._y) * span


def _shares(values: ArrayLike, axis: Axis) -> np.ndarray:
    given = np.asarray(values, dtype=np.float64)
    return (np.clip(given, axis.low, axis.high) - axis.low) / (axis.high - axis.low)
