"""One style for every drawing: matplotlib draws, and what comes out is SVG in colours that a page may exchange."""

from __future__ import annotations

import io
import re
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree

import numpy as np
from markupsafe import Markup
from numpy.typing import ArrayLike

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS: Final = {
    "paper": "#fffdf8",
    "ink": "#24221f",
    "quiet": "#6b665e",
    "rule": "#e4dfd5",
    "shade": "#f4efe5",
    "model": "#c1440e",
    "reference": "#1f6fb2",
    "other": "#b3ada3",
}
"""By what they are of; `model`, `reference` and `other` stay apart in print and for the colour-blind."""

LETTER: Final = 11.5
"""Points high; a drawing's size is in points too."""

WIDTHS: Final = {"model": 1.75, "reference": 1.25, "other": 1.0, "ink": 1.5, "quiet": 1.0}
MARGIN: Final = 12
BELOW_TICKS, BELOW_LABEL = 24, 40
ABOUT_STEPS: Final = [1, 2, 2.5, 5, 10]
SAID: Final = "said: "
"""What a mark says when pointed at stands in its id after this, until the id becomes a title."""
SAVING: Final = threading.Lock()
"""Matplotlib's settings are those of all threads."""
UNREAD: Final = re.compile(r"<!--.*?-->|<metadata>.*?</metadata>|(?<=\n)\s+", re.DOTALL)
"""What no browser shows."""

GAP_STEPS: Final = 6
"""No line is drawn across a gap of more steps."""
SIMULATED_CREDIT: Final = "Simulated station: no measurement"

SVG: Final = "{http://www.w3.org/2000/svg}"
PLACES: Final = re.compile(r' (?:d|x|y|transform)="[^"]*"')
"""Attributes whose numbers need no more than two digits after the point."""
LINK: Final = "{http://www.w3.org/1999/xlink}href"


@dataclass(frozen=True)
class Drawing:
    """A drawing as a page shows it."""

    title: str
    """What the upright axis shows, with the unit."""
    svg: Markup
    caption: str = ""


def frame(  # noqa: PLR0917
    x: tuple[float, float],
    y: tuple[float, float],
    label: str = "",
    width: float = 360,
    height: float = 240,
    left: float = 44,
    grid: bool = True,
) -> Axes:
    """Give empty axes.

    Args:
        x: what they show, from left to right.
        y: and from below.
        label: of the x axis, with the unit.
        width: in points.
        height: in points.
        left: room for the labels of the y axis, in points.
        grid: whether lines lead from the y axis across.
    """
    below = BELOW_LABEL if label else BELOW_TICKS
    axes = axes_within((width, height), (left, below, MARGIN, MARGIN), grid)
    axes.set(xlim=x, ylim=y)
    axes.locator_params(steps=ABOUT_STEPS, nbins=6)
    axes.set_xlabel(label, color=COLOURS["quiet"], fontsize=LETTER, labelpad=8, parse_math=False)
    return axes


def axes_within(size: tuple[float, float], margins: tuple[float, float, float, float], grid: bool) -> Axes:
    """Give axes in a figure of a width and height; margins are left, below, right and above, all in points."""
    (width, height), (left, below, right, above) = size, margins
    figure = empty_figure(width / 72, height / 72)
    figure.patch.set_visible(False)
    inner = (left / width, below / height, 1 - (left + right) / width, 1 - (below + above) / height)
    axes = figure.add_axes(inner)
    styled(axes, grid)
    axes.tick_params(labelsize=LETTER)
    return axes


def empty_figure(width_inches: float, height_inches: float, dpi: int = 72, constrained: bool = False) -> Figure:
    """Give a figure that nothing is drawn in, whatever other threads do meanwhile.

    Not through pyplot, whose list of open figures is shared by all threads. And not before IPython is whole where
    another thread is importing it, as MLflow and Keras do: matplotlib takes it for whole as soon as its import began.
    """
    from matplotlib.figure import Figure

    if sys.modules.get("IPython") is not None:
        with suppress(ImportError):
            import_module("IPython")  # waits for the thread that imports it
    return Figure(figsize=(width_inches, height_inches), dpi=dpi, layout="constrained" if constrained else None)


def styled(axes: Axes, grid: bool = True) -> None:
    """Give axes the style of all drawings: no box, quiet ticks, and lines across."""
    axes.patch.set_visible(False)
    axes.spines[["top", "left", "right"]].set_visible(False)
    axes.spines["bottom"].set_color(COLOURS["quiet"])
    axes.tick_params(color=COLOURS["quiet"], labelcolor=COLOURS["quiet"], length=4, width=1)
    axes.tick_params(axis="y", length=0, pad=6)
    axes.set_axisbelow(True)
    if grid:
        axes.grid(axis="y", color=COLOURS["rule"], linewidth=1)


