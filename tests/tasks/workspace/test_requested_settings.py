"""Settings: precedence, names that are refused, and what the refusal says."""

import pickle
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel
from small_study import small_prepared

from jena_models.errors import RequestError, SettingsError, TrainingError
from jena_models.settings import Settings
from tasks.workspace.folders.project_folders import profiles_folder
from tasks.workspace.requested_settings import as_learnt_from, parse_changes, require_long_history, resolve


def resolved(profile="quick", changes=None, environment=None):
    return resolve(profile, changes, environment or {})


@pytest.mark.parametrize("name", [path.stem for path in profiles_folder().glob("*.yaml")])
def test_every_shipped_profile_can_be_read(name):
    assert resolved(name).profile == name


def test_the_environment_goes_before_the_profile_and_the_caller_before_both():
    environment = {"JENA_TRAINING__EPOCHS": "7", "JENA_SEED": "5", "PATH": "/bin"}

    settings = resolved("quick", {"seed": 6}, environment)

    assert (settings.training.epochs, settings.seed) == (7, 6)
    assert settings.training.batches_per_epoch == resolved("quick").training.batches_per_epoch


@pytest.mark.parametrize("name", ["JENA_SOURCE", "JENA_STATION", "JENA_SEED", "JENA_TRAINING__EPOCHS", "JENA_PROFILE"])
def test_an_empty_variable_is_as_good_as_none(name):
    assert resolve(None, {}, {name: ""}) == resolve(None, {}, {})


def test_the_profile_can_come_from_the_environment():
    assert resolve(None, {}, {"JENA_PROFILE": "book"}).windows == "indexed"


def test_the_book_keeps_the_chapters_figures():
    settings = resolved("book")

    assert settings.training.batches_per_epoch == 819
    assert settings.training.batch_size == 256
    assert [settings.hyperparameters[name].epochs for name in ("dense", "lstm", "stacked_gru_dropout")] == [10, 10, 50]
    assert (settings.history_hours, settings.sampling_minutes, settings.horizon_hours) == (120, 60, 24)


def test_an_architectures_name_stands_for_its_hyperparameters():
    settings = resolved(changes=parse_changes(["lstm.units=32", "lstm.dense_units=[8, 4]", "dense.learning_rate=1e-4"]))

    assert settings.hyperparameters["lstm"].model_dump()["units"] == 32
    assert settings.hyperparameters["lstm"].dense_units == (8, 4)
    assert settings.hyperparameters["dense"].learning_rate == 1e-4


def test_naming_one_hyperparameter_leaves_the_others_as_the_architecture_has_them():
    untouched = resolved().hyperparameters["stacked_gru_dropout"].model_dump()

    changed = resolved(changes={"stacked_gru_dropout.optimizer": "adam"}).hyperparameters["stacked_gru_dropout"]

    assert untouched["layers"] == 2
    assert changed.model_dump() == untouched | {"optimizer": "adam"}


def test_settings_travel_to_other_processes():
    settings = resolved(changes={"lstm.units": 8})

    assert pickle.loads(pickle.dumps(settings)) == settings
    assert type(settings).model_validate_json(settings.model_dump_json()) == settings


def test_architectures_can_be_a_comma_separated_list():
    settings = resolved(changes=parse_changes(["architectures=lstm, dense"]))

    assert settings.architectures == ("lstm", "dense")


@pytest.mark.parametrize("written", ["1,3", "[1, 3]"])
def test_any_list_can_be_written_with_commas(written):
    assert resolved(changes=parse_changes([f"backtest.leads_hours={written}"])).backtest.leads_hours == (1, 3)


@pytest.mark.parametrize(("key", "value", "read"), [("leads_hours", "6", (6,)), ("architectures", "lstm", ("lstm",))])
def test_one_value_is_a_list_of_one(key, value, read):
    assert getattr(resolved(changes=parse_changes([f"{key}={value}"])), key) == read


@pytest.mark.parametrize("name", ["training", "lstm_dropout"])
def test_a_branch_that_says_nothing_changes_nothing(name, tmp_path):
    mine = tmp_path / "mine.yaml"
    mine.write_text(f"{name}:\n  # epochs: 3\n")

    assert resolved(str(mine)).model_copy(update={"profile": "quick"}) == Settings()


