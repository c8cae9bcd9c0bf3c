"""A training step's processor time on one core, and how near it is to the peak: `python -m benchmarks.steps`.

Processor time goes on only while a process computes, so that other work on the machine disturbs it little. With
`JENA_VECTOR_WIDTH` the kernels are those of another processor, with `--plain` there are none. Readings are drawn.
"""

from __future__ import annotations

import json
from typing import Final

import click

from benchmarks.book import BOOK_ARCHITECTURES
from benchmarks.markdown import table
from benchmarks.processes import measured
from benchmarks.steps.step_times import RESIDUAL
from jena_models.recurrence.vectors.register_tiles import TILES

ALL: Final = (*BOOK_ARCHITECTURES, *RESIDUAL)


@click.command()
@click.option("--architectures", default=",".join(ALL), metavar="A,B", help="Time these alone.")
@click.option("--plain", is_flag=True, help="Time plain Keras layers.")
def main(*, architectures: str, plain: bool) -> None:
    """Time a training step and a batch of validation of each architecture."""
    rows = []
    names = architectures.split(",")
    all_found = json.loads(measured("benchmarks.steps.step_times", json.dumps([names, plain]), threads=1))
    for name, found in zip(names, all_found, strict=True):
        step, validation, peak = found["step"], found["validation"], found["peak"]
        shares = (found["multiply_adds"] / step, found["multiply_adds"] / 3 / validation)
        of_peak = [f"{share / peak:.0%}" for share in shares]
        rows.append([name, f"{1000 * step:.1f}", of_peak[0], f"{1000 * validation:.1f}", of_peak[1]])
    kind = "plain Keras layers" if plain else f"kernels for {TILES.registers} registers of {TILES.width} floats"
    click.echo(f"{kind}\n\n{table(' | ms a step | of peak | ms a batch of validation | of peak', rows)}")


if __name__ == "__main__":
    main()
