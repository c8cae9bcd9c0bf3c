"""The register of architectures: a name, what it is, its hyper-parameters and the function that builds it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from jena_models.errors import SettingsError, nearest
from jena_models.frozen import Frozen

if TYPE_CHECKING:
    import keras


class Hyperparameters(Frozen):
    """What every trained architecture can be told."""

    epochs: int = 10
    """How many epochs to train."""
    optimizer: Literal["rmsprop", "adam", "adamw", "sgd"] = "rmsprop"
    """The optimizer's name."""
    learning_rate: float = 1e-3
    """The optimizer's learning rate."""
    dense_units: tuple[int, ...] = ()
    """Widths of further dense layers (relu) before the output."""

    @property
    def size(self) -> int:
        """What the time of a training step grows with, next to the batch."""
        return 1


Builder = Callable[["keras.KerasTensor", Any], "keras.KerasTensor"]
"""Builds the layers between the windows (batch, steps, features) and the output layer."""


@dataclass(frozen=True)
class Architecture:
    """One entry of the register."""

    name: str
    title: str
    hyperparameters: Hyperparameters
    body: Builder | None
    """None where there is nothing to train: the forecast is the target's last reading."""
    step_milliseconds: float = 0.0
    """About how long a training step takes with the default hyper-parameters, to plan by: longest first."""

    @property
    def is_trained(self) -> bool:
        """Whether there is something to train."""
        return self.body is not None

    def cost(self, hyperparameters: Hyperparameters) -> float:
        """Give about how many milliseconds a training step takes, on one core with batches of 256."""
        return self.step_milliseconds * hyperparameters.size / self.hyperparameters.size


ARCHITECTURES: dict[str, Architecture] = {}
"""Every architecture by its name, in the order of the chapter."""


def architecture(hyperparameters: Hyperparameters, step_milliseconds: float) -> Callable[[Builder], Builder]:
    """Register the decorated builder under its function's name; its docstring's first line is the title."""

    def register(body: Builder) -> Builder:
        name = body.__name__
        title = (body.__doc__ or name).strip().splitlines()[0].rstrip(".")
        ARCHITECTURES[name] = Architecture(name, title, hyperparameters, body, step_milliseconds)
        return body

    return register


def find_architecture(name: str) -> Architecture:
    """Give the architecture of a name.

    Raises:
        SettingsError: where there is none; the sentence suggests the nearest.
    """
    try:
        return ARCHITECTURES[name]
    except KeyError:
        raise SettingsError(f"There is no architecture '{name}'; {nearest(name, ARCHITECTURES)}") from None
