"""What flow runs are called in Prefect's lists."""

from __future__ import annotations

import os
from collections.abc import Callable

from jena_models.sources.credentials import without_secrets
from tasks.workspace import requested


def on_its_source(named_after: str) -> Callable[[], str]:
    """Give what names the present run after one of its parameters and its source, such as `quick on station.csv`.

    A run that was given no source is called after the one that its settings or `JENA_SOURCE` name, else after `auto`.
    """

    def name() -> str:
        from prefect.runtime import flow_run

        given = flow_run.parameters
        asked = requested(given.get("source"), settings=given.get("settings"))
        source = asked.get("source") or os.environ.get("JENA_SOURCE") or "auto"
        return f"{given[named_after]} on {without_secrets(str(source))}"

    return name
