"""Tiles fit the registers, and every width computes the same."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jena_models.errors import SettingsError
from jena_models.recurrence.vectors.register_tiles import (
    LEFT_ROWS,
    REGISTERS,
    VECTORS,
    register_tiles,
    tiles_of_this_machine,
)

ROOM = Path(__file__).parents[1]
ROOT = ROOM.parents[2]
OTHERS = sorted({4, 8, 16} - {tiles_of_this_machine().width})
OF_KERNELS = (
    *("vectors/test_activations.py", "test_kernels.py", "test_dropout.py", "test_convolution_layers.py"),
    "test_second_thread.py",
)


@given(st.sampled_from(sorted(REGISTERS)), st.integers(16, 64))
def test_sums_and_operands_of_a_tile_fit_the_registers_and_no_larger_tile_would(width, registers):
    tiles = register_tiles(width, registers)

    def product(rows):
        return rows * VECTORS + VECTORS + 1

    def gradients(columns):
        return columns * LEFT_ROWS + LEFT_ROWS + 1

    assert product(tiles.tile_rows) <= registers < product(2 * tiles.tile_rows)
    assert gradients(tiles.right_rows) <= registers < gradients(2 * tiles.right_rows)


@pytest.mark.parametrize(("width", "tile_rows", "right_rows"), [(16, 8, 4), (8, 4, 2), (4, 4, 2)])
def test_tiles_of_known_processors(width, tile_rows, right_rows):
    tiles = register_tiles(width, REGISTERS[width])

    assert (tiles.tile_rows, tiles.right_rows) == (tile_rows, right_rows)


def test_a_variable_forces_the_width():
    assert [tiles_of_this_machine({"JENA_VECTOR_WIDTH": str(width)}).width for width in (4, 8, 16)] == [4, 8, 16]


@pytest.mark.parametrize("named", ["", "32", "8.0", "wide"])
def test_a_width_that_no_processor_has_is_refused(named):
    with pytest.raises(SettingsError, match="one of 4, 8, 16"):
        tiles_of_this_machine({"JENA_VECTOR_WIDTH": named})


@pytest.mark.slow
@pytest.mark.parametrize("width", [OTHERS[0], pytest.param(OTHERS[1], marks=pytest.mark.campaign)])
def test_the_kernels_keep_their_promises_at_every_other_width(width):
    """The test run's own width is tested by the same files without a variable; the campaigns add the third."""
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *(str(ROOM / name) for name in OF_KERNELS)],
        cwd=ROOT,
        env={**os.environ, "JENA_VECTOR_WIDTH": str(width)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 0, ended.stdout
