"""The architectures that a study compares. Each module registers its own by being imported here."""

from jena_models.architectures import persistence, chapter  # noqa: F401, I001  (the order is the leaderboard's)
from jena_models.architectures.building import build
from jena_models.architectures.registry import (
    ARCHITECTURES,
    Architecture,
    Hyperparameters,
    architecture,
    find_architecture,
)

__all__ = ["ARCHITECTURES", "Architecture", "Hyperparameters", "architecture", "build", "find_architecture"]
