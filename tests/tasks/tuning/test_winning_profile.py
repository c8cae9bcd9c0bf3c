"""The winner as a profile: it gives the settings that the winner was judged under, and says where it comes from."""

import pytest
from small_study import small_prepared

from jena_models.tuning.search_result import SearchResult, Trial
from jena_models.tuning.space import with_values
from jena_models.whole_files import write_whole
from tasks.tuning.winning_profile import command_line, profile_text
from tasks.workspace.requested_settings import resolve

WINNER = {"units": 48, "learning_rate": 0.00123}
CHANGES = {"training.epochs": 3, "lstm.layers": 2}


def result(architecture="lstm", values=None):
    start = Trial(number=1, state="complete", values={"units": 16, "learning_rate": 1e-3}, val_mae=2.5, seconds=1)
    given_up = Trial(number=2, state="pruned", values=start.values, val_mae=None, seconds=1)
    best = Trial(number=3, state="complete", values=values or WINNER, val_mae=2.2, seconds=1)
    return SearchResult(
        search="s", run_id="r", architecture=architecture, unit="°C", trials=(start, given_up, best), profile="p"
    )


@pytest.fixture
def prepared(tmp_path):
    return small_prepared(tmp_path / "prepared")


@pytest.mark.parametrize("base", ["quick", "book"])
def test_the_profile_gives_the_settings_of_the_winner(prepared, tmp_path, base):
    # Given
    settings = resolve(base, CHANGES, {})

    # When
    path = tmp_path / "new" / "lstm.yaml"
    write_whole(path, profile_text(result(), prepared, settings, "jena tune lstm"))
    found = resolve(str(path), {}, {})

    # Then
    tuned = with_values(settings.hyperparameters["lstm"], WINNER)
    table = settings.hyperparameters.model_copy(update={"lstm": tuned})
    assert found == settings.model_copy(
        update={"hyperparameters": table, "profile": str(path), "source": found.source, "workers": found.workers}
    )
    assert [each.name for each in path.parent.iterdir()] == ["lstm.yaml"]


def test_an_architecture_that_the_profile_did_not_train_is_added(prepared, tmp_path):
    text = profile_text(result(), prepared, resolve("quick", {"architectures": ["dense"]}, {}), "jena tune lstm")
    path = tmp_path / "a.yaml"
    path.write_text(text)

    assert resolve(str(path), {}, {}).architectures == ("dense", "lstm")


def test_where_the_work_was_done_is_not_said(prepared):
    asked = {"source": "/secret/place/readings.csv", "workers": 2, "servers.mlflow_port": 5999}
    command = command_line("lstm", 3, "/secret/mine.yaml", "/secret/place/readings.csv", {"lstm.layers": 2})

    text = profile_text(result(), prepared, resolve("quick", asked, {}), command)

    assert "secret" not in text
    assert "workers" not in text
    assert "servers" not in text


def test_the_profile_says_which_command_data_and_trials_gave_it(prepared):
    command = command_line("lstm", 3, "quick", "readings.csv", {"lstm.dense_units": [16, 8]})

    text = profile_text(result(), prepared, resolve("quick", {}, {}), command)

    assert "jena tune lstm --trials=3 --profile=quick --source=readings.csv '--set=lstm.dense_units=[16, 8]'" in text
    for fact in ("with seed 1", "sourcekey0000000", "3 trials, 1 of them given up", "validation MAE 2.200 °C"):
        assert fact in text


def test_searches_one_after_the_other_add_up_in_one_profile(prepared, tmp_path):
    # Given a profile that a search wrote
    path = tmp_path / "mine.yaml"
    write_whole(path, profile_text(result(), prepared, resolve("quick", {}, {}), "jena tune lstm"))

    # When another architecture is tuned from it on, and then the first again
    dense = result("dense", {"units": 32})
    write_whole(path, profile_text(dense, prepared, resolve(str(path), {}, {}), "jena tune dense"))
    again = result(values={"units": 20})
    write_whole(path, profile_text(again, prepared, resolve(str(path), {}, {}), "jena tune lstm"))

    # Then
    found = resolve(str(path), {}, {})
    assert (found.hyperparameters["dense"].units, found.hyperparameters["lstm"].units) == (32, 20)
    assert path.read_text().count("found by `jena tune dense`") == 1
    assert path.read_text().count("found by `jena tune lstm`") == 1
