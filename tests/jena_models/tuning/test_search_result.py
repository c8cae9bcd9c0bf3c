"""What a search says of itself."""

from jena_models.tuning.search_result import SearchResult, Trial, ranked


def trial(number, val_mae, state="complete"):
    return Trial(number=number, state=state, values={"units": number}, val_mae=val_mae, seconds=1.0)


def result(*trials):
    return SearchResult(
        search="s", run_id="r", architecture="dense", unit="°C", trials=trials, profile="tuned/dense.yaml"
    )


def test_the_earliest_of_the_best_wins_and_what_was_not_trained_to_its_end_has_no_rank():
    trials = (trial(1, 2.5), trial(2, None, "pruned"), trial(3, 2.1), trial(4, 2.1), trial(5, None, "failed"))

    assert [each.number for each in ranked(trials)] == [3, 4, 1]
    assert result(*trials).best.number == 3


def test_the_sentence_says_what_was_gained():
    gained = result(trial(1, 2.5), trial(2, 2.1)).sentence
    nothing = result(trial(1, 2.1), trial(2, 2.5)).sentence
    unknown = result(trial(1, None, "failed"), trial(2, 2.5)).sentence

    assert gained == "Trial 2 of 2 is the best: validation MAE 2.100 °C, where the search started from 2.500 °C."
    assert "nothing that was tried is better" in nothing
    assert unknown == "Trial 2 of 2 is the best: validation MAE 2.500 °C."


def test_errors_of_a_target_far_below_one_are_told_apart():
    assert (
        "MAE 0.000421 °C, where the search started from 0.000437 °C"
        in result(trial(1, 0.000437), trial(2, 0.000421)).sentence
    )