def test_a_profile_can_be_a_file(tmp_path: Path):
    mine = tmp_path / "mine.yaml"
    mine.write_text("seed: 3\nlstm: {units: 8}\n")

    settings = resolved(str(mine))

    assert settings.seed == 3
    assert settings.hyperparameters["lstm"].model_dump()["units"] == 8


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"lstm.unit": 3}, "There is no setting 'lstm.unit'; did you mean 'lstm.units'?"),
        ({"sed": 3}, "There is no setting 'sed'; did you mean 'seed'?"),
        ({"training.epoch": 3}, "There is no setting 'training.epoch'; did you mean 'training.epochs'?"),
        ({"epochs": 3}, "There is no setting 'epochs'; did you mean 'training.epochs'?"),
        ({"max_age_hour": 3}, "There is no setting 'max_age_hour'; known are: "),
        ({"ridge.units": 3}, "There is no setting 'ridge.units'; did you mean 'dense.units'?"),
        ({"training.learning": 3}, "There is no setting 'training.learning'; known are: "),
        ({"lstn.units": 3}, "There is no setting 'lstn'; did you mean 'lstm'?"),
        ({"architectures": "lsmt"}, "There is no architecture 'lsmt'; did you mean 'lstm'?"),
        ({"ensemble.members": ["lsmt"]}, "There is no architecture 'lsmt'; did you mean 'lstm'?"),
        ({"backtest.architectures": ["rige"]}, "There is no architecture 'rige'; did you mean 'ridge'?"),
        ({"architectures": ""}, "No architecture is named; name at least one."),
        ({"windows": "round"}, "The setting 'windows' cannot be 'round': input should be 'contiguous' or 'indexed'."),
        ({"seed": "many"}, "The setting 'seed' cannot be 'many'"),
        ({"split.train": 0.9, "split.validation": 0.2}, "leave no readings to test on"),
        ({"training.epochs": 0}, "The setting 'training.epochs' cannot be 0"),
        ({"seed.deep": 1}, "The setting 'seed' cannot be {'deep': 1}"),
        ({"seed": -1}, "The setting 'seed' cannot be -1"),
        ({"seed": 16**6000}, "The setting 'seed' cannot be a value too large to show"),
        ({"horizon_hours": float("inf")}, "The setting 'horizon_hours' cannot be inf"),
        (
            {"promotion.margin": float("nan")},
            "The setting 'promotion.margin' cannot be nan: input should be a finite number.",
        ),
        (
            {"promotion.tolerance": float("inf")},
            "The setting 'promotion.tolerance' cannot be inf: input should be a finite number.",
        ),
        ({"lstm.dense_units": [0]}, "The setting 'lstm.dense_units.0' cannot be 0"),
        ({"gradient_boosting.leaves": 1}, "The setting 'gradient_boosting.leaves' cannot be 1"),
        ({"ensemble.members": ["ridge", "persistence"]}, "'persistence' cannot be a member of ensemble"),
        ({"ensemble.members": ["ensemble"]}, "'ensemble' cannot be a member of ensemble"),
        ({"ensemble.members": []}, "The setting 'ensemble.members' cannot be []"),
        ({"lstm.dropout": 1.0}, "The setting 'lstm.dropout' cannot be 1.0"),
        ({"ridge.penalty": -1}, "The setting 'ridge.penalty' cannot be -1"),
        ({"residual_gru.batch_size": 0}, "The setting 'residual_gru.batch_size' cannot be 0"),
        ({"workers": True}, "The setting 'workers' cannot be True: it is a number."),
        ({"lstm.dropout": False}, "The setting 'lstm.dropout' cannot be False: it is a number."),
        ({"architectures": {"lstm": 1}}, "cannot be {'lstm': 1}: it is a list, such as [a, b]."),
        ({"training": 2}, "The setting 'training' cannot be 2: it is a branch with settings of its own."),
        ({"profile": "book"}, "A profile is what settings start from and cannot be set; name it with --profile."),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(changes, sentence):
    with pytest.raises(SettingsError) as refusal:
        resolved(changes=changes)

    assert sentence in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert refusal.value.exit_code == 2


def _numbers(branch: BaseModel, above: str = "") -> Iterator[tuple[str, float]]:
    for name in type(branch).model_fields:
        value = getattr(branch, name)
        if isinstance(value, BaseModel):
            yield from _numbers(value, f"{above}{name}.")
        first = value[0] if isinstance(value, tuple) and value else value
        if isinstance(first, int | float) and not isinstance(first, bool):
            yield f"{above}{name}", first


