"""What a learner tells of its rounds."""

from types import SimpleNamespace

import pytest

from jena_models.errors import TrainingError
from jena_models.models.learner import Round
from jena_models.training import rounds
from jena_models.training.rounds import Rounds


@pytest.fixture
def clock(monkeypatch):
    """Seconds that pass as a test says."""
    now = SimpleNamespace(seconds=100.0)
    monkeypatch.setattr(rounds.time, "perf_counter", lambda: now.seconds)
    return now


def test_the_time_that_features_take_is_not_taken_for_that_of_every_round(clock):
    # Given a learner that builds features for half a minute, and grows a tree every tenth of a second
    events = []
    learner = Rounds(SimpleNamespace(architecture="gradient_boosting"), events.append)
    clock.seconds += 30
    for number in range(1, 11):
        clock.seconds += 0.1
        learner.tell(Round(number, 100, 2.0, 2.0))
    learner.close()

    # Then what is left is told by the rounds from the first on
    assert events[0].seconds_left == pytest.approx(99 * 0.1)
    assert events[8].seconds_left == pytest.approx(91 * 0.1)
    assert events[-1].seconds_left == 0
    assert [event.epoch for event in events] == list(range(1, 11))


def test_an_error_that_is_no_number_ends_it(clock):
    learner = Rounds(SimpleNamespace(architecture="ridge"), lambda _: None)

    with pytest.raises(TrainingError, match="no longer a number in round 3"):
        learner.tell(Round(3, 9, 1.0, float("nan")))
