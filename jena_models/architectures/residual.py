"""Networks that forecast how far the target will be from its last reading, from a short history and the calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from jena_models.models.falling_rate import falling_rate
from jena_models.models.registry import Hyperparameters, architecture
from jena_models.options.quantities import Count, Dropout, NotNegative, Positive
from jena_models.tuning.ranges import Between, OneOf

if TYPE_CHECKING:
    import keras
    from keras import KerasTensor

    from jena_models.options.training_options import Training


class ResidualHyperparameters(Hyperparameters):
    """Of every network that adds to the last reading; an epoch is one pass over the training windows."""

    optimizer: Literal["rmsprop", "adam", "adamw", "sgd"] = "adamw"
    """The optimizer's name."""
    learning_rate: Annotated[Positive, Between(3e-4, 1e-2, log=True)] = 2e-3
    """The highest learning rate; it rises at the start and falls to nothing along a cosine."""
    weight_decay: Annotated[NotNegative, Between(1e-5, 1e-1, log=True)] = 1e-3
    """How fast AdamW lets weights shrink, relative to the learning rate."""
    loss: Literal["mse", "mae", "huber"] = "mae"
    """The loss that training lowers."""
    batch_size: Count = 256
    """Windows in a batch."""
    history_steps: Annotated[Count, Between(24, 120, log=True)] = 48
    """How many of the last steps of the history it looks at."""
    calendar: bool = True
    """Whether it is shown the time of day and of year."""
    sun: bool = True
    """Whether it is shown the sun's elevation."""
    wind_vector: bool = True
    """Whether it is shown the wind as a vector, where its direction is measured."""
    weather_service: bool = True
    """Whether it is shown what the weather service says, where the station file names its forecasts."""

    def recipe(self, training: Training, windows: int) -> Training:
        """Give its own loss and batches."""
        return training.model_copy(
            update={
                "loss": self.loss,
                "batch_size": self.batch_size,
                "batches_per_epoch": max(1, windows // self.batch_size),
            }
        )

    def optimizer_of(self, steps: int) -> keras.optimizers.Optimizer:
        """Give the optimizer, with gradients cut to length 1."""
        import keras

        decay = {"weight_decay": self.weight_decay} if self.optimizer == "adamw" else {}
        made = keras.optimizers.get({"class_name": self.optimizer, "config": {"clipnorm": 1.0, **decay}})
        made.learning_rate = falling_rate(self.learning_rate, steps)
        return made


class ResidualGruHyperparameters(ResidualHyperparameters):
    """Of the GRU that adds to the last reading."""

    epochs: Count = 12
    """How many passes over the training windows."""
    units: Annotated[Count, Between(24, 128, log=True)] = 64
    """Width of the layer."""
    recurrent_dropout: Annotated[Dropout, Between(0.0, 0.6)] = 0.5
    """Share of the recurrent state that is dropped, the same units at every step of a window."""
    dropout: Annotated[Dropout, Between(0.0, 0.6)] = 0.5
    """Share of the last state that is dropped."""

    @property
    def size(self) -> int:
        """Width times steps."""
        return self.units * self.history_steps


class ResidualConvolutionHyperparameters(ResidualHyperparameters):
    """Of the convolutional network that adds to the last reading."""

    epochs: Count = 6
    """How many passes over the training windows."""
    learning_rate: Annotated[Positive, Between(3e-4, 1e-2, log=True)] = 1e-3
    """The highest learning rate; it rises at the start and falls to nothing along a cosine."""
    history_steps: Annotated[Count, Between(24, 120, log=True)] = 64
    """How many of the last steps of the history it looks at."""
    filters: Annotated[Count, Between(16, 64, log=True)] = 32
    """Filters of each convolution."""
    kernel_size: Annotated[Count, OneOf(2, 3, 5)] = 3
    """Steps that each convolution spans."""
    dilations: tuple[Count, ...] = (1, 2, 4, 8, 16)
    """How far apart the steps of each convolution lie: together they look back their sum times two."""
    dropout: Annotated[Dropout, Between(0.0, 0.5)] = 0.3
    """Share of each convolution's filters that is dropped."""

    @property
    def size(self) -> int:
        """Filters times steps."""
        return self.filters * self.history_steps * len(self.dilations)


@architecture(ResidualGruHyperparameters(), step_milliseconds=25, is_residual=True)
def residual_gru(windows: KerasTensor, chosen: ResidualGruHyperparameters) -> KerasTensor:
    """GRU on two days, from the last reading on."""
    from keras import layers

    hidden = layers.GRU(chosen.units, recurrent_dropout=chosen.recurrent_dropout)(_newest(windows, chosen))
    return layers.Dropout(chosen.dropout)(hidden) if chosen.dropout else hidden


@architecture(ResidualConvolutionHyperparameters(), step_milliseconds=60, is_residual=True)
def residual_conv(windows: KerasTensor, chosen: ResidualConvolutionHyperparameters) -> KerasTensor:
    """Dilated causal convolutions, from the last reading on."""
    from keras import layers

    hidden = layers.Dense(chosen.filters)(_newest(windows, chosen))
    for dilation in chosen.dilations:
        convolved = layers.Conv1D(
            chosen.filters, chosen.kernel_size, dilation_rate=dilation, padding="causal", activation="relu"
        )(hidden)
        hidden = layers.Add()([hidden, layers.SpatialDropout1D(chosen.dropout)(convolved)])
    return layers.Flatten()(layers.Cropping1D((hidden.shape[1] - 1, 0))(hidden))


def _newest(windows: KerasTensor, chosen: ResidualHyperparameters) -> KerasTensor:
    from keras import layers

    spare = windows.shape[1] - chosen.history_steps
    return layers.Cropping1D((spare, 0))(windows) if spare > 0 else windows
