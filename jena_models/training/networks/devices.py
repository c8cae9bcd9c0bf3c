"""Where a network is trained: on a GPU where one computes its layers faster, else on the processor by the kernels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from jena_models.errors import TrainingError
from jena_models.options.training_options import Wanted

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Device:
    """What computes a training."""

    name: str
    """As the run says it: "CPU", or what the GPU's maker calls it."""
    place: str | None
    """As TensorFlow calls it; None where there is but one place."""
    is_gpu: bool = False


CPU: Final = Device(name="CPU", place=None)
CPU_BESIDE_GPU: Final = Device(name="CPU", place="/CPU:0")


def visible_gpus() -> tuple[str, ...]:
    """Give the names of the GPUs that TensorFlow can use here."""
    import tensorflow as tf

    gpus = tf.config.get_visible_devices("GPU")
    return tuple(tf.config.experimental.get_device_details(gpu).get("device_name", "GPU") for gpu in gpus)


def chosen_device(wanted: Wanted, gpus: tuple[str, ...], built: Callable[[], keras.Model]) -> Device:
    """Give the device to train a network on; of several GPUs the first.

    Args:
        wanted: `auto` leaves the choice to what the network's layers are.
        gpus: names of those that are there.
        built: gives the network; called where its layers matter.

    Raises:
        TrainingError: where a GPU is wanted and none is there.
    """
    if not gpus:
        if wanted == "gpu":
            raise TrainingError(
                "training.device is gpu, but TensorFlow sees no GPU here; install its CUDA libraries "
                "(pip install 'tensorflow[and-cuda]'), or leave training.device at auto."
            )
        return CPU
    if wanted == "gpu" or (wanted == "auto" and is_faster_on_gpu(built)):
        return Device(name=gpus[0], place="/GPU:0", is_gpu=True)
    return CPU_BESIDE_GPU


def is_faster_on_gpu(built: Callable[[], keras.Model]) -> bool:
    """Tell whether no layer of a network has to be computed step by step, in operations too small for a GPU."""
    import tensorflow as tf

    with tf.device("/CPU:0"):
        return not any(map(_is_stepped, built().layers))


def _is_stepped(layer: Any) -> bool:
    """Tell whether a layer is recurrent and not computed by cuDNN, which knows two cells, without recurrent dropout."""
    from keras import layers

    if isinstance(layer, layers.Bidirectional):
        return _is_stepped(layer.forward_layer) or _is_stepped(layer.backward_layer)
    if not isinstance(layer, layers.RNN):
        return False
    if not isinstance(layer, layers.LSTM | layers.GRU):
        return True
    plain = layer.activation.__name__ == "tanh" and layer.recurrent_activation.__name__ == "sigmoid"
    return not plain or not layer.use_bias or layer.recurrent_dropout > 0 or not getattr(layer, "reset_after", True)
