"""The base of what is read, kept and told, and of the settings."""

from __future__ import annotations

from types import NoneType
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator


class Frozen(BaseModel):
    """Immutable, and refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Branch(Frozen):
    """A branch of the settings, as people write them: its numbers are finite, for no setting means anything by another.

    A list may be words with commas between them, or one value; `none` is no value where there may be none, and an empty
    list; a branch that says nothing is as it is by default.
    """

    model_config = ConfigDict(allow_inf_nan=False)

    @field_validator("*", mode="before")
    @classmethod
    def _as_written(cls, value: Any, info: ValidationInfo) -> Any:
        kinds = _kinds(cls.model_fields[str(info.field_name)].annotation)
        if value == "none" and (tuple in kinds or NoneType in kinds):
            return None if NoneType in kinds else ()
        if isinstance(value, bool) and bool not in kinds and kinds & {int, float}:
            raise ValueError("it is a number")
        if tuple in kinds and isinstance(value, str | int | float):
            return [word.strip() for word in str(value).split(",") if word.strip()]
        if value is None and any(isinstance(kind, type) and issubclass(kind, Branch) for kind in kinds):
            return {}
        return value


def _kinds(annotation: Any) -> set[Any]:
    """Give the types that a field may have, without those within lists."""
    origin = get_origin(annotation)
    if origin in (None, tuple):
        return {origin or annotation}
    return {kind for each in get_args(annotation) for kind in _kinds(each)}
