"""The forecast to beat: the temperature stays as it is now."""

from jena_models.evaluation.metrics import PERSISTENCE
from jena_models.models.registry import ARCHITECTURES, Architecture, Hyperparameters


class Untrained(Hyperparameters):
    """Nothing to train, nothing to tell."""

    epochs: int = 0
    """There are none."""


ARCHITECTURES[PERSISTENCE] = Architecture(PERSISTENCE, "The temperature now", Untrained(), None)
