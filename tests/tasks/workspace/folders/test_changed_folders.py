"""A change in the newest folders is seen, whatever was remembered of them."""

import os
import time

from tasks.workspace import newest_change

OLD = time.time_ns() - 3_600_000_000_000


def aged(path, nanoseconds: int) -> None:
    os.utime(path, ns=(nanoseconds, nanoseconds))


def test_where_nothing_is_there_is_no_change(tmp_path):
    assert newest_change(tmp_path / "none", "month=*") is None
    assert newest_change(tmp_path, "month=*") is None


def test_what_is_renamed_into_the_newest_folders_counts_and_nothing_in_older_ones(tmp_path):
    for month in ("01", "02", "03"):
        (tmp_path / f"month={month}").mkdir()
        aged(tmp_path / f"month={month}", OLD)
    aged(tmp_path, OLD)
    assert newest_change(tmp_path, "month=*") == OLD

    (tmp_path / "month=01" / "late").touch()
    assert newest_change(tmp_path, "month=*") == OLD
    (tmp_path / "month=02" / "late").touch()
    assert newest_change(tmp_path, "month=*") > OLD


def test_a_file_that_is_written_over_in_its_place_counts_where_it_is_named(tmp_path):
    month = tmp_path / "month=01"
    month.mkdir()
    file = month / "table"
    file.touch()
    for path in (file, month, tmp_path):
        aged(path, OLD)
    aged(file, OLD + 5)

    assert newest_change(tmp_path, "month=*") == OLD
    assert newest_change(tmp_path, "month=*", "table") == OLD + 5


def test_a_new_folder_is_found_at_once(tmp_path):
    (tmp_path / "month=01").mkdir()
    aged(tmp_path / "month=01", OLD)
    aged(tmp_path, OLD)
    assert newest_change(tmp_path, "month=*") == OLD

    (tmp_path / "month=02").mkdir()
    assert newest_change(tmp_path, "month=*") > OLD
