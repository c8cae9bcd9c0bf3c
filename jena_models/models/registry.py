"""The register of architectures: a name, what it is, its hyper-parameters and what trains it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeVar

from jena_models.errors import SettingsError, nearest
from jena_models.frozen import Branch
from jena_models.options.quantities import Count, Positive
from jena_models.tuning.ranges import Between, OneOf

if TYPE_CHECKING:
    import keras

    from jena_models.models.learner import Learner
    from jena_models.options.training_options import Training


class Hyperparameters(Branch):
    """What every trained network can be told."""

    epochs: Count = 10
    """How many epochs to train."""
    optimizer: Annotated[Literal["rmsprop", "adam", "adamw", "sgd"], OneOf("rmsprop", "adam", "adamw")] = "rmsprop"
    """The optimizer's name."""
    learning_rate: Annotated[Positive, Between(2e-4, 2e-2, log=True)] = 1e-3
    """The optimizer's learning rate."""
    dense_units: tuple[Count, ...] = ()
    """Widths of further dense layers (relu) before the output."""

    @property
    def size(self) -> int:
        """What the time of a training step grows with, next to the batch."""
        return 1

    @property
    def fewest_steps(self) -> int:
        """How many steps of history it can be built on at the least."""
        return 1

    def recipe(self, training: Training, windows: int) -> Training:
        """Give how this network is trained, where it differs from what all share.

        Args:
            training: what all share.
            windows: how many training windows there are.
        """
        del windows
        return training

    def optimizer_of(self, steps: int) -> keras.optimizers.Optimizer:
        """Give the optimizer of a training of so many steps."""
        import keras

        del steps
        return keras.optimizers.get({"class_name": self.optimizer, "config": {"learning_rate": self.learning_rate}})


class LearnerHyperparameters(Branch):
    """What every learner can be told; `training` has no say in how it learns."""

    @property
    def epochs(self) -> int:
        """One: a learner learns from all windows at once."""
        return 1

    @property
    def size(self) -> int:
        """What the time of its training grows with."""
        return 1


Anything = Hyperparameters | LearnerHyperparameters
Builder = Callable[["keras.KerasTensor", Any], "keras.KerasTensor"]
"""Builds the layers between the windows (batch, steps, features) and the output layer."""
SomeLearner = TypeVar("SomeLearner", bound="type[Learner]")


@dataclass(frozen=True)
class Architecture:
    """One entry of the register: a network has a body, a learner is a class; what has neither needs no training."""

    name: str
    title: str
    hyperparameters: Anything
    body: Builder | None = None
    is_residual: bool = False
    """Whether the network's output is added to the target's last reading."""
    learner: type[Learner] | None = None
    step_milliseconds: float = 0.0
    """About how long a training step takes with the default hyper-parameters, to plan by: longest first."""

    @property
    def is_trained(self) -> bool:
        """Whether there is something to train."""
        return self.body is not None or self.learner is not None

    @property
    def combines(self) -> bool:
        """Whether it learns from the forecasts of other architectures."""
        return bool(getattr(self.hyperparameters, "members", ()))

    @property
    def packages(self) -> tuple[str, ...]:
        """What training it imports, beside what every part of the project does."""
        if self.body is not None:
            return ("keras", "tensorflow")
        return self.learner.trained_with if self.learner else ()

    def cost(self, hyperparameters: Anything) -> float:
        """Give about how many milliseconds a training step takes, on one core with batches of 256."""
        return self.step_milliseconds * hyperparameters.size / self.hyperparameters.size


PLUG_INS: Final = "jena_models.architectures"
"""Imported by name where one is asked for: they stand upon this register, not under it."""

ARCHITECTURES: dict[str, Architecture] = {}
"""Every architecture by its name: persistence, those of the chapter, and those beside them."""


def architecture(
    hyperparameters: Hyperparameters, step_milliseconds: float, *, is_residual: bool = False
) -> Callable[[Builder], Builder]:
    """Register the decorated builder under its function's name; its docstring's first line is the title."""

    def register(body: Builder) -> Builder:
        name = body.__name__
        ARCHITECTURES[name] = Architecture(
            name, _title(body), hyperparameters, body, is_residual, step_milliseconds=step_milliseconds
        )
        return body

    return register


def learner(
    name: str, hyperparameters: LearnerHyperparameters, training_milliseconds: float
) -> Callable[[SomeLearner], SomeLearner]:
    """Register the decorated class under a name; its docstring's first line is the title."""

    def register(model: SomeLearner) -> SomeLearner:
        ARCHITECTURES[name] = Architecture(
            name, _title(model), hyperparameters, learner=model, step_milliseconds=training_milliseconds
        )
        return model

    return register


def find_architecture(name: str) -> Architecture:
    """Give the architecture of a name.

    Raises:
        SettingsError: where there is none; the sentence suggests the nearest.
    """
    if name not in ARCHITECTURES:
        import_module(PLUG_INS)
    if name not in ARCHITECTURES:
        raise SettingsError(f"There is no architecture '{name}'; {nearest(name, ARCHITECTURES)}")
    return ARCHITECTURES[name]


def find_member(name: str, ensemble: str) -> Architecture:
    """Give the architecture of a name, from whose forecasts an ensemble is to learn.

    Raises:
        SettingsError: where there is none, or none that is trained on readings alone.
    """
    found = find_architecture(name)
    if not found.is_trained or found.combines:
        raise SettingsError(f"'{name}' cannot be a member of {ensemble}; name architectures that are trained.")
    return found


def _title(registered: Any) -> str:
    return str(registered.__doc__ or registered.__name__).strip().splitlines()[0].rstrip(".")
