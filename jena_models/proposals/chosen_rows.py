"""The rows of a table that are of the station which was answered: what others measured tells nothing of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from jena_models.errors import SettingsError
from jena_models.reading.assembly import Columns

LISTED: Final = 6


@dataclass
class ChosenColumns:
    """A table's columns, of the rows alone that hold what was answered."""

    whole: Columns
    chosen: Mapping[int, str]
    """By position, what a row holds there."""
    name: str
    keep: pa.Array

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
        keep = None
        for position, value in chosen.items():
            texts = pc.utf8_trim_whitespace(whole.texts(position))
            these = np.asarray(pc.equal(texts, value), dtype=bool)
            keep = these if keep is None else keep & these
            if not keep.any():
                held = ", ".join(str(each) for each, _ in Counter(texts.to_pylist()).most_common(LISTED))
                raise SettingsError(f"No row has '{value}' in its column '{header[position]}'; it holds {held}.")
        return cls(whole, chosen, whole.name, pa.array(keep))

    @property
    def header(self) -> Sequence[str]:
        """Give the columns' names."""
        return self.whole.header

    @property
    def units(self) -> Sequence[str]:
        """Give what a row of units says; empty where there is none."""
        return self.whole.units

    @property
    def remarks(self) -> Sequence[str]:
        """Give what whoever reads the source should know."""
        return self.whole.remarks

    @property
    def first_line(self) -> int:
        """Give the line of the first row."""
        return self.whole.first_line

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
