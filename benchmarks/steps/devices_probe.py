"""Times one way of training on one device; started by `python -m benchmarks.steps.devices`."""

from __future__ import annotations

import json
import sys
import time
from typing import Any, Final

import numpy as np

from benchmarks.run.chapter import EPOCHS, UNTIMED_BATCHES, batch_clock, chapter_windows
from benchmarks.run.chapter_models import chapter_model
from benchmarks.steps.step_times import COLUMNS, ROWS, STEPS, STRIDE_ROWS, time_steps

VARIANTS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "stacked_gru": ("stacked_gru_dropout", {"recurrent_dropout": 0.0, "dropout": 0.0}),
}
"""Architectures of ours by another name: whose they are, and what is different."""


def chapter_milliseconds(architecture: str, batches: int) -> float:
    """Give a step's time in `model.fit` of plain Keras layers, as the chapter trains them."""
    draw = np.random.default_rng(0)
    features = draw.normal(size=(ROWS, COLUMNS)).astype(np.float32)
    target = draw.normal(size=ROWS).astype(np.float32)
    windows = chapter_windows(features, target, steps=STEPS, stride=STRIDE_ROWS, delay=STEPS * STRIDE_ROWS)
    model, clock = chapter_model(architecture, STEPS, COLUMNS), batch_clock()
    model.compile(optimizer="rmsprop", loss="mse", metrics=["mae"])
    model.fit(windows, epochs=EPOCHS, steps_per_epoch=batches, callbacks=[clock], verbose=0)
    return float(1000 * clock.training_seconds / (batches - UNTIMED_BATCHES))


def our_milliseconds(architecture: str, place: str) -> float:
    """Give a step's time in our loop: by cuDNN and TensorFlow's own operations on a GPU, by the kernels beside it."""
    from jena_models.training.networks.accelerated_model import training_twin

    name, changed = VARIANTS.get(architecture, (architecture, {}))
    on_gpu = place == "gpu"
    found = time_steps(
        name,
        (lambda model: model) if on_gpu else training_twin,
        changed=changed,
        place="/GPU:0" if on_gpu else None,
        clock=time.perf_counter,
    )
    return 1000 * found["step"]


def main() -> None:
    """Time what is asked for on standard input."""
    import keras
    import tensorflow as tf

    from jena_models.models.tensorflow_start import share_gpus
    from jena_models.training.networks.devices import CPU, visible_gpus

    asked = json.loads(sys.stdin.read())
    share_gpus()
    keras.utils.set_random_seed(0)
    if asked["way"] == "ours":
        tf.config.experimental.enable_op_determinism()
    if asked["threads"]:
        tf.config.threading.set_intra_op_parallelism_threads(asked["threads"])
        tf.config.threading.set_inter_op_parallelism_threads(1)
    if asked["place"] == "cpu":
        tf.config.set_visible_devices([], "GPU")
    found = {}
    for name in asked["architectures"]:
        if asked["way"] == "ours":
            found[name] = our_milliseconds(name, asked["place"])
        else:
            found[name] = chapter_milliseconds(name, asked["batches"])
        print(name, found[name], file=sys.stderr, flush=True)
    print(json.dumps({"device": (*visible_gpus(), CPU.name)[0], "milliseconds": found}))


if __name__ == "__main__":
    main()
