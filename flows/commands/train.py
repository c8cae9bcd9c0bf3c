"""`jena train`."""

from __future__ import annotations

import click

from flows.commands.options import (
    FORMAT,
    PROFILE,
    SOURCE,
    STATION,
    architectures_option,
    set_option,
    with_station,
    workers_option,
)
from flows.terminal import show_result
from jena_models.architectures import ARCHITECTURES


@click.command()
@PROFILE
@SOURCE
@STATION
@architectures_option(f"Train these alone, of: {', '.join(ARCHITECTURES)}.")
@workers_option()
@set_option("Change a setting: lstm.units=32.")
@FORMAT
def train(
    *,
    profile: str | None,
    source: str | None,
    station: str | None,
    architectures: list[str] | None,
    workers: int | None,
    assignments: tuple[str, ...],
    form: str,
) -> None:
    """Ingest, check, train, compare and promote."""
    from tasks.orchestration import prefect_server
    from tasks.readings import check_request
    from tasks.training import prepare_trainings
    from tasks.workspace import parse_changes, requested, resolve

    changes = with_station(parse_changes(assignments), station)
    settings = resolve(profile, requested(source, architectures, workers, changes))
    check_request(settings.source)
    prepare_trainings(settings)

    with prefect_server() as server_answers:
        from flows.train import train as train_flow
        from tasks.registry import render_gates
        from tasks.studies import render
        from tasks.tracking import import_mlflow
        from tasks.training import live_progress

        import_mlflow()
        server_answers()
        with live_progress(settings.architectures):
            result = train_flow(settings.profile, source, architectures, workers, changes)
    show_result(result, form, lambda ended: f"{render(ended.leaderboard)}\n{render_gates(ended.promotion)}")
