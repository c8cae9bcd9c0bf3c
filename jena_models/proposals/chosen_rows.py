"""The rows of a table that are of the station which was answered: what others measured tells nothing of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from jena_models.errors import SettingsError
from jena_models.reading.assembly import Columns, chosen_rows

LISTED: Final = 6


@dataclass
class ChosenColumns:
    """A table's columns, of the rows alone that hold what was answered."""

    whole: Columns
    chosen: Mapping[int, str]
    """By position, what a row holds there."""
    keep: pa.Array
    name: str = field(init=False)
    header: Sequence[str] = field(init=False)
    units: Sequence[str] = field(init=False)
    first_line: int = field(init=False)
    remarks: Sequence[str] = field(init=False)

    def __post_init__(self) -> None:
        whole = self.whole
        self.name, self.header, self.units = whole.name, whole.header, whole.units
        self.first_line, self.remarks = whole.first_line, whole.remarks

    @classmethod
    def of(cls, whole: Columns, answered: Mapping[str, str]) -> Columns:
        """Give the rows that hold what was answered, by columns' names; the table itself where it has none of them.

        Raises:
            SettingsError: where no row does.
        """
        header = list(whole.header)
        chosen = {header.index(name): value for name, value in answered.items() if name in header}
        if not chosen:
            return whole
        whole.load(list(chosen), [])

        def refusal(position: int, held: list[str]) -> SettingsError:
            told = f"No row has '{chosen[position]}' in its column '{header[position]}'"
            return SettingsError(f"{told}; it holds {', '.join(held[:LISTED])}.")

        wanted = {position: (value,) for position, value in chosen.items()}
        return cls(whole, chosen, pa.array(chosen_rows(whole, wanted, refusal)))

    @property
    def told_clock(self) -> str:
        """Give the clock that is told above the header; empty where none is."""
        return self.whole.told_clock

    def sample(self) -> list[list[str]]:
        """Give the first rows as texts; those of all where none of them is of the station."""
        rows = self.whole.sample()
        own = [row for row in rows if all(row[i : i + 1] == [value] for i, value in self.chosen.items())]
        return own or rows

    def load(self, texts: Sequence[int], numbers: Sequence[int]) -> None:
        """Make ready the columns that will be asked for."""
        self.whole.load(texts, numbers)

    def texts(self, position: int) -> pa.ChunkedArray:
        """Give a column as texts."""
        return self.whole.texts(position).filter(self.keep)

    def numbers(self, position: int, quantity: str) -> NDArray[np.float64]:
        """Give a column as numbers.

        Raises:
            SourceUnreadableError: where a value is no number.
        """
        return np.asarray(self.whole.numbers(position, quantity)[np.asarray(self.keep)], dtype=np.float64)
