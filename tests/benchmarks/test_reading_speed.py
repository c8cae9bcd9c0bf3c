"""However rows are written, reading them takes time and memory in proportion to their table."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pyarrow.csv as pacsv
import pytest

from benchmarks.startup.reading_speed import WAYS, measured

pytestmark = pytest.mark.slow

ROWS = 150_000


@pytest.mark.skipif(sys.platform != "linux", reason="what a process holds at most is told by Linux alone")
@pytest.mark.parametrize("way", WAYS)
def test_time_and_memory_stay_in_proportion(way: str, tmp_path: Path) -> None:
    taken = measured(way, ROWS, tmp_path)

    # The machine may be slow: as a measure serves what takes the time of nothing but splitting a text.
    apart = pacsv.ParseOptions(delimiter=";" if way.startswith("semicolons") else ",")
    began = time.process_time()
    for _ in range(3):
        pacsv.read_csv(tmp_path / "readings.csv", pacsv.ReadOptions(use_threads=False), apart)
    splitting = (time.process_time() - began) / 3
    assert taken.rows == ROWS
    assert taken.core_seconds < max(5 * ROWS / 1e6, 15 * splitting), f"{taken.core_seconds:.2f} s, {splitting:.2f} s"
    # How many times the table a million rows take, docs/data.md says; at this size fixed buffers count for more.
    assert taken.peak_megabytes < 6 * taken.table_megabytes + 64, f"{taken.times_the_table:.1f} times"
