"""What cleaning found in a file of readings and did about it, and whether readings are as is expected of them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from jena_models.frozen import Frozen


class Gap(Frozen):
    """A step between two readings that is longer than the cadence."""

    after: datetime
    """In the station's clock, as all times of a report."""
    before: datetime
    minutes: float


class JoinedNeighbour(Frozen):
    """What came of a neighbour's readings."""

    name: str
    place: str
    """How far away it stands and in which direction, in words."""
    available_after: float
    """In hours."""
    share: float = 0.0
    """Of the station's rows, those at which a reading of it is known."""
    start: datetime | None = None
    """The first of these; None where there is none."""
    end: datetime | None = None
    problem: str = ""
    """Why it has no part; empty where it has."""

    def in_words(self) -> str:
        """Give where it stands, and when there are readings of it, in a line."""
        if self.problem:
            return f"{self.name}, {self.place}: no part, {self.problem.rstrip('.')}"
        late = f", to be had after {self.available_after:g} h" if self.available_after else ""
        when = f" from {self.start:%Y-%m-%d} to {self.end:%Y-%m-%d}" if self.start and self.end else ""
        return f"{self.name}, {self.place}{late}: at {self.share:.1%} of the station's times{when}"


class CleanedRows(Frozen):
    """What rows there are, and what of them was found and mended."""

    rows_read: int
    rows: int
    """Rows that are left: one a time stamp, in order."""
    start: datetime
    end: datetime
    cadence_minutes: float
    repeated_timestamps: int
    """Rows dropped because an earlier row has their time stamp."""
    differing_repeats: int
    """How many of the dropped rows differed from the one that stayed."""
    out_of_order: int
    """Rows, repeats aside, that stood after a later one."""
    gaps: tuple[Gap, ...]
    sentinels: dict[str, int]
    """Values a column that stood for a missing one."""
    neighbours: tuple[JoinedNeighbour, ...] = ()
    """What came of each neighbour: where it stands, and when there are readings of it."""


class CleaningReport(CleanedRows):
    """Counts of all that was found and mended, and where."""

    missing: dict[str, int]
    """Missing values a column after cleaning; columns without any are left out."""
    impossible_times: int = 0
    """Rows left out because their time stamps lie in the future, or before there was any station."""
    measured: tuple[str, ...]
    """Canonical columns that the file holds."""
    derived: tuple[str, ...]
    """Canonical columns computed by formula."""
    absent: tuple[str, ...]
    """Canonical columns that neither are in the file nor follow from it."""
    ignored: tuple[str, ...]
    """Columns of the file that the station schema does not know."""
    dead: tuple[str, ...] = ()
    """Canonical columns that are in the file and were left out, as they have no value or one and the same."""
    notes: tuple[str, ...] = ()
    """What was done to read the file, such as converting a column's unit."""

    def summary(self) -> str:
        """Give one sentence with every count, for the log."""
        unmeasured = [name for name in self.absent if name not in self.dead]
        longest = max((gap.minutes / 60 for gap in self.gaps), default=0.0)
        found = {
            f"rows of an impossible time left out: {self.impossible_times:,}": self.impossible_times,
            f"repeated time stamps dropped: {self.repeated_timestamps:,} (differing: {self.differing_repeats:,})": (
                self.repeated_timestamps
            ),
            f"rows put in order: {self.out_of_order:,}": self.out_of_order,
            f"gaps: {len(self.gaps):,} (longest {longest:.1f} h)": len(self.gaps),
            f"sentinels made missing: {_counts(self.sentinels)}": len(self.sentinels),
            f"missing values: {_counts(self.missing)}": len(self.missing),
            f"computed by formula: {', '.join(self.derived)}": len(self.derived),
            f"left out, as not measured: {', '.join(unmeasured)}": len(unmeasured),
            f"left out, as they tell nothing: {', '.join(self.dead)}": len(self.dead),
            f"ignored, as not known: {', '.join(self.ignored)}": len(self.ignored),
        }
        head = (
            f"{self.rows:,} rows of {self.rows_read:,}, {self.start:%Y-%m-%d %H:%M} to {self.end:%Y-%m-%d %H:%M}, "
            f"every {self.cadence_minutes:g} minutes"
        )
        beside = [f"neighbour {each.name}: {each.share:.0%} of the rows" for each in self.neighbours]
        return "; ".join([head, *(text for text, count in found.items() if count), *self.notes, *beside]) + "."


def _counts(numbers: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in numbers.items())


class Finding(Frozen):
    """One expectation and how it came out."""

    expectation: str
    """In words, with the column."""
    outcome: Literal["pass", "warn", "quarantine", "fail"]
    rows: int
    """How many rows break it."""
    example: str
    """One of them, or empty."""
    sentence: str
    """What to tell the user; empty where it passed."""
