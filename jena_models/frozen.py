"""The base of what is read, kept and told, and of the settings."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """Immutable, and refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Branch(Frozen):
    """A branch of the settings: its numbers are finite, for no setting means anything by another."""

    model_config = ConfigDict(allow_inf_nan=False)
