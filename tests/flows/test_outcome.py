"""How commands end: one sentence, the right exit code, a traceback only where asked for."""

import errno
from types import SimpleNamespace

import click
import pytest

from flows import outcome
from flows.outcome import run
from jena_models.errors import RequestError, TrainingError


def ending(error, arguments=()):
    def command(given):
        raise error

    with pytest.raises(SystemExit) as end:
        run(command, list(arguments))
    return end.value.code


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        (RequestError("There is no such thing."), 2, "jena: There is no such thing.\n"),
        (TrainingError("It broke."), 1, "jena: It broke.\n"),
        (click.UsageError("No such option: --fast"), 2, "jena: No such option: --fast\n"),
        (KeyboardInterrupt(), 130, "jena: Stopped; the same command goes on where it was.\n"),
        (OSError(errno.ENOSPC, "No space left", "mlflow.db"), 1, "jena: The disk is full, so that mlflow.db"),
        (OSError(errno.ENOSPC, "No space left", "a", None, "/x/a"), 1, "jena: The disk is full, so that /x/a could"),
        (OSError(errno.EDQUOT, "Quota exceeded"), 1, "jena: The quota of this user on the disk is used up, so that a"),
        (OSError(errno.EFBIG, "File too large"), 1, "jena: A file may not become as large here (`ulimit -f`), so that"),
        (OSError("147 requested and 14 written"), 1, "jena: There is no room left on the disk, so that a result in "),
        (PermissionError(errno.EACCES, "Permission denied", "/x"), 1, "jena: /x cannot be read or written (permission"),
        (OSError(errno.EROFS, "Read-only file system", "/x"), 1, "JENA_HOME"),
        (FileExistsError(errno.EEXIST, "File exists", "/x"), 1, "jena: /x cannot be read or written (file exists)"),
        (ZeroDivisionError("division by zero\nsecond line"), 1, "that should not have: division by zero (the same"),
    ],
)
def test_what_goes_wrong_is_told_in_a_sentence(capsys, error, code, sentence):
    assert ending(error) == code
    printed = capsys.readouterr()
    assert sentence in printed.err
    assert printed.err.count("\n") == 1
    assert printed.out == ""


def test_where_the_system_names_no_file_the_fullest_folder_is_named(home, monkeypatch, capsys):
    free = {home: 0}
    monkeypatch.setattr(outcome.shutil, "disk_usage", lambda folder: SimpleNamespace(free=free.get(folder, 2**30)))

    ending(OSError(errno.ENOSPC, "No space left on device"))

    assert f"so that a result in {home} could not be written" in capsys.readouterr().err


def test_a_traceback_is_shown_where_it_is_asked_for(capsys):
    ending(TrainingError("It broke."), ["train", "--debug"])

    assert "Traceback" in capsys.readouterr().err


def test_debug_may_stand_anywhere():
    seen = []

    with pytest.raises(SystemExit):
        run(seen.extend, ["train", "--debug", "--workers", "1"])

    assert seen == ["--debug", "train", "--workers", "1"]
