"""How a command ends: with a sentence on standard error and an exit code."""

from __future__ import annotations

import errno
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Final, NoReturn

import click

from jena_models.errors import JenaError

TERMINATED: Final = 128 + signal.SIGTERM
"""The exit code of a process that was told to end."""


def run(command: Callable[[list[str]], object], arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command and end the process: 0 when done, 1 when the work failed, 2 when the request was wrong.

    A traceback is shown only where `--debug` stands among the arguments, wherever it stands.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    if debug:
        given = ["--debug", *(argument for argument in given if argument != "--debug")]
    # What is told to end marks its runs as killed, as what is interrupted does.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    try:
        command(given)
    except (Exception, KeyboardInterrupt) as error:
        if debug:
            traceback.print_exc()
        sentence, code = told(error)
        click.echo(f"jena: {sentence}", err=True)
        sys.exit(code)
    sys.exit(0)


def told(error: BaseException) -> tuple[str, int]:
    """Give one sentence for the user, and the exit code."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return f"Name a command.\n\n{error.ctx.get_help()}" if error.ctx else "Name a command.", 2
    if isinstance(error, click.ClickException):
        return error.format_message(), 2
    if isinstance(error, JenaError):
        return str(error), error.exit_code
    if isinstance(error, KeyboardInterrupt | click.Abort):
        return "Stopped; the same command goes on where it was.", 130
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        place = error.filename or "a result"
        return f"The disk is full, so that {place} could not be written; nothing is left half written.", 1
    first_line = str(error).strip().partition("\n")[0] or type(error).__name__
    return f"Something went wrong that should not have: {first_line} (the same command with --debug tells where).", 1
