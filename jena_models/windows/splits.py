"""Where the training, validation and test readings begin and end, in the order of time."""

from __future__ import annotations

from fractions import Fraction


def borders(rows: int, train: float, validation: float) -> tuple[int, int, int]:
    """Give the row numbers at which the training, validation and test splits end; each begins where one ends.

    The first two have integer parts of their share of `rows`, the share taken as it is written in decimals; the test
    split has what is left. Half and a quarter of the chapter's 420,451 rows:

    >>> borders(420_451, 0.5, 0.25)
    (210225, 315337, 420451)
    """
    first, second = (int(Fraction(repr(share)) * rows) for share in (train, validation))
    return first, first + second, rows


def judging_start(train_end: int, validation_end: int, judging: float) -> int:
    """Give the row at which the validation readings stop choosing and begin to judge.

    Args:
        train_end: the row after the last training reading.
        validation_end: the row after the last of those that choose or judge.
        judging: the share of them that judges, as it is written in decimals.
    """
    return validation_end - int(Fraction(repr(judging)) * (validation_end - train_end))
