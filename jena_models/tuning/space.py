"""What there is to search: the hyper-parameters of an architecture that say where their good values may lie."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from jena_models.frozen import Frozen
from jena_models.tuning.ranges import Between, OneOf, Range

SomeFrozen = TypeVar("SomeFrozen", bound=Frozen)
Values = dict[str, Any]
"""By the dotted name within the hyper-parameters, such as `features.sun`."""


@dataclass(frozen=True)
class Dimension:
    """One hyper-parameter that is searched."""

    name: str
    """Dotted, within the hyper-parameters."""
    range: Range
    start: Any
    """The value that the search starts from; the range reaches to it."""
    is_whole: bool
    """Whether its values are whole numbers."""


def space(hyperparameters: Frozen, fixed: Collection[str] = ()) -> tuple[Dimension, ...]:
    """Give what is searched, in the order of definition.

    Args:
        hyperparameters: to start from.
        fixed: dotted names, of fields or of groups of them, that stay as they are.
    """
    return tuple(each for each in _dimensions(hyperparameters, "") if not _is_fixed(each.name, fixed))


def with_values(hyperparameters: SomeFrozen, values: Mapping[str, Any]) -> SomeFrozen:
    """Give the hyper-parameters with some values, by dotted name, in place of theirs."""
    tree = hyperparameters.model_dump()
    for name, value in values.items():
        *groups, last = name.split(".")
        branch = tree
        for group in groups:
            branch = branch[group]
        branch[last] = value
    return type(hyperparameters).model_validate(tree)


def _dimensions(branch: Frozen, prefix: str) -> Iterator[Dimension]:
    for name, field in type(branch).model_fields.items():
        start = getattr(branch, name)
        if isinstance(start, Frozen):
            yield from _dimensions(start, f"{prefix}{name}.")
        for said in field.metadata:
            if isinstance(said, Between | OneOf):
                yield Dimension(f"{prefix}{name}", said.reaching(start), start, field.annotation is int)


def _is_fixed(name: str, fixed: Collection[str]) -> bool:
    parts = name.split(".")
    return any(".".join(parts[:length]) in fixed for length in range(1, len(parts) + 1))
