"""The benchmark: counted and scaled right, and its small form works from end to end."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.arithmetic import multiply_adds_a_step
from benchmarks.book import BOOK_ARCHITECTURES, SMALL_BATCHES
from benchmarks.machine import Machine
from benchmarks.markdown import between_markers
from benchmarks.run import __main__ as run
from benchmarks.run.chapter import ChapterTiming
from benchmarks.run.chapter_models import chapter_model
from benchmarks.run.measures import Comparison, Speed, Timing, typical
from benchmarks.run.ours import StepClock
from benchmarks.run.report import makespan, speed_marker
from benchmarks.startup.study import covered
from jena_models.architectures import build, find_architecture
from jena_models.training.jobs.fit_result import EpochRecord
from jena_models.training.jobs.progress_events import TrainingEvent
from tasks.workspace import resolve

ROOT = Path(__file__).resolve().parents[2]
SECONDS = st.lists(st.floats(0.1, 100), min_size=1, max_size=8)


@pytest.mark.parametrize("architecture", BOOK_ARCHITECTURES)
def test_the_chapters_models_are_as_large_as_ours(architecture):
    ours = build(architecture, find_architecture(architecture).hyperparameters, 120, 14)

    theirs = chapter_model(architecture, 120, 14)

    assert [w.shape for w in theirs.trainable_variables] == [w.shape for w in ours.trainable_variables]


@pytest.mark.parametrize(
    ("architecture", "a_window"),
    [
        ("dense", 120 * 14 * 16 + 16),
        ("conv1d", 97 * 24 * 14 * 8 + 37 * 12 * 8 * 8 + 13 * 6 * 8 * 8 + 8),
        ("lstm", 120 * 4 * 16 * (14 + 16) + 16),
        ("bidirectional_lstm", 2 * 120 * 4 * 16 * (14 + 16) + 32),
        ("stacked_gru_dropout", 120 * 3 * 32 * (14 + 32) + 120 * 3 * 32 * (32 + 32) + 32),
    ],
)
def test_multiply_adds_are_those_counted_by_hand(architecture, a_window):
    assert multiply_adds_a_step(chapter_model(architecture, 120, 14), batch_size=256) == 3 * 256 * a_window


def test_what_is_dropped_is_left_out_of_the_recurrent_products():
    a_window = 120 * 3 * 32 * (14 + 16) + 120 * 3 * 32 * (32 + 16) + 32

    counted = multiply_adds_a_step(chapter_model("stacked_gru_dropout", 120, 14), batch_size=256, dropped=False)

    assert counted == 3 * 256 * a_window


@given(SECONDS, st.integers(1, 4))
def test_side_by_side_trainings_take_no_less_than_their_share_and_no_more_than_all(seconds, workers):
    took = makespan(seconds, workers)

    assert max(*seconds, sum(seconds) / workers) <= took * (1 + 1e-9)
    assert took <= sum(seconds) * (1 + 1e-9)


def test_the_last_training_goes_on_faster_once_it_is_alone():
    # 30 s beside 10 and 8, so that the last 12 s are its own
    assert makespan([10, 30, 8], 2) == 30
    assert makespan([10, 30, 8], 2, faster_alone=1.5) == pytest.approx(18 + 12 / 1.5)
    assert makespan([10, 10], 2, faster_alone=1.5) == 10
    assert makespan([9], 2, faster_alone=1.5) == pytest.approx(6)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)).map(sorted).map(tuple), max_size=6))
def test_time_that_spans_cover_is_counted_once(spans):
    seconds = np.zeros(50, dtype=bool)
    for start, end in spans:
        seconds[start:end] = True

    assert covered(spans) == seconds.sum()


def event(batch, finished=None):
    return TrainingEvent(
        architecture="dense",
        epoch=1,
        epochs=9,
        batch=batch,
        batches=100,
        loss=1.0,
        val_mae=None,
        best_val_mae=None,
        seconds_left=None,
        finished=finished,
    )


def test_the_clock_tells_steps_from_validation_and_leaves_compilation_out():
    clock = StepClock()
    record = EpochRecord(epoch=1, loss=1, mae=1, val_loss=1, val_mae=1, seconds=9.0)

    # A first epoch that takes nine seconds to compile, then one of 100 steps of 20 ms and a second of validation
    clock(event(16), 8.0)
    clock(event(100, record), 9.0)
    for batch in (16, 48, 80):
        clock(event(batch), 9.0 + 0.02 * batch)
    clock(event(100, record.model_copy(update={"seconds": 3.0})), 12.0)

    assert clock.steps[1:] == pytest.approx([0.02])
    assert clock.rest[1:] == pytest.approx([1.0])


def test_the_ratio_is_of_whole_epochs_and_of_the_medians_over_the_rounds():
    def speed(*milliseconds):
        rounds = [Timing(milliseconds_a_step=ms, validation_seconds=1.81, peak_memory_mib=ms) for ms in milliseconds]
        return Speed(**typical(rounds).model_dump(), share_of_peak=0.1)

    found = Comparison(
        architecture="dense",
        epochs=10,
        multiply_adds_a_step=1,
        chapter=speed(200, 20, 10),
        ours=speed(1, 10, 40),
        ratios=(1,),
    )

    assert found.ours.seconds_an_epoch == pytest.approx(10)
    assert found.ratio == pytest.approx((0.02 * 819 + 1.81) / 10)
    assert found.chapter.peak_memory_mib == 200


def test_a_page_keeps_what_stands_around_the_markers(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- speed: written by make benchmark -->\nold\n<!-- end of speed -->\nafter\n")

    for text in ("first", "second"):
        between_markers(page, "speed", text)

    assert page.read_text() == (
        "before\n<!-- speed: written by make benchmark -->\nsecond\n<!-- end of speed -->\nafter\n"
    )
    with pytest.raises(ValueError, match="lacks the lines"):
        between_markers(page, "other", "text")


SPEEDS = [speed_marker(floats, rows) for floats in (16, 8, 4) for rows in (1, 6)]


@pytest.mark.parametrize("name", [*SPEEDS, "accuracy"])
def test_the_page_has_a_place_for_each_table(tmp_path, name):
    copy = tmp_path / "performance.md"
    copy.write_bytes((ROOT / "docs" / "performance.md").read_bytes())

    between_markers(copy, name, "a table")

    assert "a table" in copy.read_text()


def of_pages() -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in (ROOT / "docs").iterdir()}


def assert_whole(text: str) -> None:
    """The table has a row of both ways of training, and PyTorch's absence is told."""
    lines = text.splitlines()
    [row] = [line for line in lines if line.startswith("| dense")]
    chapter, ours = (float(row.split("|")[column]) for column in (2, 6))
    assert chapter > 0
    assert ours > 0
    assert any("PyTorch" in line for line in lines)
    widths = {len(line.split("|")) for line in lines[lines.index(row) - 2 : lines.index(row) + 1]}
    assert len(widths) == 1


