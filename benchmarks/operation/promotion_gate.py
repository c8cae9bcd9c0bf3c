"""How often the gate opens for challengers that are no better than the champion.

`python -m benchmarks.operation.promotion_gate` draws in each round errors of a champion and of many challengers that
are as good in truth, hour by hour, with the memory that overlapping forecasts have. The best challenger by its mean
error on one part of validation stands before the gate, on that part (as where nothing is left to judge by) and on
another part, which chose nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import click
import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from benchmarks.markdown import table
from jena_models.evaluation.gates import Incumbent, SideBySide, champion_gate
from jena_models.options.promotion_options import Promotion

WINDOWS: Final = 4_380
"""In each of the two parts: half a year of hours."""
HORIZON: Final = 24
MEMORY: Final = 0.9
"""How much of its error a forecast shares with the one an hour before."""
SPREAD: Final = 1.0
"""How far challengers are from the champion, beside the weather that all share."""


@dataclass(frozen=True)
class Opened:
    """Shares of the rounds in which the gate opened."""

    where_chosen: float
    where_judged: float


def opened(rounds: int, challengers: int, seed: int, settings: Promotion | None = None) -> Opened:
    """Give how often the gate opens where the best of so many challengers stands against a champion, in each round."""
    asked = settings or Promotion()
    counts = np.zeros(2)
    for number in range(rounds):
        draw = np.random.default_rng([seed, number])
        weather = _series(draw, 1)[0]
        champion = weather + SPREAD * _series(draw, 1)[0]
        others = weather + SPREAD * _series(draw, challengers)
        best = int(np.argmin(np.abs(others[:, :WINDOWS]).mean(axis=1)))
        for place, part in enumerate((slice(None, WINDOWS), slice(WINDOWS, None))):
            counts[place] += _opens(others[best, part], champion[part], asked)
    return Opened(*(counts / rounds).tolist())


def _opens(challenger: NDArray[np.float64], champion: NDArray[np.float64], settings: Promotion) -> bool:
    beside = SideBySide(
        measured=np.zeros_like(champion),
        challenger=challenger,
        reference=champion,
        groups={},
        horizon_windows=HORIZON,
        unit="K",
        persistence_mae=1.0,
    )
    return champion_gate(Incumbent(version=1, age_days=1.0), beside, settings).passed


def _series(draw: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Give errors with a memory, shape (count, both parts)."""
    noise = draw.normal(size=(count, 2 * WINDOWS)) * np.sqrt(1 - MEMORY**2)
    series: NDArray[np.float64] = lfilter([1.0], [1.0, -MEMORY], noise, axis=1)
    return series


@click.command()
@click.option("--rounds", default=2000, show_default=True, help="How many champions are challenged.")
@click.option("--seed", default=1, show_default=True, help="Of the errors.")
def main(rounds: int, seed: int) -> None:
    """Print the table of docs/promotion.md."""
    rows = []
    for challengers in (1, 5, 20, 60):
        found = opened(rounds, challengers, seed)
        rows.append([challengers, f"{found.where_chosen:.1%}", f"{found.where_judged:.1%}"])
    head = "challengers | judged where they were chosen | judged on windows that chose neither"
    click.echo(table(head, rows, words=0))


if __name__ == "__main__":
    main()
