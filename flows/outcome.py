"""How a command ends: with a sentence on standard error and an exit code."""

from __future__ import annotations

import errno
import re
import shutil
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NoReturn

import click

from jena_models.errors import JenaError

UNWRITABLE: Final = frozenset(
    {
        *(errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENOTDIR, errno.EEXIST, errno.EISDIR),
        *(errno.ENAMETOOLONG, errno.ELOOP, errno.EIO, errno.EMFILE, errno.ENFILE, errno.EINVAL),
    }
)
"""What a system says of a place where nothing can be kept."""

FULL: Final = {
    errno.ENOSPC: "The disk is full",
    errno.EDQUOT: "The quota of this user on the disk is used up",
    errno.EFBIG: "A file may not become as large here (`ulimit -f`)",
}
"""What a system says where there is no room, in words."""
CUT_SHORT: Final = re.compile(r"\d+ requested and \d+ written")
"""What NumPy says of an array that was written in part, without the system's reason."""

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
    heed_being_told_to_end()
    try:
        command(given)
    except (Exception, KeyboardInterrupt) as error:
        if debug:
            traceback.print_exc()
        sentence, code = told(error)
        click.echo(f"jena: {sentence}", err=True)
        sys.exit(code)
    sys.exit(0)


def heed_being_told_to_end() -> None:
    """Let what is told to end mark its runs as killed, as what is interrupted does."""
    from tasks.workspace import send_again_what_is_passed_over

    send_again_what_is_passed_over()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))


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
    if sentence := _said_of_a_place(error):
        return sentence, 1
    first_line = str(error).strip().partition("\n")[0] or type(error).__name__
    return f"Something went wrong that should not have: {first_line} (the same command with --debug tells where).", 1


def _fullest_folder() -> Path:
    """Give the one with the least room of the folders that results are written to."""
    from tasks.workspace import cache_folder, home_folder

    folders = [each for each in (cache_folder(), home_folder(), Path(tempfile.gettempdir())) if each.is_dir()]
    return min(folders, key=lambda folder: shutil.disk_usage(folder).free)


def _said_of_a_place(error: BaseException) -> str:
    """Give a sentence where a file or folder is to blame, or else an empty text."""
    if not isinstance(error, OSError):
        return ""
    if error.errno in FULL or (error.errno is None and CUT_SHORT.fullmatch(str(error))):
        full = FULL.get(error.errno or 0, "There is no room left on the disk")
        # Of a file that is copied the second is the copy; of one that is written to, the system names none.
        place = error.filename2 or error.filename or f"a result in {_fullest_folder()}"
        return (
            f"{full}, so that {place} could not be written; nothing is left half written. Make room "
            "there, and run the same command again."
        )
    if error.errno in UNWRITABLE and error.filename:
        reason = (error.strerror or type(error).__name__).lower()
        return (
            f"{error.filename} cannot be read or written ({reason}); make it a place that can be, or name other "
            "folders in JENA_HOME and JENA_CACHE."
        )
    return ""