SMALL = ["--small", "--architectures=dense", "--no-study"]


def test_what_both_ways_took_is_reported_and_nothing_is_written_unasked(monkeypatch, tmp_path):
    # Given what each part would measure
    facts = Machine(
        processor="one",
        flags=("avx2",),
        vector_floats=8,
        registers=16,
        cores=2,
        memory_gib=8,
        load=0,
        versions={},
        date="2026-01-01",
        peak_gigamacs_one_core=50,
        peak_gigamacs_all_cores=90,
    )
    timing = Timing(milliseconds_a_step=2, validation_seconds=1, peak_memory_mib=300)
    settings, windows = resolve("book", {}), {"train": 100, "validation": 50}
    asked = []

    def time_ours(*given):
        asked.append(("ours", given[0], given[-1]))
        return timing

    def time_chapter(*given):
        asked.append(("chapter", given[0], given[-1]))
        return ChapterTiming(**timing.model_dump(), multiply_adds_a_step=1000, without_dropped=500)

    monkeypatch.setenv("JENA_HOME", str(tmp_path))
    monkeypatch.setattr(run, "machine", lambda: facts)
    monkeypatch.setattr(run, "book_windows", lambda *_: (SimpleNamespace(stride_rows=6, windows=windows), settings))
    monkeypatch.setattr(run, "time_ours", time_ours)
    monkeypatch.setattr(run, "time_chapter", time_chapter)
    monkeypatch.setattr(run, "time_torch", lambda _: ((), "PyTorch is not installed."))
    before = of_pages()

    # When
    told = CliRunner().invoke(run.main, SMALL, catch_exceptions=False)

    # Then
    assert told.exit_code == 0
    assert_whole(told.stdout)
    assert asked == [
        ("chapter", "dense", SMALL_BATCHES),
        ("ours", "dense", SMALL_BATCHES),
        ("ours", "dense", 1),
    ]
    assert of_pages() == before


@pytest.mark.slow
@pytest.mark.campaign
def test_the_small_form_measures_both_ways_of_training(tmp_path):
    """As `make benchmark-small` does, which `.ci/run` goes on with after the tests."""
    before = of_pages()

    ended = subprocess.run(
        [sys.executable, "-m", "benchmarks.run", *SMALL],
        cwd=ROOT,
        env={**os.environ, "JENA_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 0, ended.stderr
    assert_whole(ended.stdout)
    assert of_pages() == before


@pytest.mark.slow
def test_a_steps_processor_time_is_told_beside_its_share_of_the_peak():
    ended = subprocess.run(
        [sys.executable, "-m", "benchmarks.steps", "--architectures=lstm"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 0, ended.stderr
    [row] = [line for line in ended.stdout.splitlines() if line.startswith("| lstm")]
    step, share, validation, share_of_validation = (float(cell.strip(" %")) for cell in row.split("|")[2:-1])
    assert 0 < share < 100
    # A step's products are three times those of the forward pass, however busy the machine is.
    assert share * step == pytest.approx(3 * share_of_validation * validation, rel=0.15)
