"""A dense network on features instead of windows; it forecasts without TensorFlow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Literal, Self

import numpy as np
from numpy.typing import NDArray

from jena_models.features.feature_builder import FeatureBuilder
from jena_models.features.feature_settings import FeatureSettings
from jena_models.features.histories import Histories
from jena_models.features.scaling import Scaling, fit_scaling
from jena_models.frozen import Frozen
from jena_models.models.falling_rate import falling_rate
from jena_models.models.learner import Forecasts, Lesson, Round, Tell
from jena_models.models.registry import LearnerHyperparameters, learner
from jena_models.models.seeding import seeded
from jena_models.options.quantities import Count, Dropout, NotNegative, Positive
from jena_models.tuning.ranges import Between, OneOf

if TYPE_CHECKING:
    import keras

INPUTS_FILE: Final = "inputs.json"
FORECAST_BATCH: Final = 8192
PLACE: Final = "/CPU:0"
"""Such a small network is trained on the processor, beside a GPU too, and is the same wherever it is trained."""
STEPS_AT_ONCE: Final = 32
"""Batches between which nothing but TensorFlow runs: a batch of few windows is trained on in less than Python takes."""
LOG_SPREADS: Final = (-4.0, 3.0)
"""Within which a spread's logarithm counts: of a change in the target's scale, from a fiftieth to twenty."""

Values = NDArray[np.float32]
Layers = Sequence[tuple[Values, Values]]
"""Kernel and bias of each layer, the first one's first."""


class FeatureNetworkHyperparameters(LearnerHyperparameters):
    """Of the dense network on features."""

    networks: Count = 3
    """How many networks, each with a seed of its own, the forecast is the mean of."""
    passes: Annotated[Count, Between(8, 32, log=True)] = 16
    """How often each training window is seen."""
    units: Annotated[tuple[Count, ...], OneOf((128,), (256,), (512,), (256, 128))] = (256,)
    """Widths of the hidden layers (relu)."""
    feature_dropout: Annotated[Dropout, Between(0.0, 0.4)] = 0.1
    """Share of the features that is dropped."""
    dropout: Annotated[Dropout, Between(0.2, 0.7)] = 0.5
    """Share of each hidden layer that is dropped."""
    learning_rate: Annotated[Positive, Between(2e-4, 5e-3, log=True)] = 1e-3
    """The highest learning rate of AdamW; it falls to nothing along a cosine."""
    weight_decay: Annotated[NotNegative, Between(1e-5, 1e-1, log=True)] = 1e-3
    """How fast weights shrink, relative to the learning rate."""
    batch_size: Count = 256
    """Windows in a batch."""
    loss: Literal["mae", "crps"] = "mae"
    """What is made small: the absolute error, or the CRPS of a normal distribution whose mean is the forecast and whose
    spread the network foretells too, so that windows of which little can be known count for less."""
    features: FeatureSettings = FeatureSettings()
    """Which features it is given."""

    @property
    def size(self) -> int:
        """How many weights are moved how often."""
        return self.networks * self.passes * sum(self.units)


class Inputs(Frozen):
    """How histories become what the networks see."""

    builder: FeatureBuilder
    scaling: Scaling
    target_scale: float = 1.0
    """How much of the target counts as one in what the networks say."""


