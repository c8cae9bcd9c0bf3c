"""Folders for as long as something takes: nobody finds them afterwards, whatever ended the block."""

import errno
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tasks.workspace import cache_folder, keep_temporary_files_together, scratch_folder

KILLED = """
import os, signal
from tasks.workspace import scratch_folder
with scratch_folder() as folder:
    (folder / "half").write_text("written")
    os.kill(os.getpid(), signal.SIGKILL)
"""


KILLED_WITH_OTHERS = """
import os, signal, sys, tempfile
from tasks.workspace import keep_temporary_files_together
keep_temporary_files_together()
print(tempfile.mkdtemp())
if sys.argv[1] == "killed":
    sys.stdout.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def _left() -> list[str]:
    return sorted(path.name for path in (cache_folder() / "scratch").iterdir())


def test_a_folder_is_empty_its_own_and_gone_afterwards(home):
    with scratch_folder() as one, scratch_folder() as another:
        (one / "figures.json").write_text("{}")
        assert not list(another.iterdir())
        assert one.is_dir()
    with pytest.raises(KeyError), scratch_folder() as failed:
        raise KeyError(failed)
    assert _left() == ["making"]


def test_what_a_killed_process_left_goes_with_the_next_one_and_a_living_ones_stays(home):
    subprocess.run([sys.executable, "-c", KILLED], check=False, env=os.environ | {"PYTHONPATH": str(Path.cwd())})
    [lock] = [cache_folder() / "scratch" / name for name in _left() if name != "making"]
    left = Path(lock.read_text())
    assert (left / "half").is_file()
    with scratch_folder() as mine, scratch_folder():
        assert mine.is_dir()
        assert not left.exists()
        assert not lock.exists()


@pytest.mark.parametrize("how", ["killed", "ended"])
def test_what_other_libraries_made_goes_with_the_process_or_after_it(home, how):
    told = subprocess.run(
        [sys.executable, "-c", KILLED_WITH_OTHERS, how],
        check=False,
        env=os.environ | {"PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        text=True,
    )
    made = Path(told.stdout.strip())
    assert made.is_absolute()
    assert made.is_dir() == (how == "killed")
    with scratch_folder():
        assert not made.parent.exists()


def test_on_a_full_disk_no_folder_is_left_among_the_temporary_files(home, tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(Path, "write_text", full)
    before = sorted(tmp_path.iterdir())

    keep_temporary_files_together.__wrapped__()

    assert sorted(tmp_path.iterdir()) == before
    assert _left() == ["making"]


def test_a_cache_that_is_copied_takes_no_folder_from_a_living_process(home, tmp_path, monkeypatch):
    with scratch_folder() as mine:
        shutil.copytree(cache_folder() / "scratch", tmp_path / "other" / ".cache" / "scratch")
        with monkeypatch.context() as patch:
            patch.setenv("JENA_HOME", str(tmp_path / "other"))
            with scratch_folder():
                assert mine.is_dir()
                assert mine.name in _left()
    monkeypatch.setenv("JENA_HOME", str(tmp_path / "other"))
    with scratch_folder():
        assert mine.name not in _left()


def test_a_lock_that_names_no_folder_of_its_own_removes_none(home, tmp_path):
    kept = tmp_path / "kept"
    kept.mkdir()
    locks = cache_folder() / "scratch"
    locks.mkdir(parents=True)
    (locks / "jena-empty").touch()
    (locks / "jena-other").write_text(str(kept))
    with scratch_folder():
        assert kept.is_dir()
    assert _left() == ["making"]


def test_where_the_cache_takes_nothing_the_systems_folder_does(home, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    cache_folder().mkdir(parents=True, exist_ok=True)
    (cache_folder() / "scratch").write_text("a file in its place")
    with scratch_folder() as folder:
        assert folder.parent == tmp_path
    assert not folder.exists()
