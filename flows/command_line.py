"""The command line: what the user types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

import click

from flows.outcome import run
from flows.terminal import set_logging, show_json
from jena_models.architectures import ARCHITECTURES
from jena_models.errors import nearest

SOURCE = click.option(
    "--source",
    metavar="PATH|URL|simulated|auto",
    help="Where the readings are.  [default: auto, the official file, else a simulated station]",
)
FORMAT = click.option(
    "--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True, help="How to print."
)


class Commands(click.Group):
    """Commands in the order of their definition; a name that is nearly one is suggested."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the names as they were defined."""
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command, or say which was meant."""
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            ctx.fail(f"There is no command '{args[0]}'; {nearest(args[0], self.commands)}")
        return super().resolve_command(ctx, args)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option("--debug", is_flag=True, help="Show the logs of every tool, and a traceback when something goes wrong.")
@click.version_option(package_name="jena-forecast")
def jena(debug: bool) -> None:
    """Forecast a weather station: ingest, check, train, compare, promote.

    Start with `jena train`, then look at `jena leaderboard` and `mlflow ui`.
    """
    set_logging(debug)


@jena.command()
@click.option("--profile", metavar="quick|book|FILE", help="The settings to start from.  [default: quick]")
@SOURCE
@click.option("--architectures", metavar="A,B", help=f"Train these alone, of: {', '.join(ARCHITECTURES)}.")
@click.option("--workers", type=click.IntRange(min=1), metavar="N", help="How many to train at a time.")
@click.option("--set", "assignments", multiple=True, metavar="KEY=VALUE", help="Change a setting: lstm.units=32.")
@FORMAT
def train(
    *,
    profile: str | None,
    source: str | None,
    architectures: str | None,
    workers: int | None,
    assignments: tuple[str, ...],
    form: str,
) -> None:
    """Ingest, check, train, compare and promote."""
    from tasks.prefect_server import prefect_server
    from tasks.profiles import parse_changes, requested, resolve
    from tasks.sources import check_request

    names = [name.strip() for name in architectures.split(",")] if architectures else None
    changes = parse_changes(assignments)
    settings = resolve(profile, requested(source, names, workers, changes))
    check_request(settings.source)

    with prefect_server() as server_answers:
        from flows.train import train as train_flow
        from tasks.leaderboard import render
        from tasks.progress import live_progress
        from tasks.registry import render_gates

        server_answers()
        with live_progress(settings):
            result = train_flow(settings.profile, source, names, workers, changes)
    if form == "json":
        show_json(result)
    else:
        click.echo(f"{render(result.leaderboard)}\n{render_gates(result.promotion)}")


@jena.command()
@SOURCE
@FORMAT
def describe(source: str | None, form: str) -> None:
    """Show what a file of readings holds, and draw it."""
    from tasks.profiles import requested, resolve
    from tasks.sources import check_request

    settings = resolve(None, requested(source))
    check_request(settings.source)

    from flows.describe import describe as describe_readings
    from jena_models.stations.rendering import render

    description = describe_readings(settings)
    if form == "json":
        show_json(description)
    else:
        click.echo(render(description))


@jena.command()
@click.option("--study", metavar="ID", help="The study.  [default: the latest]")
@FORMAT
def leaderboard(study: str | None, form: str) -> None:
    """Rank the architectures of a study."""
    from tasks.leaderboard import render, rows

    ranked = rows(study)
    if form == "json":
        show_json(ranked)
    else:
        click.echo(render(ranked))


@jena.group(cls=Commands)
@click.option("--model", metavar="NAME", help="The registered model.  [default: the real station's, else the only one]")
@click.pass_context
def registry(context: click.Context, model: str | None) -> None:
    """Show and change which version is the champion."""
    context.obj = model


@registry.command()
@FORMAT
@click.pass_obj
def show(model: str | None, form: str) -> None:
    """Tell the standing of every version, and how the champion changed."""
    from tasks.registry import render, standing

    shown = standing(_named(model))
    if form == "json":
        show_json(shown)
    else:
        click.echo(render(shown))


@registry.command()
@click.argument("version", type=int)
@click.pass_obj
def promote(model: str | None, version: int) -> None:
    """Make VERSION the champion without asking the gates."""
    from tasks.registry import promote_by_hand

    promote_by_hand(_named(model), version)


@registry.command()
@click.pass_obj
def rollback(model: str | None) -> None:
    """Make the previous champion the champion again."""
    from tasks.registry import rollback as roll_back

    roll_back(_named(model))


def _named(model: str | None) -> str:
    from jena_models.stations import load_station
    from tasks.profiles import resolve
    from tasks.register import model_name
    from tasks.registry import likely_model

    settings = resolve()
    return model or likely_model(model_name(load_station(settings.station), settings, "real"))


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command; the process ends with its exit code."""
    run(lambda given: jena.main(given, prog_name="jena", standalone_mode=False), arguments)


if __name__ == "__main__":
    main()
