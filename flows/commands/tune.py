"""`jena tune`."""

from __future__ import annotations

import click

from flows.commands.options import (
    FORMAT,
    PROFILE,
    SOURCE,
    STATION,
    WholeNumber,
    set_option,
    with_station,
    workers_option,
)
from flows.terminal import show_result


@click.command(short_help="Search for better hyper-parameters.")
@click.argument("architecture")
@click.option("--trials", type=WholeNumber(min=1), metavar="N", help="How many to try in all.  [default: 20]")
@PROFILE
@SOURCE
@STATION
@workers_option("try")
@click.option(
    "--output",
    metavar="FILE",
    type=click.Path(dir_okay=False),
    help="The profile to write.  [default: tuned/<architecture>.yaml, under JENA_HOME]",
)
@set_option("Change a setting; it is not searched.")
@FORMAT
def tune(
    *,
    architecture: str,
    trials: int | None,
    profile: str | None,
    source: str | None,
    station: str | None,
    workers: int | None,
    output: str | None,
    assignments: tuple[str, ...],
    form: str,
) -> None:
    """Search for better hyper-parameters of ARCHITECTURE, on the validation split.

    The best are written as a profile for `jena train --profile FILE`. A search that was interrupted goes on.
    """
    from tasks.readings import check_request
    from tasks.tuning import profile_path, searched, tuning_request
    from tasks.workspace import parse_changes, resolve

    changes = with_station(parse_changes(assignments), station)
    settings = resolve(profile, tuning_request(source, trials, workers, changes))
    searched(architecture, settings, changes)
    profile_path(architecture, output)
    check_request(settings.source)

    from tasks.orchestration import prefect_server
    from tasks.training import prepare_trainings

    prepare_trainings(settings)
    with prefect_server() as server_answers:
        from flows.tune import tune as tune_flow
        from tasks.tracking import import_mlflow
        from tasks.tuning import render

        import_mlflow()
        server_answers()
        result = tune_flow(
            architecture,
            trials=trials,
            profile=settings.profile,
            source=source,
            workers=workers,
            output=output,
            settings=changes,
        )
    show_result(result, form, render)
