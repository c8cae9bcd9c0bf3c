"""A training step on the GPU and on the processor, the chapter's way and ours: `python -m benchmarks.steps.devices`.

Each way is timed by the clock in a process of its own, the processor's with as many threads as the way has in use: all
for the chapter's code, a training's share for ours. Readings are drawn. It needs a GPU that TensorFlow can use.
"""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Final

import click

from benchmarks.book import BOOK_ARCHITECTURES
from benchmarks.markdown import table
from benchmarks.processes import measured
from benchmarks.steps.step_times import RESIDUAL
from tasks.training import threads_of_a_training

WAYS: Final = ("chapter", "ours")
PLACES: Final = ("gpu", "cpu")
TIMED: Final = (*BOOK_ARCHITECTURES[:-1], "stacked_gru", BOOK_ARCHITECTURES[-1])
"""And two GRU layers without recurrent dropout, which cuDNN computes."""


@click.command()
@click.option("--architectures", default=",".join((*TIMED, *RESIDUAL)), metavar="A,B", help="Time these alone.")
@click.option(
    "--batches", type=click.IntRange(min=16), default=60, show_default=True, help="Of the chapter's, to time."
)
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="File to write the figures to, as JSON."
)
def main(*, architectures: str, batches: int, output: Path | None) -> None:
    """Time a training step of each architecture on both devices."""
    names = architectures.split(",")
    found = {}
    for way, place in product(WAYS, PLACES):
        timed = [name for name in names if way == "ours" or name not in RESIDUAL]
        threads = threads_of_a_training() if way == "ours" else None
        request = json.dumps(
            {"way": way, "place": place, "architectures": timed, "batches": batches, "threads": threads}
        )
        found[f"{way} {place}"] = json.loads(measured("benchmarks.steps.devices_probe", request, threads))
        if output:
            output.write_text(json.dumps(found, indent=2), encoding="utf-8")
    columns, rows = list(found), []
    for name in names:
        times = [found[column]["milliseconds"].get(name) for column in columns]
        rows.append([name, *("" if taken is None else f"{taken:.1f}" for taken in times)])
    click.echo(f"{found[columns[0]]['device']}\n\n{table(' | '.join(['ms a step', *columns]), rows)}")


if __name__ == "__main__":
    main()
