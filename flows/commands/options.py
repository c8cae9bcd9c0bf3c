"""What several commands share: options, and groups of commands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from jena_models.errors import SettingsError, nearest

Option = Callable[[Callable[..., Any]], Callable[..., Any]]


class WholeNumber(click.IntRange):
    """A whole number within bounds; Click would say that 'abc' is no valid integer range, and 0 not in x>=1."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Give the number, or say which numbers can be."""
        try:
            number: int = super().convert(value, param, ctx)
        except click.BadParameter:
            bounds = f"from {self.min} to {self.max}" if self.max is not None else f"of at least {self.min}"
            self.fail(f"'{value}' is no whole number {bounds}.", param, ctx)
        return number


PROFILE = click.option(
    "--profile", metavar="quick|book|best|FILE", help="The settings to start from.  [default: quick]"
)
SOURCE = click.option(
    "--source",
    metavar="PATH|URL|simulated|auto",
    help="Where the readings are.  [default: auto, the official file, else a simulated station]",
)
FORMAT = click.option(
    "--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True, help="How to print."
)
STATION = click.option(
    "--station", metavar="NAME|FILE", help="The station: one that is shipped, or a station file.  [default: jena]"
)
MODEL = click.option(
    "--model", metavar="NAME", help="The registered model.  [default: the real station's, else the only one]"
)
STUDY = click.option("--study", metavar="ID", help="The study.  [default: the latest]")


def architectures_option(help_text: str) -> Option:
    """Let the names of architectures be given, with commas between them; the command is given a list, or None."""
    return click.option("--architectures", metavar="A,B", callback=names, help=help_text)


def workers_option(doing: str = "train") -> Option:
    """Let the number of processes side by side be given."""
    number = WholeNumber(min=1)
    return click.option(
        "--workers", type=number, metavar="N", help=f"How many to {doing} at a time.  [default: the cores, at most 4]"
    )


def set_option(help_text: str = "Change a setting.") -> Option:
    """Let settings be given as KEY=VALUE, again and again."""
    return click.option("--set", "assignments", multiple=True, metavar="KEY=VALUE", help=help_text)


def with_station(changes: dict[str, Any], station: str | None) -> dict[str, Any]:
    """Give changed settings with the station that was named.

    Raises:
        SettingsError: where both name one, and not the same: whose forecasts are meant is for a person to say.
    """
    if station is not None and changes.get("station", station) != station:
        raise SettingsError(
            f"Two stations are named, '{station}' by --station and '{changes['station']}' by --set; leave out one."
        )
    return changes if station is None else changes | {"station": station}


def names(_context: click.Context, _option: click.Parameter, given: str | None) -> list[str] | None:
    """Read names with commas between them; None where nothing is given."""
    return [name.strip() for name in given.split(",")] if given else None


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
