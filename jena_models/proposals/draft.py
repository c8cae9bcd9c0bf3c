"""What is gathered while a source is looked at: its tables, what was answered, and what is still open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jena_models.errors import SettingsError, nearest
from jena_models.proposals.catalogue import catalogue
from jena_models.proposals.named_formats import NamedFormat
from jena_models.reading.assembly import Columns
from jena_models.reading.matching import HeaderName, taken_apart
from jena_models.reading.times.time_columns import TimeColumns
from jena_models.stations.schema import Question

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Opened:
    """A table as it is first looked at."""

    columns: Columns
    lines: list[str]
    """The first lines of a text; none for another table."""


@dataclass
class Table:
    """One table of the source."""

    source: Columns
    header: list[str]
    found: TimeColumns
    known: NamedFormat | None
    told: Mapping[str, Any]
    """What its first lines, or columns that never change, tell of the place."""
    told_above: Mapping[str, float] = field(default_factory=dict)
    """What of that stands in lines above the names, where no format with a name has them."""
    series: dict[str, Values] = field(default_factory=dict)
    """The numbers of each column as the source has them, by canonical name."""
    clock: str = ""
    """Without summer time, by letters of zones behind the times; empty where there are none."""
    local: NDArray[np.datetime64] | None = None
    """The times as if the stamps' clock were UTC, or by `clock`; None where a question is to be answered first."""

    @property
    def names(self) -> list[HeaderName]:
        """The columns' names, taken apart."""
        units = self.source.units or [""] * len(self.header)
        return [taken_apart(name, unit) for name, unit in zip(self.header, units, strict=True)]

    def numbers(self, position: int, quantity: str = "") -> Values:
        """Give a column as numbers of a quantity.

        Raises:
            SourceUnreadableError: where a value is no number.
        """
        self.source.load((), (position,))
        return self.source.numbers(position, quantity)


@dataclass
class Draft:
    """What was answered, and what is still to be asked."""

    answers: Mapping[str, str]
    fixed: tuple[str, ...]
    """Keys that may always be answered."""
    headers: tuple[str, ...]
    """The columns of all tables."""
    questions: list[Question] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    left: dict[str, str] = field(default_factory=dict)
    """Columns that may have been forecast and cannot be taken: a sentence of each, by the source's name for it."""

    def is_source_answered(self, quantity: str) -> bool:
        """Tell whether somebody named the column of a quantity."""
        return f"source:{quantity}" in self.answers

    def answer(self, key: str, question: str, evidence: str = "", proposed: str = "") -> str | None:
        """Give the answer that was given; else keep the question, once."""
        self.asked.add(key)
        if key in self.answers:
            return self.answers[key].strip()
        if key not in {each.key for each in self.questions}:
            self.questions.append(Question(key=key, question=question, evidence=evidence, proposed=proposed))
        return None

    def remark(self, *remarks: str) -> None:
        """Keep what whoever uses the file should know, once."""
        self.remarks += [remark for remark in remarks if remark and remark not in self.remarks]

    def leave(self, name: str, why: str) -> None:
        """Keep that a column of the source cannot be taken, once."""
        if name not in self.left:
            self.left[name] = f"'{name}' was left: {why}"
            self.remark(self.left[name])

    def refuse_unasked(self) -> None:
        """Refuse an answer to no question.

        Raises:
            SettingsError: with the nearest question.
        """
        of_quantities = {
            f"{what}:{each.quantity}" for what in ("unit", "source", "quality", "bad") for each in catalogue()
        }
        known = {*self.fixed, *self.asked, *of_quantities}
        for key in self.answers:
            if key not in known and not key.startswith("select:"):
                raise SettingsError(f"'{key}' answers no question; {nearest(key, known)}")
