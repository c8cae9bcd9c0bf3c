"""`jena registry`."""

from __future__ import annotations

import click

from flows.commands.options import FORMAT, MODEL, Commands, WholeNumber
from flows.terminal import show_result


@click.group(cls=Commands)
@click.option("--model", hidden=True)
@click.pass_context
def registry(context: click.Context, model: str | None) -> None:
    """Show and change which version is the champion."""
    context.default_map = {command: {"model": model} for command in registry.commands}  # `--model` before it counts too


@registry.command(short_help="Tell the standing of every version.")
@MODEL
@FORMAT
def show(model: str | None, form: str) -> None:
    """Tell the standing of every version, and how the champion changed."""
    from tasks.registry import render, standing

    shown = standing(_named(model))
    show_result(shown, form, render)


@registry.command()
@MODEL
@click.argument("version", type=WholeNumber(min=1))
def promote(model: str | None, version: int) -> None:
    """Make VERSION the champion without asking the gates."""
    from tasks.registry import promote_by_hand

    promote_by_hand(_named(model), version)


@registry.command()
@MODEL
def rollback(model: str | None) -> None:
    """Make the previous champion the champion again."""
    from tasks.registry import rollback as roll_back

    roll_back(_named(model))


def _named(model: str | None) -> str:
    from tasks.registry import likely_model
    from tasks.workspace import resolve

    settings = resolve()
    return model or likely_model(settings)
