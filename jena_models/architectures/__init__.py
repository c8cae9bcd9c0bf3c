"""The architectures that a study compares. Each module registers its own by being imported here."""

from jena_models.architectures import (  # noqa: I001  (the order is that of the settings' page)
    chapter,
    climatology,
    ridge,
    gradient_boosting,
    feature_network,
    residual,
    ensemble,
    partial_boosting,
    shared_boosting,
    service_forecast,
    emos,
    curve_boosting,
)
from jena_models.models.network_building import build
from jena_models.models.registry import (
    ARCHITECTURES,
    Architecture,
    Hyperparameters,
    LearnerHyperparameters,
    architecture,
    find_architecture,
    find_member,
    learner,
)
