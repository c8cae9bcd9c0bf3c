"""Whether faster training learns the same: `python -m benchmarks.run.accuracy`.

The same loop, windows and seeds, with plain Keras layers and with ours in their place, and once more with masks of
recurrent dropout that windows share; the validation MAE over several seeds must agree within its spread.
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
SHARED_BY: Final = 32
VARIANTS: Final = ("plain Keras layers", "ours", f"ours, masks shared by {SHARED_BY} windows")


class Accuracy(Frozen):
    """Validation MAE of one architecture by variant, a seed after the other."""

    architecture: str
    maes: dict[str, tuple[float, ...]]


@click.command()
@click.option("--source", default="simulated", show_default=True, metavar="PATH|URL|simulated", help="The readings.")
@click.option("--architectures", metavar="A,B", default=",".join(ARCHITECTURES), show_default=True, help="Train these.")
@click.option("--epochs", default=EPOCHS, show_default=True)
@click.option("--batches", default=BATCHES, show_default=True, help="Of an epoch.")
@click.option("--no-plain", is_flag=True, help="Leave plain Keras layers out, which take longest.")
@click.option("--small", is_flag=True, help="A few batches of one architecture, to see that it works.")
@output_option(PAGE)
def main(
    *,
    source: str,
    architectures: str,
    epochs: int,
    batches: int,
    no_plain: bool,
    small: bool,
    page: Path | None,
) -> None:
    """Compare the validation MAE of our layers with that of plain Keras layers, over three seeds."""
    begin_quietly()
    prepared, settings = book_windows(source, SMALL_YEARS if small else OFFICIAL_YEARS)
    names = architectures.split(",")
    if small:
        names, epochs, batches = names[:1], 1, SMALL_BATCHES
    variants = VARIANTS[1:] if no_plain else VARIANTS
    training = settings.training.model_copy(update={"epochs": epochs, "batches_per_epoch": batches})
    settings = settings.model_copy(update={"training": training})
    found = [compare(name, variants, prepared, settings) for name in names]
    rows = ([each.architecture, *map(_spread, each.maes.values())] for each in found)
    text = table(" | ".join(["architecture", *variants]), rows)
    text += f"\n\n{len(SEEDS)} seeds, {epochs} epochs of {batches} batches; mean ± standard deviation."
    tell(text, page, "accuracy")


def compare(architecture: str, variants: Sequence[str], prepared: Prepared, settings: Settings) -> Accuracy:
    """Train an architecture with every seed, by each variant."""
    with tempfile.TemporaryDirectory(prefix="jena-benchmark-") as scratch, ThreadPoolExecutor(WORKERS) as pool:
        trials = []
        for variant, seed in product(variants, SEEDS):
            training = settings.training
            if variant == VARIANTS[-1]:
                training = training.model_copy(update={"windows_a_mask": SHARED_BY})
            own = settings.model_copy(update={"training": training, "seed": seed})
            request = training_request(architecture, prepared, own, Path(scratch) / f"{variant}-{seed}")
            trials.append(Trial(plain=variant == VARIANTS[0], request=request))
        told = [trial.model_dump_json() for trial in trials]
        maes = [float(mae) for mae in pool.map(partial(measured, "benchmarks.run.trial", threads=1), told)]
    by_variant = zip(*[iter(maes)] * len(SEEDS), strict=True)
    return Accuracy(architecture=architecture, maes=dict(zip(variants, by_variant, strict=True)))


def _spread(maes: Sequence[float]) -> str:
    return f"{statistics.mean(maes):.3f} ± {statistics.stdev(maes):.3f}"


if __name__ == "__main__":
    main()
