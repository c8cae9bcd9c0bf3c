"""What is said where a training cannot write what it leaves."""

import errno
import os
from types import SimpleNamespace

import pytest

from jena_models.errors import TrainingError
from jena_models.training import process


@pytest.mark.parametrize(
    ("number", "is_there", "remedy"),
    [
        (errno.ENOSPC, True, "No space left on device; free some space there and run again"),
        (errno.EACCES, True, "Permission denied; make it a place that can be written and run again"),
        (errno.ENOENT, False, "No such file or directory; it is gone, whoever removed it"),
    ],
)
def test_a_folder_that_was_removed_is_not_said_to_be_full(tmp_path, monkeypatch, number, is_there, remedy):
    def fail(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(process, "train", fail)
    monkeypatch.setattr(process, "job_of", lambda _: None)
    folder = tmp_path if is_there else tmp_path / "gone"

    with pytest.raises(TrainingError, match=remedy):
        process.fulfil(SimpleNamespace(architecture="dense", threads=None, folder=folder), lambda _: None)
