"""`jena tune` refuses what cannot be tuned before anything starts."""

import pytest

from flows.command_line import main


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["densee"], "There is no architecture 'densee'; did you mean 'dense'?"),
        (["persistence"], "There is nothing to tune in 'persistence'; name one of dense,"),
        ([], "Missing argument 'ARCHITECTURE'"),
        (["dense", "--trials", "0"], "'0' is no whole number of at least 1"),
        (["dense", "--set", "tuning.trial=3"], "There is no setting 'tuning.trial'; did you mean 'tuning.trials'?"),
        (["ridge", "--set", "ridge.penalty=1"], "All that could be tuned in 'ridge' is set"),
        (
            ["dense", "--source", "nowhere.csv", "--output", "/dev/null/mine.yaml"],
            "The profile cannot be written to /dev/",
        ),
        (["dense", "--source", "nowhere.csv"], "nowhere.csv"),
    ],
)
def test_what_cannot_be_tuned_is_refused_in_a_sentence_and_leaves_nothing(capsys, home, arguments, sentence):
    with pytest.raises(SystemExit) as end:
        main(["tune", *arguments])

    printed = capsys.readouterr()
    assert end.value.code == 2
    assert printed.out == ""
    assert sentence in printed.err
    assert printed.err.startswith("jena: ")
    assert list(home.iterdir()) == []
