"""Memory that Arrow reads from is back before the reading is over."""

import threading
import time
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest

from jena_models.proposals.opened_source import open_source
from jena_models.reading import lent_memory
from jena_models.reading.lent_memory import lent_to_arrow
from jena_models.reading.texts.text_tables import TextColumns

HELD_SECONDS = 0.3


class SlowThread:
    """Reads as Arrow does, and has a thread let go of what was read from only after the answer."""

    def __init__(self, read):
        self.read = read
        self.has_let_go = False

    def __call__(self, buffer, **options):
        threading.Thread(target=self._hold, args=(buffer,)).start()
        return self.read(buffer, **options)

    def _hold(self, buffer):
        time.sleep(HELD_SECONDS)
        self.has_let_go = True
        del buffer


def test_what_was_lent_is_back_when_the_reading_is_over():
    # Given
    slow = SlowThread(lambda buffer: buffer.size)

    # When
    size = lent_to_arrow(b"four", slow)

    # Then
    assert size == 4
    assert slow.has_let_go


def test_a_text_is_read_so(monkeypatch: pytest.MonkeyPatch):
    # Given
    slow = SlowThread(pacsv.read_csv)
    monkeypatch.setattr(pacsv, "read_csv", slow)
    table = TextColumns.of(b"time,temperature\n2024-01-01 00:00,1.5\n", "readings.csv")

    # When
    table.load([0], [1])

    # Then
    assert slow.has_let_go


def test_so_is_parquet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    # Given
    path = tmp_path / "readings.parquet"
    pd.DataFrame({"time": pd.date_range("2024", periods=2, freq="h"), "temperature": [1.5, 2.5]}).to_parquet(path)
    slow = SlowThread(pq.read_table)
    monkeypatch.setattr(pq, "read_table", slow)

    # When
    open_source(str(path))

    # Then
    assert slow.has_let_go


def test_a_reading_that_fails_fails_at_once_and_as_it_would():
    # When
    began = time.monotonic()
    with pytest.raises(pa.ArrowInvalid, match="magic bytes"):
        lent_to_arrow(b"no Parquet at all", pq.read_table)

    # Then
    assert time.monotonic() - began < lent_memory.LONGEST_WAIT / 2


def test_what_is_kept_for_good_is_waited_for_no_longer_than_is_said(monkeypatch: pytest.MonkeyPatch):
    # Given
    monkeypatch.setattr(lent_memory, "LONGEST_WAIT", 0.05)

    # When
    kept = lent_to_arrow(b"four", lambda buffer: buffer)

    # Then
    assert kept.to_pybytes() == b"four"
