"""What is kept for a while is forgotten by several processes at once."""

import os
from pathlib import Path

from tasks.workspace import forget_old


def made(folder: Path, *names: str) -> list[Path]:
    """Files and folders, each an hour older than the one before."""
    paths = [folder / name for name in names]
    for age, path in enumerate(paths):
        if path.suffix:
            path.touch()
        else:
            (path / "inside").mkdir(parents=True)
        os.utime(path, (1e9 - 3600 * age,) * 2)
    return paths


def test_the_newest_stay(tmp_path):
    first, second, third, fourth = made(tmp_path, "new.svg", "folder", "old.svg", "old-folder")

    forget_old([third, first, fourth, second], kept=2)

    assert sorted(tmp_path.iterdir()) == sorted([first, second])


def test_what_somebody_else_has_forgotten_is_no_error(tmp_path):
    new, old = made(tmp_path, "new.svg", "old.svg")

    forget_old([tmp_path / "gone", new, old, tmp_path / "gone too"], kept=1)

    assert list(tmp_path.iterdir()) == [new]


def test_what_was_just_made_stays_whatever_is_kept(tmp_path):
    [old] = made(tmp_path, "old.svg")
    new = [tmp_path / f"{number}.svg" for number in range(5)]
    for path in new:
        path.touch()

    forget_old([old, *new], kept=1, younger_than=600)

    assert sorted(tmp_path.iterdir()) == sorted(new)
