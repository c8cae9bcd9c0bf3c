"""The command line: what the user types, what they see, and the exit code."""

from __future__ import annotations

import errno
import json
import logging
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, TypeVar

import click
from pydantic import BaseModel

from jena_models.architectures import ARCHITECTURES
from jena_models.errors import JenaError, nearest

Command = TypeVar("Command", bound=Callable[..., Any])

SOURCE = click.option(
    "--source",
    metavar="PATH|URL|simulated|auto",
    help="Where the readings are.  [default: auto, the official file, else a simulated station]",
)
FORMAT = click.option(
    "--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True, help="How to print."
)
STUDY = click.option("--study", metavar="ID", help="The study.  [default: the latest]")


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
    profile: str | None,
    source: str | None,
    architectures: str | None,
    workers: int | None,
    assignments: tuple[str, ...],
    form: str,
) -> None:
    """Ingest, check, train, compare and promote."""
    from tasks.profiles import parse_changes, requested, resolve
    from tasks.sources import check_request

    names = [name.strip() for name in architectures.split(",")] if architectures else None
    changes = parse_changes(assignments)
    settings = resolve(profile, requested(source, names, workers, changes))
    check_request(settings.source)

    from flows.train import train as train_flow
    from tasks.leaderboard import render
    from tasks.progress import live_progress
    from tasks.registry import render_gates

    with live_progress(settings):
        result = train_flow(settings.profile, source, names, workers, changes)
    if form == "json":
        show_json(result)
    else:
        click.echo(render(result.leaderboard))
        click.echo(render_gates(result.promotion))


@jena.command()
@SOURCE
@FORMAT
def describe(source: str | None, form: str) -> None:
    """Show what a file of readings holds, and draw it."""
    from tasks.profiles import requested, resolve
    from tasks.sources import check_request

    settings = resolve(None, requested(source))
    check_request(settings.source)

    from flows.describe import describe as describe_flow
    from tasks.describe import render

    description = describe_flow(settings.source, settings.station)
    if form == "json":
        show_json(description)
    else:
        click.echo(render(description))


@jena.command()
@STUDY
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
def registry() -> None:
    """Show and change which version is the champion."""


def set_logging(debug: bool) -> None:
    """Send the project's own log to standard error, and the tools' only where asked for; before they are imported."""
    os.environ["PREFECT_LOGGING_LEVEL"] = "DEBUG" if debug else "CRITICAL"
    os.environ["PREFECT_LOGGING_EXTRA_LOGGERS"] = ""
    from rich.logging import RichHandler

    from tasks.progress import console

    handler = RichHandler(console=console(), show_path=False, show_time=False, markup=False)
    logger = logging.getLogger("jena")
    logger.handlers[:] = [handler]
    logger.setLevel(logging.DEBUG if debug else logging.INFO)
    logger.propagate = False


def show_json(result: BaseModel | Sequence[BaseModel]) -> None:
    """Print models as JSON, and nothing else, on standard output."""
    plain = result.model_dump(mode="json") if isinstance(result, BaseModel) else [r.model_dump(mode="json") for r in result]
    click.echo(json.dumps(plain, indent=2, allow_nan=False))


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command; what goes wrong is told in a sentence, and in the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    given = ["--debug", *[argument for argument in given if argument != "--debug"]] if debug else given
    try:
        sys.exit(jena.main(given, prog_name="jena", standalone_mode=False) or 0)
    except (Exception, KeyboardInterrupt) as error:
        if debug:
            traceback.print_exc()
        sentence, code = _told(error)
        click.echo(f"jena: {sentence}", err=True)
        sys.exit(code)


def _told(error: BaseException) -> tuple[str, int]:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return error.format_message(), 2
    if isinstance(error, click.ClickException):
        return error.format_message(), 2
    if isinstance(error, JenaError):
        return str(error), error.exit_code
    if isinstance(error, KeyboardInterrupt | click.Abort):
        return "stopped; the same command goes on where it was.", 130
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return f"The disk is full, so that {error.filename or 'a result'} could not be written; nothing is half there.", 1
    first_line = str(error).strip().partition("\n")[0] or type(error).__name__
    return f"Something went wrong that should not have: {first_line} (jena --debug tells where).", 1


if __name__ == "__main__":
    main()
