"""The weighted mean of other architectures' forecasts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, ClassVar, Final, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from jena_models.features.histories import Histories
from jena_models.models.learner import Forecasts, Lesson, Model, Round, Tell, mean_error
from jena_models.models.registry import LearnerHyperparameters, learner

WEIGHTS_FILE: Final = "weights.json"
MEMBERS_FOLDER: Final = "members"
BLOCKS: Final = 8
"""Stretches of the validation split of which each is forecast with weights that were fitted on the others."""

LEAST_WEIGHT: Final = 0.05
"""A member that would count for less is left out: it makes the model heavier, and hardly any better."""

Weights = NDArray[np.float64]


class EnsembleHyperparameters(LearnerHyperparameters):
    """Of the ensemble."""

    members: Annotated[tuple[str, ...], Field(min_length=1)] = ("gradient_boosting", "feature_network", "residual_gru")
    """The architectures that it is made of; they are trained first, where they are not yet."""


@learner("ensemble", EnsembleHyperparameters(), training_milliseconds=1_000)
class Ensemble:
    """Mean of the best, with weights from validation."""

    trained_with: ClassVar[tuple[str, ...]] = ()

    def __init__(self, weights: Mapping[str, float], folders: Mapping[str, Path]) -> None:
        self.weights = dict(weights)
        self._folders = dict(folders)
        self._models: dict[str, Model] = {}

    @classmethod
    def fit(cls, lesson: Lesson, chosen: EnsembleHyperparameters, tell: Tell) -> Self:
        """Fit the weights to the members' forecasts of the validation windows."""
        target = lesson.validation_target
        forecasts = {name: lesson.members[name].forecasts["validation"] for name in chosen.members}
        weights = fit_weights(list(forecasts.values()), target).tolist()
        folders = {name: lesson.members[name].folder for name in chosen.members}
        model = cls(dict(zip(folders, weights, strict=True)), folders)
        held_out = crosswise(list(forecasts.values()), target)
        tell(Round(1, 1, mean_error(model.blend(forecasts), target), mean_error(held_out, target)))
        return model

    @property
    def packages(self) -> tuple[str, ...]:
        """What the members that count need."""
        from jena_models.models.model_files import packages_of

        return tuple(dict.fromkeys(package for name in self._counting for package in packages_of(self._folders[name])))

    @property
    def parameters(self) -> int:
        """How many weights there are."""
        return len(self.weights)

    def forecast(self, histories: Histories) -> Forecasts:
        """Give the weighted mean of the members' forecasts; members of no weight are not asked."""
        self.load_members()
        return self.blend({name: self._models[name].forecast(histories) for name in self._counting})

    def load_members(self) -> None:
        """Read the members that count, where that is not done yet."""
        from jena_models.models.model_files import load_model

        for name in self._counting:
            if name not in self._models:
                self._models[name] = load_model(self._folders[name])

    def blend(self, forecasts: Mapping[str, Forecasts]) -> Forecasts:
        """Give the weighted mean of the members' forecasts, by member."""
        total = np.sum([self.weights[name] * forecasts[name].astype(np.float64) for name in self._counting], axis=0)
        return np.asarray(total, dtype=np.float32)

    def save(self, folder: Path) -> None:
        """Write the weights and copies of the members that count."""
        from jena_models.models.model_files import copy_model

        (folder / WEIGHTS_FILE).write_text(json.dumps(self.weights, indent=2), encoding="utf-8")
        for name in self._counting:
            to = folder / MEMBERS_FOLDER / name
            to.mkdir(parents=True)
            copy_model(self._folders[name], to)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read the weights, and the members with them."""
        weights = json.loads((folder / WEIGHTS_FILE).read_text(encoding="utf-8"))
        return cls(weights, {name: folder / MEMBERS_FOLDER / name for name in weights})

    @property
    def _counting(self) -> list[str]:
        return [name for name, weight in self.weights.items() if weight > 0]


def fit_weights(forecasts: Sequence[Forecasts], target: NDArray[np.floating]) -> Weights:
    """Give weights that are nowhere negative and have the sum 1, with the least mean square error; none is tiny.

    Args:
        forecasts: of each member, shape (windows,).
        target: what came, shape (windows,).
    """
    columns = np.stack(forecasts, axis=1).astype(np.float64)
    wanted = np.asarray(target, dtype=np.float64)
    known = np.isfinite(columns).all(axis=1) & np.isfinite(wanted)
    columns, wanted = columns[known], wanted[known]
    weights = _least_squares(columns, wanted)
    counting = weights >= LEAST_WEIGHT
    weights[counting], weights[~counting] = _least_squares(columns[:, counting], wanted), 0.0
    return weights


def _least_squares(columns: Weights, wanted: Weights) -> Weights:
    from scipy.optimize import nnls

    # With weights of sum 1, any reference can be taken off both sides; the mean keeps the numbers small.
    reference = columns.mean(axis=1)
    columns, wanted = columns - reference[:, None], wanted - reference
    # A row that outweighs all others, whatever the target's unit, stands for the condition on the sum.
    heavy = 1e4 * np.sqrt(len(wanted) + 1) * (np.abs(columns).max(initial=0.0) or 1.0)
    weights, _ = nnls(np.vstack([columns, np.full(columns.shape[1], heavy)]), np.append(wanted, heavy))
    return np.asarray(weights / weights.sum())


def crosswise(forecasts: Sequence[Forecasts], target: NDArray[np.floating]) -> Forecasts:
    """Give forecasts of each stretch with weights fitted on the other stretches, shape (windows,).

    Their error is that of an ensemble whose weights have not seen the target; the arguments are those above.
    """
    columns = np.stack(forecasts, axis=1).astype(np.float64)
    blended = np.empty(len(columns))
    stretches = np.arange(len(columns)) * BLOCKS // max(1, len(columns))
    for stretch in range(BLOCKS):
        within = stretches == stretch
        others = ~within if (~within).any() else within
        weights = fit_weights([column[others] for column in forecasts], target[others])
        blended[within] = columns[within] @ weights
    return blended.astype(np.float32)