NUMBERS = dict(_numbers(Settings()))
SHARE = re.compile(r"share$|fraction$|dropout$|completeness$|regularity$|split\.")


@pytest.mark.parametrize("key", sorted(NUMBERS.keys() - {"promotion.margin", "hyperparameters.persistence.epochs"}))
def test_no_number_is_taken_that_it_cannot_be(key):
    impossible = [-1, 1.5, 2] if SHARE.search(key) else [-1]

    for number in impossible:
        with pytest.raises(SettingsError):
            resolved(changes={key: number})


def test_an_unknown_variable_is_refused():
    with pytest.raises(SettingsError, match="did you mean 'seed'"):
        resolved(environment={"JENA_SEEED": "3"})


@pytest.mark.parametrize(
    "text", ["seed=!!timestamp x", f"seed={'9' * 6000}", "seed=!!bool z", f"seed={'[' * 900}", f"{'x' * 5000}={{"]
)
def test_a_value_that_yaml_trips_over_is_refused_in_a_short_sentence(text):
    with pytest.raises(SettingsError, match="cannot be read") as refusal:
        parse_changes([text])

    assert len(str(refusal.value)) < 250


@pytest.mark.parametrize("profile", ["~nouser/x", "x" * 5000, "a\0b"])
def test_a_profile_that_no_file_can_be_called_is_refused(profile):
    with pytest.raises(RequestError, match="cannot be used"):
        resolved(profile)


@pytest.mark.parametrize("text", ["seed", "=3", "seed: 3"])
def test_what_sets_nothing_is_refused(text):
    with pytest.raises(SettingsError, match="key=value"):
        parse_changes([text])


def test_an_unknown_profile_is_refused_with_the_nearest():
    with pytest.raises(SettingsError, match="There is no profile 'bok'; did you mean 'book'"):
        resolved("bok")


def test_a_profile_that_is_not_there_is_refused_with_the_nearest_file(tmp_path: Path):
    (tmp_path / "mine.yaml").write_text("seed: 3")

    with pytest.raises(SettingsError, match=r"did you mean '.*/mine\.yaml'\?"):
        resolved(str(tmp_path / "mien.yml"))
    with pytest.raises(SettingsError, match="there is no such file, and known are: best, book, quick"):
        resolved(str(tmp_path / "elsewhere" / "theirs.yaml"))


@pytest.mark.parametrize(
    ("key", "nothing"),
    [
        ("forecasting.table", None),
        ("monitoring.retrain_source", None),
        ("page.token_file", None),
        ("training.epochs", None),
        ("leads_hours", None),
        ("backtest.leads_hours", ()),
        ("hyperparameters.lstm.dense_units", ()),
    ],
)
def test_none_is_no_value_as_the_page_on_settings_writes_it(key, nothing):
    value = resolved(changes=parse_changes([f"{key}=none"]))
    for part in key.split("."):
        value = getattr(value, part)

    assert value == nothing


@pytest.mark.parametrize("text", ["[1, 2", "- a\n- b\n"])
def test_a_profile_that_is_no_mapping_is_refused(tmp_path: Path, text):
    broken = tmp_path / "broken.yaml"
    broken.write_text(text)

    with pytest.raises(SettingsError, match=r"broken\.yaml"):
        resolved(str(broken))


def test_what_needs_a_weather_service_is_left_out_where_training_knows_none_of_its_runs(tmp_path):
    known, asked = small_prepared(tmp_path), Settings(architectures=("ridge", "weather_service", "emos"))
    checked = known.divided.checked.model_copy(update={"services": ("nwp",)})
    unknown = known.model_copy(update={"divided": known.divided.model_copy(update={"checked": checked})})

    assert as_learnt_from(asked, known) is asked
    assert as_learnt_from(asked, unknown).architectures == ("ridge",)
    with pytest.raises(TrainingError, match="the runs of nwp say nothing of what is trained on"):
        as_learnt_from(asked.model_copy(update={"architectures": ("emos",)}), unknown)


def test_a_history_that_is_too_short_for_an_architecture_is_refused_before_anything_is_read():
    long, short = (resolved("book", {"history_hours": hours}) for hours in (69, 68))

    require_long_history(long, ["conv1d", "persistence"])
    with pytest.raises(SettingsError, match="'conv1d' cannot be built on 68 steps of history, as it needs 69;"):
        require_long_history(short, ["lstm", "conv1d"])
