"""A vector of single-precision numbers as a Numba type: one lane per sequence of a batch.

LLVM seldom vectorises recurrent loops well by itself. With the vector spelled out, what each
kernel keeps in registers is decided here, and the same code suits any width of the processor.
"""

import operator
from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import types
from numba.extending import models, overload, register_model

from jena_models.recurrence.vectors.compilation import emitted
from jena_models.recurrence.vectors.register_tiles import TILES, VECTORS

CONTRACT = ("contract",)  # lets LLVM fuse a product and a sum where the processor can


WIDTH = TILES.width
LANES = WIDTH * VECTORS  # sequences that one block of a batch holds

FLOAT = ir.FloatType()
VECTOR = ir.VectorType(FLOAT, WIDTH)


class LaneVector(types.Type):
    """Numba's view of WIDTH single-precision numbers kept in one register."""

    def __init__(self) -> None:
        """Names the type; the name enters the cache's keys."""
        super().__init__(name=f"LaneVector{WIDTH}")


lane_vector = LaneVector()


@register_model(LaneVector)
class _LaneVectorModel(models.PrimitiveModel):
    def __init__(self, manager: Any, front_end_type: LaneVector) -> None:
        super().__init__(manager, front_end_type, VECTOR)  # type: ignore[no-untyped-call]


def element_pointer(context: Any, builder: Any, array_type: Any, array: Any, index: Any) -> Any:
    """Returns the address of element `index` of a contiguous array read as one flat row."""
    data = context.make_array(array_type)(context, builder, array).data
    return builder.gep(data, [index])


def load_vector(builder: Any, pointer: Any) -> Any:
    """Emits a load of WIDTH floats that need not be aligned."""
    return builder.load(builder.bitcast(pointer, VECTOR.as_pointer()), align=4)


def store_vector(builder: Any, value: Any, pointer: Any) -> None:
    """Emits a store of WIDTH floats that need not be aligned."""
    builder.store(value, builder.bitcast(pointer, VECTOR.as_pointer()), align=4)


def splat(builder: Any, scalar: Any) -> Any:
    """Emits one float repeated over all the lanes."""
    single = builder.insert_element(ir.Constant(VECTOR, ir.Undefined), scalar, ir.Constant(ir.IntType(32), 0))
    zeros = ir.Constant(ir.VectorType(ir.IntType(32), WIDTH), [0] * WIDTH)
    return builder.shuffle_vector(single, ir.Constant(VECTOR, ir.Undefined), zeros)


def multiply_add(builder: Any, left: Any, right: Any, addend: Any) -> Any:
    """Emits left * right + addend, fused where the processor can."""
    return builder.fadd(builder.fmul(left, right, flags=CONTRACT), addend, flags=CONTRACT)


@emitted
def load(typing_context: Any, array: Any, index: Any) -> Any:
    """Reads WIDTH floats of a contiguous float32 array from flat element `index` on."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return load_vector(
            builder,
            element_pointer(context, builder, signature.args[0], arguments[0], arguments[1]),
        )

    return lane_vector(array, types.intp), generate


@emitted
def store(typing_context: Any, array: Any, index: Any, value: Any) -> Any:
    """Writes a vector into a contiguous float32 array from flat element `index` on."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = element_pointer(context, builder, signature.args[0], arguments[0], arguments[1])
        store_vector(builder, arguments[2], pointer)
        return context.get_dummy_value()

    return types.void(array, types.intp, lane_vector), generate


@emitted
def repeat(typing_context: Any, value: Any) -> Any:
    """Repeats one number over all the lanes."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return splat(builder, arguments[0])

    return lane_vector(types.float32), generate


def _arithmetic(python_operator: Any, instruction: str) -> None:
    @emitted
    def apply(typing_context: Any, left: Any, right: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return getattr(builder, instruction)(*arguments, flags=CONTRACT)

        return lane_vector(lane_vector, lane_vector), generate

    @overload(python_operator)  # Numba compares its argument names, annotations included
    def operate(left, right):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        if isinstance(left, LaneVector) and isinstance(right, LaneVector):
            return lambda left, right: apply(left, right)  # noqa: PLW0108
        if isinstance(left, LaneVector) and isinstance(right, types.Number):
            return lambda left, right: apply(left, repeat(right))
        if isinstance(left, types.Number) and isinstance(right, LaneVector):
            return lambda left, right: apply(repeat(left), right)
        return None


for _operator, _instruction in (
    (operator.add, "fadd"),
    (operator.sub, "fsub"),
    (operator.mul, "fmul"),
    (operator.truediv, "fdiv"),
):
    _arithmetic(_operator, _instruction)
