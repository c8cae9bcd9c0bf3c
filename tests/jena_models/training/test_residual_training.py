"""Networks with channels, as the training loop trains them."""

import keras
import pytest

from jena_models.training.loop import train
from jena_models.windows.preparation import Preparation


@pytest.mark.slow
def test_it_is_trained_with_its_channels_and_says_so(job):
    # Given
    task = job("residual_gru", epochs=2, hyperparameters={"history_steps": 6, "units": 4, "batch_size": 32})

    # When
    result = train(task, lambda _: None)

    # Then
    left = Preparation.model_validate_json((task.folder / "preparation.json").read_text())
    assert left.channels is not None
    assert left.channels.wind is None
    assert keras.models.load_model(task.folder / "model.keras", compile=False).input_shape == (None, 8, 3 + 5)
    assert len(result.epochs) == 2
    assert result.epochs[0].val_loss == pytest.approx(result.epochs[0].val_mae, rel=1e-4)
