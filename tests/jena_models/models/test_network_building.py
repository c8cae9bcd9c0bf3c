"""Architectures: the chapter's layers under their names, told by hyper-parameters."""

import pytest

from jena_models.architectures import ARCHITECTURES, build, find_architecture
from jena_models.errors import SettingsError
from jena_models.settings import Settings

PARAMETERS = {
    "dense": 120 * 14 * 16 + 16 + 17,
    "conv1d": (24 * 14 * 8 + 8) + (12 * 8 * 8 + 8) + (6 * 8 * 8 + 8) + 9,
    "simple_rnn": (14 + 16 + 1) * 16 + 2 * (16 + 16 + 1) * 16 + 17,
    "lstm": 4 * (14 + 16 + 1) * 16 + 17,
    "reversed_lstm": 4 * (14 + 16 + 1) * 16 + 17,
    "bidirectional_lstm": 2 * 4 * (14 + 16 + 1) * 16 + 33,
    "lstm_dropout": 4 * (14 + 32 + 1) * 32 + 33,
    "stacked_gru_dropout": 3 * (14 + 32 + 2) * 32 + 3 * (32 + 32 + 2) * 32 + 33,
}
"""Counted by hand from the chapter's descriptions."""


def test_every_architecture_of_the_chapter_is_there_in_its_order():
    assert list(ARCHITECTURES)[:9] == ["persistence", *PARAMETERS]


@pytest.mark.parametrize("name", PARAMETERS)
def test_each_has_the_parameters_of_its_description(name):
    model = build(name, Settings().hyperparameters[name], 120, 14)

    assert model.count_params() == PARAMETERS[name]
    assert model.input_shape == (None, 120, 14)
    assert model.output_shape == (None, 1)


def test_dense_layers_can_be_put_on_top():
    chosen = find_architecture("lstm").hyperparameters.model_copy(update={"dense_units": (8, 4)})

    model = build("lstm", chosen, 24, 3)

    assert [layer.units for layer in model.layers[-3:]] == [8, 4, 1]


def test_a_history_too_short_for_an_architecture_is_refused_in_a_sentence():
    with pytest.raises(SettingsError, match="'conv1d' cannot be built on 24 steps of history"):
        build("conv1d", Settings().hyperparameters["conv1d"], 24, 3)


@pytest.mark.parametrize("sizes", [(24, 12, 6), (5,), (1, 2), (3, 3, 3, 3)])
def test_the_fewest_steps_of_an_architecture_are_those_that_it_can_be_built_on(sizes):
    chosen = find_architecture("conv1d").hyperparameters.model_copy(update={"kernel_sizes": sizes})

    assert build("conv1d", chosen, chosen.fewest_steps, 3).output_shape == (None, 1)
    if chosen.fewest_steps > 1:
        with pytest.raises(SettingsError, match="cannot be built"):
            build("conv1d", chosen, chosen.fewest_steps - 1, 3)


def test_an_unknown_architecture_suggests_the_nearest():
    with pytest.raises(SettingsError, match="did you mean 'lstm'"):
        find_architecture("lstmm")


def test_longer_trainings_are_expected_to_cost_more():
    cost = {name: entry.cost(entry.hyperparameters) for name, entry in ARCHITECTURES.items()}

    assert cost["persistence"] == 0 < cost["dense"] < cost["lstm"] < cost["stacked_gru_dropout"]
    wide = find_architecture("lstm").hyperparameters.model_copy(update={"units": 64})
    assert find_architecture("lstm").cost(wide) == 4 * cost["lstm"]
