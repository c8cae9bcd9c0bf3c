"""What can be asked of a search, and what cannot."""

import pytest

from jena_models.errors import RequestError, SettingsError
from tasks.tuning.requested_search import profile_path, searched, tuning_request
from tasks.workspace.requested_settings import resolve


def names(architecture, changes=None):
    return [each.name for each in searched(architecture, resolve("quick", changes, {}), changes)]


def test_what_is_named_goes_where_settings_look_for_it():
    asked = tuning_request("a.csv", 7, 2, {"seed": 3})
    settings = resolve("quick", asked, {})

    assert (settings.source, settings.tuning.trials, settings.workers, settings.seed) == ("a.csv", 7, 2, 3)
    assert tuning_request("auto") == {}


def test_what_the_caller_sets_is_not_searched():
    every = names("lstm")

    assert {"learning_rate", "units", "dropout"} <= set(every)
    for changes in ({"lstm.units": 8}, {"hyperparameters.lstm.units": 8}, {"lstm": {"units": 8}}):
        assert names("lstm", changes) == [name for name in every if name != "units"]
    assert names("lstm", {"dense.units": 8, "seed": 2}) == every


def test_what_the_profile_sets_is_where_the_search_starts(tmp_path):
    profile = tmp_path / "mine.yaml"
    profile.write_text("lstm: {units: 40}")

    dimensions = searched("lstm", resolve(str(profile), {}, {}))

    assert {each.name: each.start for each in dimensions}["units"] == 40


def test_an_unknown_architecture_is_refused_with_the_nearest():
    with pytest.raises(SettingsError, match="did you mean 'dense'"):
        names("densee")


@pytest.mark.parametrize("architecture", ["persistence", "ensemble"])
def test_where_there_is_nothing_to_tune_the_sentence_names_what_could_be(architecture):
    with pytest.raises(SettingsError, match=f"nothing to tune in '{architecture}'; name one of dense,"):
        names(architecture)


def test_where_all_is_set_the_sentence_names_what_was():
    with pytest.raises(SettingsError, match="leave one of these to the search: penalty"):
        names("ridge", {"ridge.penalty": 1.0})


def test_no_trials_at_all_are_refused():
    with pytest.raises(SettingsError, match=r"tuning\.trials"):
        resolve("quick", tuning_request(trials=0), {})


def test_the_profile_goes_to_the_home_folder_or_where_it_is_asked_for(home, tmp_path):
    assert profile_path("dense") == home / "tuned" / "dense.yaml"
    assert profile_path("dense", str(tmp_path / "new" / "mine.yaml")) == tmp_path / "new" / "mine.yaml"


def test_a_profile_that_cannot_be_written_is_refused_before_anything_is_tried(tmp_path):
    (tmp_path / "file").write_text("")

    for place in (tmp_path, tmp_path / "file" / "mine.yaml"):
        with pytest.raises(RequestError, match="cannot be written"):
            profile_path("dense", str(place))
