"""What the terminal shows: the project's own log on standard error, results on standard output."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

import click
from pydantic import BaseModel

if TYPE_CHECKING:
    from rich.console import Console

Shown = TypeVar("Shown", bound=BaseModel | Sequence[BaseModel])


def set_logging(debug: bool) -> None:
    """Show the project's own log, and the tools' only where asked for; to be called before the tools are imported."""
    os.environ["PREFECT_LOGGING_LEVEL"] = "DEBUG" if debug else "CRITICAL"
    # A busy machine has its services complain, each with a traceback, of what they try again.
    os.environ["PREFECT_LOGGING_INTERNAL_LEVEL"] = "DEBUG" if debug else "CRITICAL"
    # What it shows of all other libraries: urllib3 warns of each try of a server that is away.
    os.environ["PREFECT_LOGGING_ROOT_LEVEL"] = "WARNING" if debug else "CRITICAL"
    os.environ["PREFECT_LOGGING_EXTRA_LOGGERS"] = ""
    from tasks.training import console

    logger = logging.getLogger("jena")
    logger.handlers[:] = [ConsoleHandler(console())]
    logger.setLevel(logging.DEBUG if debug else logging.INFO)
    logger.propagate = False


class ConsoleHandler(logging.Handler):
    """Prints what the project logs above the live progress lines, each record on a line of its own."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        """Print a record; a warning says that it is one."""
        is_warning = record.levelno >= logging.WARNING
        prefix, style = (f"{record.levelname.capitalize()}: ", "bold yellow") if is_warning else ("", None)
        self._console.print(prefix + record.getMessage(), style=style, markup=False, highlight=False, soft_wrap=True)


def show_result(result: Shown, form: str, render: Callable[[Shown], str]) -> None:
    """Print a result as JSON for programs, or as people read it."""
    if form == "json":
        show_json(result)
    else:
        click.echo(render(result))


def show_json(result: BaseModel | Sequence[BaseModel]) -> None:
    """Print models as JSON, and nothing else, on standard output."""
    plain = [_plain(each) for each in result] if isinstance(result, Sequence) else _plain(result)
    click.echo(json.dumps(plain, indent=2, allow_nan=False))


def _plain(model: BaseModel) -> object:
    return model.model_dump(mode="json")
