"""What cleaning found in a file of readings, and what it did about it."""

from __future__ import annotations

from datetime import datetime

from jena_models.frozen import Frozen


class Gap(Frozen):
    """A step between two readings that is longer than the cadence."""

    after: datetime
    before: datetime
    minutes: float


class CleaningReport(Frozen):
    """Counts of all that was found and mended, and where."""

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
    """Rows that stood before an earlier one."""
    gaps: tuple[Gap, ...]
    sentinels: dict[str, int]
    """Values a column that stood for a missing one."""
    missing: dict[str, int]
    """Missing values a column after cleaning; columns without any are left out."""
    measured: tuple[str, ...]
    """Canonical columns that the file holds."""
    derived: tuple[str, ...]
    """Canonical columns computed by formula."""
    absent: tuple[str, ...]
    """Canonical columns that neither are in the file nor follow from it."""
    ignored: tuple[str, ...]
    """Columns of the file that the station schema does not know."""
