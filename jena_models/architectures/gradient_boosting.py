"""Gradient boosting with LightGBM: trees on features, of how the target changes until the valid time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, Literal, Self

import numpy as np
from pydantic import Field

from jena_models.features.feature_builder import FeatureBuilder
from jena_models.features.feature_settings import FeatureSettings
from jena_models.features.histories import Histories
from jena_models.models.learner import Forecasts, Lesson, Tell
from jena_models.models.registry import LearnerHyperparameters, learner
from jena_models.models.tree_growing import data_sets, grown, leaves_of, telling, tree_parameters
from jena_models.optional_imports import import_lean
from jena_models.options.quantities import Count, NotNegative, Part, Positive
from jena_models.tuning.ranges import Between, OneOf

if TYPE_CHECKING:
    import lightgbm

BUILDER_FILE: Final = "features.json"
SCALE_FILE: Final = "scale.json"
"""How much of the target counts as one in what the trees say."""


class BoostingHyperparameters(LearnerHyperparameters):
    """Of gradient boosting; see LightGBM's own pages for what each does."""

    boosters: Count = 3
    """How many boosters, each with a seed of its own, the forecast is the mean of."""
    rounds: Count = 800
    """The most trees of one booster."""
    patience: Count = 50
    """Stop after so many rounds without a better validation error."""
    objective: Literal["regression_l1", "regression", "huber", "fair"] = "regression_l1"
    """The loss that trees lower."""
    learning_rate: Annotated[Positive, Between(0.02, 0.15, log=True)] = 0.05
    """How much of each tree counts."""
    leaves: Annotated[Count, Field(ge=2), Between(15, 127, log=True)] = 31
    """The most leaves of a tree."""
    windows_in_leaf: Annotated[Count, Between(50, 1000, log=True)] = 200
    """The fewest windows in a leaf (beyond 30, a thirtieth of all at most); neighbouring windows are nearly one."""
    feature_fraction: Annotated[Part, Between(0.1, 0.8)] = 0.4
    """Share of the features that a tree may look at."""
    window_fraction: Annotated[Part, Between(0.4, 1.0)] = 0.7
    """Share of the windows that a tree is grown on."""
    penalty: Annotated[NotNegative, Between(0.1, 100, log=True)] = 5.0
    """What the square of a leaf's value costs."""
    random_splits: Annotated[bool, OneOf(True, False)] = True
    """Whether a split's threshold is drawn at random, one a feature, instead of sought."""
    features: FeatureSettings = FeatureSettings()
    """Which features it is given."""

    @property
    def size(self) -> int:
        """How many boosters there are."""
        return self.boosters


@learner("gradient_boosting", BoostingHyperparameters(), training_milliseconds=10_000)
class Boosting:
    """Gradient boosting of the target's change on features."""

    trained_with: ClassVar[tuple[str, ...]] = ("lightgbm",)
    packages: tuple[str, ...] = ("lightgbm",)

    def __init__(
        self, builder: FeatureBuilder, boosters: Sequence[lightgbm.Booster], target_scale: float = 1.0
    ) -> None:
        self._builder, self._boosters, self._target_scale = builder, tuple(boosters), target_scale

    @classmethod
    def fit(cls, lesson: Lesson, chosen: BoostingHyperparameters, tell: Tell) -> Self:
        """Grow one booster after the other, each until the validation error no longer falls."""
        import_lean("lightgbm")
        builder = lesson.feature_builder(chosen.features)
        sets = data_sets(
            (builder.build(histories), (target - builder.start(histories)) / lesson.target_scale)
            for histories, target in lesson.splits
        )
        boosters = [
            grown(
                tree_parameters(
                    chosen,
                    windows=len(lesson.train),
                    seed=1000 * lesson.seed + number,
                    threads=lesson.threads,
                    objective=chosen.objective,
                    window_fraction=chosen.window_fraction,
                    random_splits=chosen.random_splits,
                ),
                sets,
                chosen.rounds,
                chosen.patience,
                telling(tell, chosen.rounds, number=number, boosters=chosen.boosters, unit=lesson.target_scale),
            )
            for number in range(chosen.boosters)
        ]
        return cls(builder, boosters, lesson.target_scale)

    @property
    def rounds(self) -> int:
        """How many trees a booster has, in the mean of all that are kept."""
        return max(1, round(float(np.mean([each.best_iteration or each.num_trees() for each in self._boosters]))))

    @property
    def parameters(self) -> int:
        """How many leaves all trees have together."""
        return leaves_of(self._boosters)

    def forecast(self, histories: Histories) -> Forecasts:
        """Give the starting point and the mean change that the boosters foretell."""
        features = self._builder.build(histories)
        changes = np.mean([np.asarray(booster.predict(features)) for booster in self._boosters], axis=0)
        changes *= self._target_scale
        forecasts: Forecasts = (self._builder.start(histories) + changes).astype(np.float32)
        return forecasts

    def save(self, folder: Path) -> None:
        """Write `features.json` and each booster in LightGBM's own text format."""
        (folder / BUILDER_FILE).write_text(self._builder.model_dump_json(), encoding="utf-8")
        (folder / SCALE_FILE).write_text(json.dumps(self._target_scale), encoding="utf-8")
        for number, booster in enumerate(self._boosters):
            # LightGBM itself would say of a full disk only that it cannot write.
            (folder / f"booster-{number}.txt").write_text(booster.model_to_string(), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote."""
        import_lean("lightgbm")
        import lightgbm

        builder = FeatureBuilder.model_validate_json((folder / BUILDER_FILE).read_text(encoding="utf-8"))
        scale = folder / SCALE_FILE  # versions of earlier times learnt in the target's own unit
        target_scale = float(json.loads(scale.read_text(encoding="utf-8"))) if scale.is_file() else 1.0
        boosters = [lightgbm.Booster(model_file=path) for path in sorted(folder.glob("booster-*.txt"))]
        return cls(builder, boosters, target_scale)
