"""Times architectures' steps with one thread; started by `python -m benchmarks.steps`."""

from __future__ import annotations

import json
import sys

from benchmarks.steps.step_times import time_steps

if __name__ == "__main__":
    import tensorflow as tf

    from jena_models.training.networks.accelerated_model import training_twin

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    names, plain = json.loads(sys.stdin.read())
    print(json.dumps([time_steps(name, (lambda model: model) if plain else training_twin) for name in names]))
