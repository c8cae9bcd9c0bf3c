"""Where a hyper-parameter's good values may lie, said beside the hyper-parameter itself.

`units: Annotated[int, Between(8, 128, log=True)] = 16` has a search look there; one that says nothing stays as it is.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Between:
    """Numbers from `low` to `high`, both included; whole ones where the hyper-parameter is one."""

    low: float
    high: float
    log: bool = False
    """Whether twice as much is as far everywhere, as for a learning rate."""

    def reaching(self, value: float) -> Between:
        """Give the range, wide enough for a value."""
        low, high = min(self.low, value), max(self.high, value)
        return replace(self, low=low, high=high, log=self.log and low > 0)


@dataclass(frozen=True, init=False)
class OneOf:
    """A few values, in no order."""

    values: tuple[Any, ...]

    def __init__(self, *values: Any) -> None:
        object.__setattr__(self, "values", values)

    @property
    def labels(self) -> tuple[str, ...]:
        """Give the values as texts that tell them apart."""
        return tuple(self.label(value) for value in self.values)

    @staticmethod
    def label(value: Any) -> str:
        """Give a value as a text."""
        return json.dumps(value)

    def labelled(self, label: str) -> Any:
        """Give the value of a text."""
        return self.values[self.labels.index(label)]

    def reaching(self, value: Any) -> OneOf:
        """Give the values, with this one among them."""
        return self if self.label(value) in self.labels else OneOf(*self.values, value)


Range = Between | OneOf
