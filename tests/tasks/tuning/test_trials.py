"""Trials: the same whenever they are drawn, resumed after a kill, and given up where they are worse than others."""

import threading

import pytest

from jena_models.errors import TrainingAbandonedError
from jena_models.options.training_options import Tuning
from jena_models.training.jobs.fit_result import EpochRecord
from jena_models.training.jobs.progress_events import TrainingEvent
from jena_models.tuning.ranges import Between, OneOf
from jena_models.tuning.space import Dimension
from tasks.tuning.trials import Trials

pytestmark = pytest.mark.slow

DIMENSIONS = (
    Dimension("units", Between(8, 64, log=True), 16, True),
    Dimension("rate", Between(1e-4, 1e-1, log=True), 1e-3, False),
    Dimension("shape", OneOf((8,), (8, 4)), (8,), False),
)


def opened(path, trials=8, seed=1, **tuning):
    found = Trials(path, "s", DIMENSIONS, Tuning(trials=trials, **{"random_trials": 3} | tuning), seed)
    found.resume()
    return found


def error_of(values):
    return abs(values["units"] - 40) / 40 + values["rate"] + len(values["shape"])


def run(trials, number=None):
    for _ in range(trials.left if number is None else number):
        attempt = trials.next()
        attempt.complete(error_of(attempt.values))
    return trials.ended()


def told(ended):
    return [(each.number, each.state, each.values, each.val_mae) for each in ended]


def event(epoch, val_mae, epochs=10):
    record = EpochRecord(epoch=epoch, loss=1, mae=1, val_loss=val_mae, val_mae=val_mae, seconds=1)
    return TrainingEvent(
        architecture="dense",
        epoch=epoch,
        epochs=epochs,
        batch=1,
        batches=1,
        loss=1,
        val_mae=val_mae,
        best_val_mae=val_mae,
        seconds_left=1,
        finished=record,
    )


def test_the_first_trial_has_the_values_that_the_search_starts_from(tmp_path):
    assert opened(tmp_path / "a.db").next().values == {"units": 16, "rate": 1e-3, "shape": (8,)}


def test_the_same_seed_tries_the_same_and_another_does_not(tmp_path):
    first, again = run(opened(tmp_path / "a.db")), run(opened(tmp_path / "b.db"))
    other = run(opened(tmp_path / "c.db", seed=2))

    assert told(first) == told(again)
    assert [each.number for each in first] == list(range(1, 9))
    assert told(first)[0] == told(other)[0]
    assert told(first)[1:] != told(other)[1:]


def test_drawn_values_lie_in_their_ranges(tmp_path):
    for trial in run(opened(tmp_path / "a.db", trials=12)):
        assert 8 <= trial.values["units"] <= 64
        assert isinstance(trial.values["units"], int)
        assert 1e-4 <= trial.values["rate"] <= 1e-1
        assert trial.values["shape"] in ((8,), (8, 4))


@pytest.mark.parametrize("ended", [0, 1, 4, 7])
def test_a_search_that_was_killed_goes_on_as_if_nothing_had_happened(tmp_path, ended):
    # Given a search that is killed while its next trial goes on
    undisturbed = run(opened(tmp_path / "a.db"))
    killed = opened(tmp_path / "b.db")
    run(killed, ended)
    cut_off = killed.next()

    # When
    again = opened(tmp_path / "b.db")

    # Then it goes on with the values that were cut off, and ends as the other did
    assert again.left == 8 - ended
    resumed = again.next()
    assert (resumed.number, resumed.values) == (cut_off.number, cut_off.values)
    resumed.complete(error_of(resumed.values))
    assert told(run(again)) == told(undisturbed)


def test_several_that_were_cut_off_are_all_tried_again(tmp_path):
    killed = opened(tmp_path / "a.db")
    cut_off = {attempt.number: attempt.values for attempt in (killed.next() for _ in range(3))}

    again = opened(tmp_path / "a.db")

    assert {attempt.number: attempt.values for attempt in (again.next() for _ in range(3))} == cut_off
    assert again.next().number == 4


def test_more_trials_go_on_from_those_that_there_are(tmp_path):
    few = run(opened(tmp_path / "a.db", trials=4))
    more = opened(tmp_path / "a.db", trials=8)

    assert more.left == 4
    assert told(run(more))[:4] == told(few)
    assert opened(tmp_path / "a.db", trials=2).left == 0


def test_a_trial_that_failed_counts_with_its_reason(tmp_path):
    trials = opened(tmp_path / "a.db", trials=3)
    trials.next().fail("the loss is no number")

    ended = opened(tmp_path / "a.db", trials=3).ended()

    assert [(each.number, each.state, each.val_mae, each.reason) for each in ended] == [
        (1, "failed", None, "the loss is no number")
    ]
    assert trials.left == 2
    assert trials.next().number == 2


def test_trials_side_by_side_have_numbers_of_their_own(tmp_path):
    trials, numbers = opened(tmp_path / "a.db"), []
    threads = [threading.Thread(target=lambda: numbers.append(trials.next().number)) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert sorted(numbers) == [1, 2, 3, 4]


def train(attempt, error):
    for epoch in range(1, 11):
        attempt.judge(event(epoch, error))


def after_three(path, errors=(2.0, 1.9, 1.8), **tuning):
    """The next trial after three that were trained to their end."""
    trials = opened(path, **tuning)
    for error in errors:
        attempt = trials.next()
        for epoch in range(1, 11):
            attempt.judge(event(epoch, error + (10 - epoch) / 10))
        attempt.complete(error)
    return trials, trials.next()


def test_a_trial_that_is_worse_than_half_of_the_others_is_given_up_and_one_that_is_not_goes_on(tmp_path):
    _, worse = after_three(tmp_path / "a.db")
    _, better = after_three(tmp_path / "b.db")

    with pytest.raises(TrainingAbandonedError, match="worse than half"):
        train(worse, error=5.0)
    train(better, error=1.0)


def test_no_trial_is_given_up_in_the_share_that_is_spared_nor_at_its_end(tmp_path):
    _, attempt = after_three(tmp_path / "a.db", spared_share=0.5)

    for epoch in range(1, 5):
        attempt.judge(event(epoch, 9.0))
    attempt.judge(event(10, 9.0))


def test_no_trial_is_given_up_before_enough_were_trained_or_where_that_is_not_wanted(tmp_path):
    _, unwanted = after_three(tmp_path / "a.db", pruning=False)
    _, early = after_three(tmp_path / "b.db", random_trials=4)

    train(unwanted, error=9.0)
    train(early, error=9.0)


def test_rounds_that_are_skipped_do_not_hide_how_good_a_trial_was(tmp_path):
    # Given boosting that stopped early each time, and told no more until its next booster
    trials = opened(tmp_path / "a.db", spared_share=0.2)
    for error in (2.0, 1.9, 1.8):
        attempt = trials.next()
        attempt.judge(event(100, error, epochs=2400))
        attempt.judge(event(810, 9.0, epochs=2400))
        attempt.complete(error)

    # When one that is worse gets to where they told nothing, then it is compared
    attempt = trials.next()
    with pytest.raises(TrainingAbandonedError, match=r"2\.500 after 500 of 2400"):
        attempt.judge(event(500, 2.5, epochs=2400))


def test_what_was_given_up_has_no_error_of_its_own(tmp_path):
    trials, attempt = after_three(tmp_path / "a.db")
    attempt.give_up("worse than half")

    last = trials.ended()[-1]

    assert (last.state, last.val_mae, last.reason) == ("pruned", None, "worse than half")
    assert trials.left == 4
