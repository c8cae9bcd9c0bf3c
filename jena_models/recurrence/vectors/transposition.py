"""Square tiles turned from sequences one after another to sequences side by side, and back."""
# ruff: noqa: PLR0917 - kernels take arrays, by their positions

from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import types

from jena_models.recurrence.vectors.compilation import emitted
from jena_models.recurrence.vectors.lanes import LANES, WIDTH, element_pointer, load_vector, store_vector

INDEX = ir.IntType(64)


def _transposed(builder: Any, vectors: list[Any]) -> list[Any]:
    """Emits the transposition of WIDTH vectors, swapping halves, then quarters, and so on."""
    distance = WIDTH // 2
    while distance:
        keep = [lane if not lane & distance else WIDTH + lane - distance for lane in range(WIDTH)]
        move = [lane + distance if not lane & distance else WIDTH + lane for lane in range(WIDTH)]
        kind = ir.VectorType(ir.IntType(32), WIDTH)
        swapped = list(vectors)
        for row in range(WIDTH):
            if not row & distance:
                pair = vectors[row], vectors[row + distance]
                swapped[row] = builder.shuffle_vector(*pair, ir.Constant(kind, keep))
                swapped[row + distance] = builder.shuffle_vector(*pair, ir.Constant(kind, move))
        vectors = swapped
        distance //= 2
    return vectors


def _emit_copy(builder: Any, source: Any, source_stride: Any, target: Any, target_stride: Any) -> None:
    vectors = [
        load_vector(builder, builder.gep(source, [builder.mul(INDEX(number), source_stride)]))
        for number in range(WIDTH)
    ]
    for number, vector in enumerate(_transposed(builder, vectors)):
        place = builder.gep(target, [builder.mul(INDEX(number), target_stride)])
        store_vector(builder, vector, place)


@emitted
def read_tile(
    typing_context: Any,
    source: Any,
    source_start: Any,
    sequence_stride: Any,
    target: Any,
    target_start: Any,
) -> Any:
    """Copies WIDTH features of WIDTH sequences, sequence_stride floats apart, to rows of LANES."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        origin = element_pointer(context, builder, signature.args[0], *arguments[:2])
        to = element_pointer(context, builder, signature.args[3], *arguments[3:])
        _emit_copy(builder, origin, arguments[2], to, INDEX(LANES))
        return context.get_dummy_value()

    return types.void(source, types.intp, types.intp, target, types.intp), generate


@emitted
def write_tile(
    typing_context: Any,
    source: Any,
    source_start: Any,
    target: Any,
    target_start: Any,
    sequence_stride: Any,
) -> Any:
    """Copies WIDTH rows of LANES to WIDTH sequences that lie sequence_stride floats apart."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        origin = element_pointer(context, builder, signature.args[0], *arguments[:2])
        to = element_pointer(context, builder, signature.args[2], *arguments[2:4])
        _emit_copy(builder, origin, INDEX(LANES), to, arguments[4])
        return context.get_dummy_value()

    return types.void(source, types.intp, target, types.intp, types.intp), generate
