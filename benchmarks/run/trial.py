"""One training with plain Keras layers, or with ours; started as `python -m benchmarks.run.trial`.

A trial comes as a line of JSON on standard input; its validation MAE goes out as the last line of standard output.
"""

from __future__ import annotations

import sys

from jena_models.frozen import Frozen
from jena_models.training.process import Request, fulfil


class Trial(Frozen):
    """A training, with plain layers or with ours."""

    plain: bool
    request: Request


def _train(trial: Trial) -> float:
    import tensorflow as tf

    from jena_models.training.networks import session

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    if trial.plain:
        setattr(session, "training_twin", lambda model, _: model)  # noqa: B010  (mypy: the module only imports it)
    trial.request.folder.mkdir()
    return fulfil(trial.request, lambda _: None).val_mae


if __name__ == "__main__":
    print(_train(Trial.model_validate_json(sys.stdin.read())))
