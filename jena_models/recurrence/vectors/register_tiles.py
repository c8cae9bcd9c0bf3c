"""Tiles of matrix products that fit the vector registers of the processor at hand.

The rule is that of register-blocked matrix products (Goto & van de Geijn, "Anatomy of High-Performance Matrix
Multiplication", 2008; Van Zee & van de Geijn, "BLIS", 2015): the sums of a tile stay in registers until they are
complete, beside the numbers that are multiplied at the moment. A tile with more sums than that is written to memory and
read back at every step; one with fewer reads each number more often than it must.

- A tile of a product has `rows` x VECTORS sums, VECTORS vectors of sequences and one weight in every lane.
- A tile of weight gradients has LEFT_ROWS x `right` sums, LEFT_ROWS vectors and one of the other side.

Both sides are powers of two, so that layers of 16 and 32 units and batches of 256 fill whole tiles.

`JENA_VECTOR_WIDTH` (4, 8 or 16 floats) forces the tiles of another processor: a narrower one's as they are, a wider
one's with vectors that the compiler puts together. No width changes more than the order in which products are summed,
so that figures of one seed may differ in their last digits from one processor to another.
"""

import os
import platform
from collections.abc import Mapping
from typing import Final, NamedTuple

import llvmlite.binding  # type: ignore[import-untyped]

from jena_models.errors import SettingsError

VARIABLE: Final = "JENA_VECTOR_WIDTH"
VECTORS: Final = 2
"""Vectors of sequences side by side: with more, a block and its weights no longer share the nearest cache."""
LEFT_ROWS: Final = 4
REGISTERS: Final = {16: 32, 8: 16, 4: 16}
"""Vector registers by their floats: AVX-512, AVX2 and SSE."""
NEON_REGISTERS: Final = 32
"""Of four floats each, on 64-bit ARM."""
CHUNK_FLOATS: Final = {16: 131_072, 8: 49_152, 4: 49_152}
"""Of a tape between two rounds of weight gradients, by the vector's width: what stays in a core's second cache."""


class RegisterTiles(NamedTuple):
    """How products are cut up.

    Attributes:
        width: Floats of a vector.
        registers: Vector registers that there are.
        tile_rows: Rows of a product that are computed together.
        right_rows: Columns of weight gradients that are computed together, by LEFT_ROWS rows.
        chunk_floats: Floats of a tape that are gone back through between two rounds of weight gradients.
    """

    width: int
    registers: int
    tile_rows: int
    right_rows: int
    chunk_floats: int


def register_tiles(width: int, registers: int) -> RegisterTiles:
    """Returns the largest tiles whose sums and operands are in registers.

    Args:
        width: Floats of a vector register: 4, 8 or 16.
        registers: How many there are, at least 16.
    """
    return RegisterTiles(
        width=width,
        registers=registers,
        tile_rows=_power_of_two((registers - VECTORS - 1) // VECTORS),
        right_rows=_power_of_two((registers - LEFT_ROWS - 1) // LEFT_ROWS),
        chunk_floats=CHUNK_FLOATS[width],
    )


def tiles_of_this_machine(environment: Mapping[str, str] = os.environ) -> RegisterTiles:
    """Returns the tiles of this processor, or those of the width that `JENA_VECTOR_WIDTH` names.

    Raises:
        SettingsError: where it names none.
    """
    named = environment.get(VARIABLE)
    if named is not None and named not in map(str, REGISTERS):
        widths = ", ".join(map(str, sorted(REGISTERS)))
        raise SettingsError(f"{VARIABLE} is '{named}'; it is the floats of a vector register, one of {widths}.")
    width = int(named) if named else native_width()
    is_neon = width == 4 and platform.machine().lower() in {"arm64", "aarch64"}  # noqa: PLR2004
    return register_tiles(width, NEON_REGISTERS if is_neon else REGISTERS[width])


def native_width() -> int:
    """Returns the number of float32 that one vector register of this processor holds."""
    features = llvmlite.binding.get_host_cpu_features()
    if features.get("avx512f"):
        return 16
    return 8 if features.get("avx2") else 4


def _power_of_two(most: int) -> int:
    return 1 << (most.bit_length() - 1)


TILES: Final = tiles_of_this_machine()