def dated(axes: Axes, most_ticks: int | None = None) -> None:
    """Have the lower axis say dates and times as briefly as it can."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    locator = AutoDateLocator(maxticks=most_ticks)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]


def with_breaks(series: pd.Series, step: timedelta | None = None) -> pd.Series:
    """Give a series, indexed by time in order, with a missing value in every gap, so that no line is drawn across it.

    Args:
        series: to be drawn.
        step: from one reading to the next; the median of them where it is not given.
    """
    import pandas as pd

    times = series.index.to_numpy()
    apart = np.diff(times)
    if not len(apart):
        return series
    after_gap = times[1:][apart > GAP_STEPS * (np.median(apart) if step is None else np.timedelta64(step))]
    breaks = pd.Series(np.nan, index=pd.DatetimeIndex(after_gap - np.timedelta64(1, "s")))
    return pd.concat([series, breaks]).sort_index() if len(after_gap) else series


def line(axes: Axes, xs: ArrayLike, ys: ArrayLike, colour: str, width: float | None = None) -> None:
    """Draw a line through points, interrupted where one is no number; it stays within the frame."""
    within = np.clip(np.asarray(ys, dtype=np.float64), *axes.get_ylim())
    axes.plot(np.asarray(xs), within, color=COLOURS[colour], linewidth=width or WIDTHS[colour])


def dots(  # noqa: PLR0917
    axes: Axes, xs: ArrayLike, ys: ArrayLike, colour: str, says: Sequence[str] = (), radius: float = 4
) -> None:
    """Draw points, each with what it says when pointed at."""
    for number, (x, y) in enumerate(np.column_stack([np.asarray(xs), np.asarray(ys)]).astype(np.float64)):
        if np.isfinite((x, y)).all():
            within = np.clip(y, *axes.get_ylim())
            said = SAID + says[number] if says else None
            axes.plot(x, within, "o", color=COLOURS[colour], markersize=2 * radius, mec=COLOURS["paper"], gid=said)


def ticks(axes: Axes, marked: Sequence[tuple[float, str]], which: str = "x") -> None:
    """Write texts at places of an axis in place of numbers."""
    places, texts = zip(*marked, strict=True)
    # A name with a $ in it is no formula.
    (axes.xaxis if which == "x" else axes.yaxis).set_ticks(places, texts, parse_math=False)


def drawn(axes: Axes, says: str) -> Markup:
    """Give the drawing as an SVG element that takes its colours and letters from the page around it.

    Args:
        axes: with all that is drawn into them.
        says: the same in words, for those who cannot see it.
    """
    for artist in axes.get_children():
        if artist not in axes.spines.values():
            artist.set_clip_on(False)
    root = ElementTree.fromstring(svg_of(axes.figure.get_figure(root=True), says))  # noqa: S314 (of matplotlib's own making)
    for child in list(root):
        if child.tag == f"{SVG}defs":
            root.remove(child)
    for element in root.iter():
        element.tag = element.tag.removeprefix(SVG)
        said = element.get("id", "")
        if said.startswith(SAID):
            title = ElementTree.Element("title")
            title.text = said.removeprefix(SAID)
            element.insert(0, title)
        if element.tag == "g":
            element.attrib.pop("id", None)
        if LINK in element.attrib:
            element.set("href", element.attrib.pop(LINK))
        if "rotate(-0" in element.get("transform", ""):
            del element.attrib["transform"]
    root.attrib = {"viewBox": root.attrib["viewBox"], "role": "img", "aria-label": says}
    return Markup(_coloured(ElementTree.tostring(root, encoding="unicode")))  # noqa: S704 (escaped by ElementTree)


def svg_of(figure: Figure, salt: str = "") -> str:
    """Give a figure as a whole SVG file with its texts as texts; ids follow from the drawing and the salt."""
    from matplotlib import rc_context

    file = io.StringIO()
    with SAVING, rc_context({"svg.fonttype": "none", "svg.hashsalt": salt}):
        figure.savefig(file, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    svg = UNREAD.sub("", file.getvalue())
    svg = PLACES.sub(lambda found: re.sub(r"(\.\d\d)\d+", r"\1", found[0]), svg)
    return re.sub(r"font: ([\d.]+px) [^;\"]*", r"font: \1 DejaVu Sans, Verdana, sans-serif", svg)


def _coloured(svg: str) -> str:
    """Let names of the page's style sheet stand for colours and fonts."""
    names = {colour: f"var(--{name})" for name, colour in COLOURS.items()}
    svg = re.sub(r"font: [^;\"]*;? ?", "", svg)
    return re.sub(r"#[0-9a-f]{6}\b", lambda found: names.get(found[0], found[0]), svg)
