"""Whether a source is of the real station or of the simulated one, before it is located."""

from __future__ import annotations

from contextlib import suppress

from jena_models.errors import JenaError
from jena_models.named_files import named_path
from tasks.workspace.stage_results import Kind


def kind_of(source: str) -> Kind:
    """Tell by its name, or by its file where it names one; `auto` does not say, and counts as real."""
    if source == "simulated":
        return "simulated"
    from jena_models.reading.reading import is_simulated

    with suppress(JenaError, OSError):
        if "://" not in source and is_simulated(named_path(source)):
            return "simulated"
    return "real"
