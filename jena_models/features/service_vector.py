"""What a network is shown of the weather service beside its windows: a vector for each, known when it is issued."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from jena_models.features.feature_builder import SERVICE, FeatureBuilder
from jena_models.features.feature_settings import FeatureSettings
from jena_models.features.histories import Histories
from jena_models.features.scaling import Scaling, fit_scaling
from jena_models.features.service_inputs import run_ages, service_value
from jena_models.frozen import Frozen

START, KNOWN, SAID = 0, 1, 2
"""Columns of the vector: what the network adds to, in the target's unit; 1 where the service speaks of the valid time,
else 0; and from here on what it says."""
SERVICE_ALONE: Final = FeatureSettings(**{group: group == SERVICE for group in FeatureSettings.model_fields})
"""The features that are made of the weather service's runs, and no others."""
OFTEN: Final = 0.005
"""Of the windows to train on; a feature that is hardly ever missing has no mask, which would not be learnt from."""

Values = NDArray[np.float32]


class ServiceVector(Frozen):
    """Makes of histories the vectors that a network was trained with: the same features that learners are fed with."""

    builder: FeatureBuilder
    """Of the features of the weather service; it also says what the network adds to."""
    scaling: Scaling
    masked: tuple[int, ...]
    """Features of which a column tells where they are missing: 1 there, 0 elsewhere."""

    @classmethod
    def fitted(cls, builder: FeatureBuilder, features: Values) -> ServiceVector:
        """Give it with the scaling and the masks of the features of the training windows.

        Args:
            builder: with the features of the weather service alone.
            features: what it builds of the training windows, shape (windows, features).
        """
        missing = np.isnan(features)
        _, first = np.unique(missing, axis=1, return_index=True)
        often = np.flatnonzero(missing.mean(axis=0) >= OFTEN)
        return cls(builder=builder, scaling=fit_scaling(features), masked=tuple(np.intersect1d(first, often).tolist()))

    @property
    def width(self) -> int:
        """How long a vector is."""
        return SAID + len(self.scaling.mean) + len(self.masked)

    def __call__(self, histories: Histories) -> Values:
        """Give the vectors, shape (histories, width), nothing missing."""
        return self.of(histories, self.builder.build(histories))

    def of(self, histories: Histories, features: Values) -> Values:
        """Give the vectors of histories whose features are built."""
        vectors = np.empty((len(histories), self.width), np.float32)
        start, usual = self.builder.start(histories), self.builder.climatologies[self.builder.target]
        vectors[:, START] = np.where(np.isnan(start), usual.at(histories.valid_seconds), start)
        vectors[:, KNOWN] = self._speaks(histories)
        masks = np.isnan(features[:, list(self.masked)])
        vectors[:, SAID:] = np.concatenate([self.scaling(features), masks], axis=1)
        return vectors

    def _speaks(self, histories: Histories) -> NDArray[np.bool_]:
        if self.builder.sets_out_from == "weather service":
            return np.isfinite(service_value(histories, self.builder.target))
        return np.isfinite(run_ages(histories))
