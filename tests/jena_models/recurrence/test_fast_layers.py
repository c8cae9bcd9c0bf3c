import keras
import numpy as np
import pytest

from jena_models.recurrence import accelerated
from jena_models.recurrence.layers import AcceleratedBidirectional, AcceleratedLayer

pytestmark = pytest.mark.slow


def _model(make_layers):
    keras.utils.set_random_seed(1)  # before the layers, whose initializers draw seeds at once
    inputs = keras.Input((9, 4))
    outputs = inputs
    for layer in [*make_layers(), keras.layers.Dense(1)]:
        outputs = layer(outputs)
    return keras.Model(inputs, outputs)


def _data(count=90):
    rng = np.random.default_rng(2)
    sequences = rng.normal(size=(count, 9, 4)).astype(np.float32)
    return sequences, sequences[:, :, 0].mean(axis=1)


ARCHITECTURES = {
    "reversed": lambda: [keras.layers.LSTM(16, go_backwards=True)],
    "bidirectional": lambda: [keras.layers.Bidirectional(keras.layers.LSTM(16))],
    "stacked rnn": lambda: [
        keras.layers.SimpleRNN(16, return_sequences=True),
        keras.layers.SimpleRNN(16, return_sequences=True),
        keras.layers.SimpleRNN(16),
    ],
    "normalized gru": lambda: [
        keras.layers.Normalization(mean=0.1, variance=2.0),
        keras.layers.GRU(8, return_sequences=True),
        keras.layers.GRU(8),
    ],
    "dropped gru": lambda: [
        keras.layers.GRU(8, recurrent_dropout=0.5, return_sequences=True, seed=1),
        keras.layers.GRU(8, recurrent_dropout=0.5, seed=2),
        keras.layers.Dropout(0.5, seed=3),
    ],
}


@pytest.mark.parametrize(
    "name",
    [
        *("bidirectional", "dropped gru"),
        *(pytest.param(name, marks=pytest.mark.campaign) for name in ("reversed", "stacked rnn")),
    ],
)
def test_training_the_twin_goes_as_training_the_plain_model(name):
    losses = []
    for twin in (False, True):
        model = _model(ARCHITECTURES[name])
        trained = accelerated(model) if twin else model
        trained.compile(keras.optimizers.RMSprop(1e-2), "mse", jit_compile=False)
        history = trained.fit(*_data(), batch_size=32, epochs=2, shuffle=False, verbose=0)
        losses.append([*history.history["loss"], *np.ravel(model.predict(_data()[0], verbose=0))])
    np.testing.assert_allclose(losses[1], losses[0], rtol=2e-3, atol=1e-4)


def test_twin_shares_every_variable_in_the_same_order():
    model = _model(ARCHITECTURES["dropped gru"])
    twin = accelerated(model)
    assert [id(one) for one in twin.trainable_variables] == [id(one) for one in model.trainable_variables]
    assert {id(one) for one in model.non_trainable_variables} == {id(one) for one in twin.non_trainable_variables}
    assert sum("seed" in one.path for one in twin.non_trainable_variables) == 3


def test_masks_follow_from_the_seed_state_which_can_be_restored():
    twin = accelerated(_model(ARCHITECTURES["dropped gru"]))
    sequences, _ = _data(8)
    states = [one.numpy() for one in twin.non_trainable_variables]
    first, second = twin(sequences, training=True), twin(sequences, training=True)
    assert not np.allclose(first, second)
    for variable, state in zip(twin.non_trainable_variables, states, strict=True):
        variable.assign(state)
    np.testing.assert_array_equal(twin(sequences, training=True), first)


@pytest.mark.parametrize("name", ["bidirectional", "dropped gru"])
def test_the_trained_plain_model_is_saved_without_a_trace_of_the_twin(name, tmp_path):
    model = _model(ARCHITECTURES[name])
    twin = accelerated(model)
    twin.compile("rmsprop", "mse", jit_compile=False)
    twin.fit(*_data(), batch_size=32, verbose=0)
    model.save(tmp_path / "model.keras")
    reloaded = keras.saving.load_model(tmp_path / "model.keras")
    sequences, _ = _data()
    np.testing.assert_allclose(reloaded.predict(sequences, verbose=0), twin.predict(sequences, verbose=0), atol=1e-5)
    assert type(reloaded.layers[1]).__module__.startswith("keras.")


def test_a_sequential_model_has_a_twin():
    layers = [keras.Input((9, 4)), keras.layers.GRU(4), keras.layers.Dense(1)]
    model = keras.Sequential(layers)
    sequences, _ = _data(5)
    np.testing.assert_allclose(accelerated(model)(sequences), model(sequences), atol=1e-5)


def test_only_layers_after_learning_ones_pass_gradients_back():
    twin = accelerated(_model(ARCHITECTURES["normalized gru"]))
    _, _, first, second, _ = twin.layers
    assert not first.recurrences[0].needs_input_gradient
    assert second.recurrences[0].needs_input_gradient


@pytest.mark.parametrize(
    "layer",
    [
        lambda: keras.layers.LSTM(3, activation="relu"),
        lambda: keras.layers.LSTM(3, recurrent_activation="hard_sigmoid"),
        lambda: keras.layers.GRU(3, reset_after=False),
        lambda: keras.layers.GRU(3, use_bias=False),
        lambda: keras.layers.LSTM(3, dropout=0.5),
        lambda: keras.layers.LSTM(3, unroll=True),
        lambda: keras.layers.LSTM(3, dtype="mixed_float16"),
    ],
)
def test_what_the_kernels_do_not_support_stays_plain(layer):
    model = _model(lambda: [layer()])
    assert accelerated(model).layers[1] is model.layers[1]


def test_masked_sequences_are_left_to_the_plain_layer():
    model = _model(
        lambda: [
            keras.layers.Masking(),
            keras.layers.Bidirectional(keras.layers.LSTM(3, return_sequences=True)),
            keras.layers.LSTM(3),
        ]
    )
    sequences, _ = _data(6)
    sequences[:, 5:] = 0
    twin = accelerated(model)
    assert isinstance(twin.layers[2], AcceleratedBidirectional)
    assert isinstance(twin.layers[3], AcceleratedLayer)
    np.testing.assert_allclose(twin(sequences), model(sequences), atol=1e-6)
