"""What flow runs are called in Prefect's lists."""

from __future__ import annotations

from collections.abc import Callable


def on_its_source(named_after: str) -> Callable[[], str]:
    """Give what names the present run after one of its parameters and its source, such as `quick on station.csv`.

    A run that was given no source takes what `auto` finds, and is called so.
    """

    def name() -> str:
        from prefect.runtime import flow_run

        return f"{flow_run.parameters[named_after]} on {flow_run.parameters.get('source') or 'auto'}"

    return name
