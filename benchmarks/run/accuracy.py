"""Whether faster training learns the same: `python -m benchmarks.run.accuracy`.

The same loop, windows and seeds, with our layers and with the plain Keras layers in their place; the validation MAE
over several seeds must agree within its spread.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import product
from pathlib import Path
from typing import Final

import click

from benchmarks.book import OFFICIAL_YEARS, SMALL_BATCHES, SMALL_YEARS, WORKERS
from benchmarks.markdown import output_option, table, tell
from benchmarks.processes import begin_quietly, measured
from benchmarks.run.report import PAGE
from benchmarks.run.trial import Trial
from benchmarks.windows import book_windows
from jena_models.frozen import Frozen
from jena_models.settings import Settings
from tasks.training import training_request
from tasks.workspace import Prepared

ARCHITECTURES: Final = ("lstm", "stacked_gru_dropout")
SEEDS: Final = (1, 2, 3)
EPOCHS: Final = 4
BATCHES: Final = 200


class Accuracy(Frozen):
    """Validation MAE of one architecture, a seed after the other."""

    architecture: str
    plain: tuple[float, ...]
    ours: tuple[float, ...]


@click.command()
@click.option("--source", default="simulated", show_default=True, metavar="PATH|URL|simulated", help="The readings.")
@click.option("--small", is_flag=True, help="A few batches of one architecture, to see that it works.")
@output_option(PAGE)
def main(*, source: str, small: bool, page: Path | None) -> None:
    """Compare the validation MAE of our layers with that of plain Keras layers, over three seeds."""
    begin_quietly()
    prepared, settings = book_windows(source, SMALL_YEARS if small else OFFICIAL_YEARS)
    names, epochs, batches = (ARCHITECTURES[:1], 1, SMALL_BATCHES) if small else (ARCHITECTURES, EPOCHS, BATCHES)
    found = [compare(name, prepared, settings, epochs, batches) for name in names]
    rows = (
        [
            each.architecture,
            _spread(each.plain),
            _spread(each.ours),
            f"{statistics.mean(each.ours) - statistics.mean(each.plain):+.3f}",
        ]
        for each in found
    )
    text = table("architecture | plain Keras layers | ours | difference", rows)
    text += f"\n\n{len(SEEDS)} seeds, {epochs} epochs of {batches} batches; mean ± standard deviation."
    tell(text, page, "accuracy")


def compare(architecture: str, prepared: Prepared, settings: Settings, epochs: int, batches: int) -> Accuracy:
    """Train an architecture with every seed, with plain layers and with ours."""
    training = settings.training.model_copy(update={"epochs": epochs, "batches_per_epoch": batches})
    with tempfile.TemporaryDirectory(prefix="jena-benchmark-") as scratch, ThreadPoolExecutor(WORKERS) as pool:
        trials = []
        for plain, seed in product((True, False), SEEDS):
            own, folder = settings.model_copy(update={"training": training, "seed": seed}), f"{plain}-{seed}"
            request = training_request(architecture, prepared, own, Path(scratch) / folder)
            trials.append(Trial(plain=plain, request=request))
        told = [trial.model_dump_json() for trial in trials]
        maes = [float(mae) for mae in pool.map(partial(measured, "benchmarks.run.trial", threads=1), told)]
    return Accuracy(architecture=architecture, plain=tuple(maes[: len(SEEDS)]), ours=tuple(maes[len(SEEDS) :]))


def _spread(maes: Sequence[float]) -> str:
    return f"{statistics.mean(maes):.3f} ± {statistics.stdev(maes):.3f}"


if __name__ == "__main__":
    main()
