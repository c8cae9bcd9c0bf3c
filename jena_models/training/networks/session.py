"""A training under way: the model, its optimizer, and everything that must be kept to go on later."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from jena_models.architectures import Hyperparameters, build
from jena_models.models.seeding import seeded
from jena_models.training.checkpoint import Progress, keep_state, restore_state
from jena_models.training.jobs.job import TrainingJob
from jena_models.training.networks.accelerated_model import training_twin
from jena_models.training.networks.compiled import DeviceReadings, compile_forecasts, compile_training
from jena_models.training.networks.devices import Device, chosen_device, visible_gpus

if TYPE_CHECKING:
    import keras


class Session:
    """The state of one training, from the first batch to the last."""

    def __init__(self, job: TrainingJob, hyperparameters: Hyperparameters) -> None:
        import tensorflow as tf

        readings, training = job.readings, job.training

        def built() -> keras.Model:
            width = readings.features.shape[1]
            return build(job.architecture, hyperparameters, readings.steps, width, job.preparation)

        self.device = chosen_device(training.device, visible_gpus(), built)
        with tf.device(self.device.place):
            with seeded(job.seed):
                self.model = built()
                twin = twin_on(self.device, self.model, training.windows_a_mask)
            optimizer = hyperparameters.optimizer_of(job.epochs * training.batches_per_epoch)
            optimizer.build(twin.trainable_variables)
        self.readings = DeviceReadings(readings, self.device.place)
        scale = job.preparation.target_scale
        self.train = compile_training(
            twin, optimizer, training.loss, self.readings, training.batch_size, target_scale=scale
        )
        self.forecast = compile_forecasts(twin, self.readings)
        every = [*self.model.variables, *twin.variables, *optimizer.variables]
        self._variables = list({id(variable): variable for variable in every}.values())

    @property
    def parameters(self) -> int:
        """How many trainable parameters the model has."""
        return sum(int(np.prod(variable.shape)) for variable in self.model.trainable_variables)

    def keep(self, folder: Path, progress: Progress) -> None:
        """Keep the state after a whole epoch."""
        keep_state(folder, self._variables, progress)

    def restore(self, folder: Path) -> Progress:
        """Go back to the last whole epoch that was kept, or stay at the start."""
        return restore_state(folder, self._variables)


def twin_on(device: Device, model: keras.Model, windows_a_mask: int = 1) -> keras.Model:
    """Give what computes a model on a device, on the model's variables: the kernels on a CPU, cuDNN on a GPU."""
    return model if device.is_gpu else training_twin(model, windows_a_mask)


def reloaded_forecasts(
    path: Path, device: Device, readings: DeviceReadings, starts: dict[str, Any]
) -> dict[str, NDArray[np.float32]]:
    """Give the forecasts that a model read from its file makes, a named set of windows after the other."""
    import keras
    import tensorflow as tf

    with tf.device(device.place):
        model = keras.models.load_model(path, compile=False)
    forecast = compile_forecasts(twin_on(device, model), readings)
    return {name: forecast(of_split) for name, of_split in starts.items()}
