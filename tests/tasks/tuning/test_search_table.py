"""What a search shows."""

from jena_models.tuning.search_result import SearchResult, Trial
from tasks.tuning.search_table import line, render


def trial(number, val_mae, state="complete", reason=""):
    values = {"learning_rate": 0.00123456, "units": 8 + number, "dense_units": (16, 8), "random_splits": True}
    return Trial(number=number, state=state, values=values, val_mae=val_mae, seconds=30, reason=reason)


def test_a_trial_that_has_ended_is_one_line_with_all_that_one_asks():
    trials = (trial(1, 2.5), trial(2, 2.25))

    told = line(trials[1], trials, 15, "°C", 250)

    assert told == (
        "Trial 2 of 15: learning_rate 0.00123, units 10, dense_units 16+8, random_splits yes: "
        "validation MAE 2.250 °C · best 2.250 °C (trial 2) · about 4:10 left"
    )


def test_a_trial_that_did_not_come_to_its_end_says_why():
    failed, given_up = trial(1, None, "failed", "The loss is no number."), trial(2, None, "pruned", "worse than half.")

    assert line(failed, (failed,), 1, "°C", 0).endswith("failed: The loss is no number")
    assert "given up: worse than half · best" in line(given_up, (given_up, trial(3, 2.0)), 3, "°C", 0)


def test_the_table_shows_the_best_first_and_counts_the_others():
    trials = (*(trial(number, 3 - number / 10) for number in range(1, 13)), trial(13, None, "pruned"))
    path = "/a/path/that/is/" + "long/" * 30 + "dense.yaml"

    shown = render(
        SearchResult(search="s1", run_id="r", architecture="dense", unit="°C", trials=trials, profile=path)
    ).splitlines()

    words = [row.split() for row in shown]
    assert ["trial", "12", "11", "10", "9", "8", "7"] in words
    assert ["validation", "MAE", "1.8000", "1.9000", "2.0000", "2.1000", "2.2000", "2.3000"] in words
    assert ["units", "20", "19", "18", "17", "16", "15"] in words
    assert "Not listed: 6 worse, 1 given up on the way." in shown
    assert shown[-1] == f"Its profile: {path}"