@learner("feature_network", FeatureNetworkHyperparameters(), training_milliseconds=15_000)
class FeatureNetwork:
    """Dense network of the target's change on features."""

    trained_with: ClassVar[tuple[str, ...]] = ("keras", "tensorflow")
    packages: tuple[str, ...] = ()

    def __init__(self, inputs: Inputs, networks: Sequence[Layers]) -> None:
        self._inputs, self._networks = inputs, tuple(networks)

    @classmethod
    def fit(cls, lesson: Lesson, chosen: FeatureNetworkHyperparameters, tell: Tell) -> Self:
        """Train one network after the other, each as it was at its lowest validation error."""
        builder = lesson.feature_builder(chosen.features)
        features = builder.build(lesson.train)
        inputs = Inputs(builder=builder, scaling=fit_scaling(features), target_scale=lesson.target_scale)
        splits, networks = [], []
        for histories, target in lesson.splits:
            change = ((target - builder.start(histories, teaching=True)) / lesson.target_scale).astype(np.float32)
            known = np.isfinite(change)
            built = features if histories is lesson.train else builder.build(histories)
            splits.append((inputs.scaling(built)[known], change[known]))
        training = _Training(chosen, splits[0], splits[1], lesson.seed)
        for number in range(chosen.networks):

            def tell_pass(done: int, mae: float, val_mae: float, before: int = number * chosen.passes) -> None:
                unit, rounds = lesson.target_scale, chosen.networks * chosen.passes
                tell(Round(before + done, rounds, unit * mae, unit * val_mae))

            networks.append(training.network(1000 * lesson.seed + number, tell_pass))
        return cls(inputs, networks)

    @property
    def parameters(self) -> int:
        """How many weights there are."""
        return sum(kernel.size + bias.size for layers in self._networks for kernel, bias in layers)

    def forecast(self, histories: Histories) -> Forecasts:
        """Give the starting point and the mean change that the networks foretell."""
        windows = self._inputs.scaling(self._inputs.builder.build(histories))
        changes = np.empty(len(windows), dtype=np.float64)
        for first in range(0, len(windows), FORECAST_BATCH):
            part = slice(first, first + FORECAST_BATCH)
            changes[part] = np.mean([outputs(layers, windows[part]) for layers in self._networks], axis=0)
        changes *= self._inputs.target_scale
        forecasts: Forecasts = (self._inputs.builder.start(histories) + changes).astype(np.float32)
        return forecasts

    def save(self, folder: Path) -> None:
        """Write `inputs.json` and the weights of each network."""
        (folder / INPUTS_FILE).write_text(self._inputs.model_dump_json(), encoding="utf-8")
        for number, layers in enumerate(self._networks):
            arrays: dict[str, Any] = {}
            for place, (kernel, bias) in enumerate(layers):
                arrays |= {f"kernel_{place}": kernel, f"bias_{place}": bias}
            np.savez(folder / f"network-{number:02}.npz", **arrays)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote."""
        networks = []
        for path in sorted(folder.glob("network-*.npz")):
            with np.load(path) as kept:
                count = len(kept.files) // 2
                networks.append([(kept[f"kernel_{place}"], kept[f"bias_{place}"]) for place in range(count)])
        return cls(Inputs.model_validate_json((folder / INPUTS_FILE).read_text(encoding="utf-8")), networks)


def outputs(layers: Layers, windows: Values) -> Values:
    """Give the change, shape (windows,), that dense layers foretell by scaled features, shape (windows, features)."""
    hidden = windows
    for kernel, bias in layers[:-1]:
        hidden = np.maximum(hidden @ kernel + bias, 0)
    kernel, bias = layers[-1]
    result: Values = (hidden @ kernel + bias)[:, 0]
    return result


class _Training:
    """Trains networks of several seeds in turn, in the place of one whose steps are compiled once.

    To compile them takes TensorFlow seconds, and where readings are few longer than to train a network. The weights are
    the same to the digit as of a network with steps of its own.
    """

    def __init__(
        self,
        chosen: FeatureNetworkHyperparameters,
        train: tuple[Values, Values],
        validation: tuple[Values, Values],
        seed: int,
    ) -> None:
        """Compile the steps; both splits are scaled features, shape (windows, features), and changes."""
        import tensorflow as tf

        self._chosen, self._train, self._validation = chosen, train, validation
        steps = chosen.passes * -(-len(train[0]) // chosen.batch_size)
        with seeded(seed), tf.device(PLACE):
            self._model, self._dense = _network(train[0].shape[1], chosen)
        self._model.compile(
            _optimizer(chosen, steps),
            _crps if chosen.loss == "crps" else "mae",
            metrics=[_error],
            jit_compile=False,
            steps_per_execution=STEPS_AT_ONCE,
        )

    def network(self, seed: int, tell_pass: Callable[[int, float, float], None]) -> Layers:
        """Give the weights of a seed's network at its lowest validation error."""
        import keras
        import tensorflow as tf

        best: tuple[float, Layers] = (np.inf, [])

        def after_pass(number: int, logs: dict[str, float] | None = None) -> None:
            nonlocal best
            layers: Layers = [(np.asarray(kernel), np.asarray(bias)) for kernel, bias in map(_weights, self._dense)]
            val_windows, val_changes = self._validation
            val_mae = float(np.abs(outputs(layers, val_windows) - val_changes).mean())
            if val_mae < best[0]:
                best = val_mae, layers
            tell_pass(number + 1, float((logs or {}).get(_error.__name__, np.nan)), val_mae)

        told = keras.callbacks.LambdaCallback(on_epoch_end=after_pass)
        with tf.device(PLACE):
            self._begin(seed)
            self._model.fit(
                *self._train,
                batch_size=self._chosen.batch_size,
                epochs=self._chosen.passes,
                verbose=0,
                callbacks=[told],
            )
        return best[1]

    def _begin(self, seed: int) -> None:
        """Set weights and the states of dropout to what a seed draws, and those of the optimizer to none."""
        with seeded(seed):
            drawn, _ = _network(self._train[0].shape[1], self._chosen)
        for ours, theirs in zip(self._model.variables, drawn.variables, strict=True):
            ours.assign(theirs)
        for state in self._model.optimizer.variables:
            state.assign(np.zeros(state.shape, state.dtype))


def _weights(layer: keras.layers.Dense) -> list[Values]:
    weights: list[Values] = layer.get_weights()
    return weights


def _network(features: int, chosen: FeatureNetworkHyperparameters) -> tuple[keras.Model, list[keras.layers.Dense]]:
    """Give the model and its dense layers, first to last."""
    from keras import Input, Model, layers

    said = 2 if chosen.loss == "crps" else 1
    dense = [*(layers.Dense(units, activation="relu") for units in chosen.units), layers.Dense(said)]
    shown = Input((features,), name="features")
    hidden = layers.Dropout(chosen.feature_dropout)(shown) if chosen.feature_dropout else shown
    for layer in dense[:-1]:
        hidden = layers.Dropout(chosen.dropout)(layer(hidden))
    return Model(shown, dense[-1](hidden)), dense


def _crps(changes: Any, said: Any) -> Any:
    """Give the CRPS of normal distributions, shape (windows,), by a mean and a logarithm of the spread for each.

    Gneiting and others (2005); as a network's loss Rasp and Lerch (2018).
    """
    from keras import ops

    mean, spread = said[:, 0], ops.exp(ops.clip(said[:, 1], *LOG_SPREADS))
    off = (ops.reshape(changes, (-1,)) - mean) / spread
    density = ops.exp(-off * off / 2) / np.sqrt(2 * np.pi)
    return spread * (off * ops.erf(off / np.sqrt(2)) + 2 * density - 1 / np.sqrt(np.pi))


def _error(changes: Any, said: Any) -> Any:
    """Give the absolute error of the change that is foretold, shape (windows,)."""
    from keras import ops

    return ops.abs(ops.reshape(changes, (-1,)) - said[:, 0])


def _optimizer(chosen: FeatureNetworkHyperparameters, steps: int) -> keras.optimizers.Optimizer:
    import keras

    falling = falling_rate(chosen.learning_rate, steps)
    return keras.optimizers.AdamW(falling, weight_decay=chosen.weight_decay, clipnorm=1.0)
