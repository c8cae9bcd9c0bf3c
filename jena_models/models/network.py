"""A trained Keras network as a model that forecasts from histories."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Final, Self

import numpy as np
from numpy.typing import NDArray

from jena_models.features.histories import Histories
from jena_models.models.tensorflow_start import start_tensorflow
from jena_models.windows.network_inputs import with_channels
from jena_models.windows.normalization import normalized
from jena_models.windows.preparation import Preparation

MODEL_FILE: Final = "model.keras"
PREPARATION_FILE: Final = "preparation.json"

BATCH: Final = 1024
"""Windows forecast at a time: 7 MB of 14 columns and 120 steps, and past the size where larger ones are faster."""
SIZES: Final = (1, 64, BATCH)
"""How many windows a network is shown at a time: one of these, filled up."""


class Network:
    """Normalizes histories and shows them to a Keras model."""

    packages: ClassVar[tuple[str, ...]] = ("tensorflow", "keras")

    def __init__(self, preparation: Preparation, model: Any) -> None:
        self.preparation = preparation
        self.keras_model = model
        """Windows (batch, steps, columns and channels) in, the target (batch, 1) out.

        One that a weather service feeds takes its vectors (batch, width) beside the windows.
        """

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read `model.keras` and `preparation.json` from a folder."""
        start_tensorflow()
        import keras

        preparation = Preparation.model_validate_json((folder / PREPARATION_FILE).read_text(encoding="utf-8"))
        return cls(preparation, keras.models.load_model(folder / MODEL_FILE, compile=False))

    def forecast(self, histories: Histories) -> NDArray[np.float32]:
        """Give the target at the horizon after each history, in its own unit, shape (histories,)."""
        preparation = self.preparation
        # Histories of such a version come with what may be carried; of others it was carried over any distance.
        most_rows = None if preparation.history is None else 0
        mean, deviation = np.asarray(preparation.mean), np.asarray(preparation.standard_deviation)
        features = normalized(histories.readings, mean, deviation, most_rows)
        shown = with_channels(features, histories.seconds, preparation, histories.not_measured)
        vectors = preparation.service_vector(histories) if preparation.service_vector else None
        forecasts = np.empty(len(histories), dtype=np.float32)
        for first in range(0, len(histories), BATCH):
            part = slice(first, first + BATCH)
            windows = shown[histories.rows[part]]
            forecasts[part] = self._predict([windows] if vectors is None else [windows, vectors[part]])
        return forecasts

    def _predict(self, inputs: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        count = len(inputs[0])
        # Each new shape would be compiled anew; a few shapes serve all.
        padding = next(size for size in SIZES if size >= count) - count
        if padding:
            inputs = [np.concatenate([each, np.zeros((padding, *each.shape[1:]), np.float32)]) for each in inputs]
        forecasts: NDArray[np.float32] = self.keras_model.predict_on_batch(inputs if len(inputs) > 1 else inputs[0])
        return forecasts.reshape(-1)[:count]
