"""Progress: every listener is told, and a person sees one line an architecture."""

import io

import pytest
from rich.console import Console

from jena_models.training.jobs.fit_result import EpochRecord
from jena_models.training.jobs.progress_events import TrainingEvent
from tasks.training import progress
from tasks.training.progress import LineReporter, figures, listen, live_progress, publish


def event(architecture="lstm", *, epoch=2, batch=50, finished=False, val_mae=2.412, best=2.398, left=83.0):
    record = EpochRecord(epoch=epoch, loss=9.1, mae=2.3, val_loss=9.4, val_mae=2.4, seconds=3)
    return TrainingEvent(
        architecture=architecture,
        epoch=epoch,
        epochs=10,
        batch=batch,
        batches=100,
        loss=9.1234,
        val_mae=val_mae,
        best_val_mae=best,
        seconds_left=left,
        finished=record if finished else None,
    )


@pytest.fixture
def written(monkeypatch):
    """What stands on a console that takes the place of standard error."""

    def make(terminal: bool) -> io.StringIO:
        stream = io.StringIO()
        console = Console(file=stream, force_terminal=terminal, width=140)
        monkeypatch.setattr(progress, "console", lambda: console)
        return stream

    return make


def test_those_who_listen_are_told_and_no_longer_once_they_stopped():
    heard = []
    with listen(heard.append):
        publish(event(epoch=1))
    publish(event(epoch=2))

    assert [one.epoch for one in heard] == [1]


def test_a_line_has_epoch_loss_validation_mae_and_time_left():
    assert figures(event()) == "epoch 2/10 · loss 9.123 · validation MAE 2.412 · kept 2.398 · 1:23 left"


def test_a_line_tells_errors_of_a_target_far_below_one():
    assert "validation MAE 0.000412 · kept 0.000398" in figures(event(val_mae=0.000412, best=0.000398))


def test_before_the_first_validation_there_is_none_to_show():
    assert figures(event(epoch=1, val_mae=None, best=None, left=None)) == "epoch 1/10 · loss 9.123"


def test_a_log_gets_a_line_for_finished_epochs_not_too_often_and_for_the_last_always(written):
    # Given
    stream, now = written(terminal=False), [0.0]
    report = LineReporter(clock=lambda: now[0])

    # When
    for seconds, epoch in ((0, 1), (2, 2), (4, 3), (6, 4), (7, 10)):
        now[0] = seconds
        report(event(epoch=epoch))
        report(event(epoch=epoch, batch=100, finished=True))

    # Then
    assert [line.split(" · ")[0] for line in stream.getvalue().splitlines()] == [
        "lstm: epoch 1/10",
        "lstm: epoch 4/10",
        "lstm: epoch 10/10",
    ]


def test_a_terminal_gets_one_line_an_architecture(written):
    stream = written(terminal=True)

    with live_progress(("lstm", "dense")):
        for batch in (10, 20, 30):
            publish(event("lstm", batch=batch))
            publish(event("dense", batch=batch))

    last = stream.getvalue().rsplit("\x1b[1A", maxsplit=1)[-1] or stream.getvalue()
    assert last.count("lstm") <= 1
    assert stream.getvalue().count("validation MAE 2.412") >= 2


def test_progress_goes_to_standard_error():
    assert progress.console().stderr
