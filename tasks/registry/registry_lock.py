"""Changes of one registered model, one after the other: registering, promoting by the gates or by hand, going back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tasks.workspace import cache_folder, exclusive


@contextmanager
def changing(model_name: str) -> Iterator[None]:
    """Be the only one on this machine that changes a registered model; waits while another does.

    What is decided from the registry is to be read again within: another may have changed it meanwhile.
    """
    with exclusive(cache_folder() / "locks" / f"{model_name}.lock"):
        yield
