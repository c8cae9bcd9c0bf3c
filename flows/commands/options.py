"""What several commands share: options, and groups of commands."""

from __future__ import annotations

import click

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
