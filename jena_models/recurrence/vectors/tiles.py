"""Small matrix products whose results stay in registers until they are complete.

A block holds LANES sequences side by side: a matrix of `rows` features is laid out as
[rows][LANES]. Each product below fills a fixed tile, large enough that every number read
from memory takes part in several multiplications.
"""
# ruff: noqa: PLR0917 - kernels take arrays, by their positions

from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import cgutils, types

from jena_models.recurrence.vectors.compilation import emitted
from jena_models.recurrence.vectors.lanes import (
    LANES,
    VECTOR,
    WIDTH,
    element_pointer,
    load_vector,
    multiply_add,
    splat,
    store_vector,
)
from jena_models.recurrence.vectors.register_tiles import LEFT_ROWS, TILES, VECTORS

TILE_ROWS = TILES.tile_rows
RIGHT_ROWS = TILES.right_rows

INDEX = ir.IntType(64)


def _pointers(context: Any, builder: Any, signature: Any, arguments: Any, *numbers: int) -> list[Any]:
    """Emits the addresses of arrays, each by its argument's number, from the element on that the next argument says."""
    return [element_pointer(context, builder, signature.args[n], *arguments[n : n + 2]) for n in numbers]


def _zeros(builder: Any, count: int) -> list[Any]:
    places = [cgutils.alloca_once(builder, VECTOR) for _ in range(count)]  # type: ignore[no-untyped-call]
    for place in places:
        builder.store(ir.Constant(VECTOR, [0.0] * WIDTH), place)
    return places


def _accumulate_rows(builder: Any, sums: list[Any], weights: Any, source: Any, rows: Any) -> None:
    with cgutils.for_range(builder, rows) as loop:
        weight_row = builder.gep(weights, [builder.mul(loop.index, INDEX(TILE_ROWS))])
        source_row = builder.gep(source, [builder.mul(loop.index, INDEX(LANES))])
        values = [load_vector(builder, builder.gep(source_row, [INDEX(part * WIDTH)])) for part in range(VECTORS)]
        for row in range(TILE_ROWS):
            weight = splat(builder, builder.load(builder.gep(weight_row, [INDEX(row)])))
            for part in range(VECTORS):
                place = sums[row * VECTORS + part]
                builder.store(multiply_add(builder, values[part], weight, builder.load(place)), place)


def _rows_and_parts() -> list[tuple[int, int]]:
    return [(row, part) for row in range(TILE_ROWS) for part in range(VECTORS)]


@emitted
def product_of_two(
    typing_context: Any,
    target: Any,
    target_start: Any,
    bias: Any,
    bias_start: Any,
    first_weights: Any,
    first_weights_start: Any,
    first: Any,
    first_start: Any,
    first_rows: Any,
    second_weights: Any,
    second_weights_start: Any,
    second: Any,
    second_start: Any,
    second_rows: Any,
) -> Any:
    """Sets target = bias + first weights x first + second weights x second.

    target is [TILE_ROWS][LANES], bias [TILE_ROWS], a source [rows][LANES] and its weights
    [rows][TILE_ROWS].
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        to, start, *products = _pointers(context, builder, signature, arguments, 0, 2, 4, 6, 9, 11)
        sums = _zeros(builder, TILE_ROWS * VECTORS)
        for row, part in _rows_and_parts():
            value = splat(builder, builder.load(builder.gep(start, [INDEX(row)])))
            builder.store(value, sums[row * VECTORS + part])
        for number, rows in ((0, arguments[8]), (2, arguments[13])):
            _accumulate_rows(builder, sums, products[number], products[number + 1], rows)
        for row, part in _rows_and_parts():
            place = builder.gep(to, [INDEX(row * LANES + part * WIDTH)])
            store_vector(builder, builder.load(sums[row * VECTORS + part]), place)
        return context.get_dummy_value()

    whole = types.intp
    places = (first_weights, whole, first, whole, whole, second_weights, whole, second)
    signature = types.void(target, whole, bias, whole, *places, whole, whole)
    return signature, generate


@emitted
def product_over_taps(
    typing_context: Any,
    target: Any,
    target_start: Any,
    bias: Any,
    bias_start: Any,
    lowest: Any,
    weights: Any,
    weights_start: Any,
    source: Any,
    source_start: Any,
    taps: Any,
    tap_floats: Any,
    rows: Any,
) -> Any:
    """Sets target [TILE_ROWS][LANES] to bias and the sum over taps of weights x source, and to lowest where it is less.

    A tap's source is [rows][LANES], that of the next lies tap_floats further; weights is [taps][rows][TILE_ROWS],
    bias [TILE_ROWS].
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        to, end, weight, origin = _pointers(context, builder, signature, arguments, 0, 2, 5, 7)
        count, step, height = arguments[9:]
        sums = _zeros(builder, TILE_ROWS * VECTORS)
        weight_step = builder.mul(height, INDEX(TILE_ROWS))
        with cgutils.for_range(builder, count) as loop:
            of_tap = builder.gep(weight, [builder.mul(loop.index, weight_step)])
            _accumulate_rows(builder, sums, of_tap, builder.gep(origin, [builder.mul(loop.index, step)]), height)
        least = splat(builder, arguments[4])
        for row, part in _rows_and_parts():
            added = splat(builder, builder.load(builder.gep(end, [INDEX(row)])))
            total = builder.fadd(builder.load(sums[row * VECTORS + part]), added)
            no_less = builder.select(builder.fcmp_ordered("<", total, least), least, total)
            store_vector(builder, no_less, builder.gep(to, [INDEX(row * LANES + part * WIDTH)]))
        return context.get_dummy_value()

    whole = types.intp
    places = (weights, whole, source, whole, whole, whole, whole)
    return types.void(target, whole, bias, whole, types.float32, *places), generate


def _lane_sums(builder: Any, vectors: list[Any]) -> list[Any]:
    """Emits the sum over the lanes of each vector, WIDTH of the sums packed in one vector."""
    while len(vectors) > 1 and len(vectors) > RIGHT_ROWS * LEFT_ROWS // WIDTH:
        even = ir.Constant(ir.VectorType(ir.IntType(32), WIDTH), list(range(0, 2 * WIDTH, 2)))
        odd = ir.Constant(ir.VectorType(ir.IntType(32), WIDTH), list(range(1, 2 * WIDTH, 2)))
        vectors = [
            builder.fadd(builder.shuffle_vector(one, two, even), builder.shuffle_vector(one, two, odd))
            for one, two in zip(vectors[::2], vectors[1::2], strict=True)
        ]
    return vectors


def _outer_product(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    """Emits the outer product of a tile; with masks, of left rows that are named, each times its row of them."""
    result, left, right, *dropout = _pointers(
        context, builder, signature, arguments, 0, 2, 5, *range(9, len(arguments), 2)
    )
    left_step, right_step, steps = arguments[4], arguments[7], arguments[8]
    pairs = [(row, column) for column in range(RIGHT_ROWS) for row in range(LEFT_ROWS)]
    rows = [INDEX(row) for row in range(LEFT_ROWS)]
    if dropout:
        rows = [builder.load(builder.gep(dropout[1], [row])) for row in rows]
    offsets = [builder.mul(row, INDEX(LANES)) for row in rows]

    def part_of(row: Any, offset: Any, part: int) -> Any:
        return load_vector(builder, builder.gep(row, [builder.add(offset, INDEX(part * WIDTH))]))

    def add_products(places: list[Any], left_now: Any, right_now: Any, part: int) -> None:
        lefts = [part_of(left_now, offset, part) for offset in offsets]
        rights = [part_of(right_now, INDEX(row * LANES), part) for row in range(RIGHT_ROWS)]
        for row, column in pairs:
            place = places[row * RIGHT_ROWS + column]
            total = multiply_add(builder, lefts[row], rights[column], builder.load(place))
            builder.store(total, place)

    def over_time(places: list[Any], parts: range) -> None:
        with cgutils.for_range(builder, steps) as loop:
            left_now = builder.gep(left, [builder.mul(loop.index, left_step)])
            right_now = builder.gep(right, [builder.mul(loop.index, right_step)])
            for part in parts:
                add_products(places, left_now, right_now, part)

    if not dropout:
        places = _zeros(builder, LEFT_ROWS * RIGHT_ROWS)
        over_time(places, range(VECTORS))
        totals = [builder.load(place) for place in places]
    else:
        totals = [ir.Constant(VECTOR, [0.0] * WIDTH)] * (LEFT_ROWS * RIGHT_ROWS)
        for part in range(VECTORS):
            places = _zeros(builder, LEFT_ROWS * RIGHT_ROWS)
            over_time(places, range(part, part + 1))
            for row in range(LEFT_ROWS):
                mask = part_of(dropout[0], offsets[row], part)
                for number in range(row * RIGHT_ROWS, (row + 1) * RIGHT_ROWS):
                    total = builder.load(places[number])
                    totals[number] = multiply_add(builder, total, mask, totals[number])
    for number, packed in enumerate(_lane_sums(builder, totals)):
        place = builder.gep(result, [INDEX(number * WIDTH)])
        store_vector(builder, builder.fadd(packed, load_vector(builder, place)), place)
    return context.get_dummy_value()


@emitted
def add_outer_product(
    typing_context: Any,
    sums: Any,
    sums_start: Any,
    left: Any,
    left_start: Any,
    left_step: Any,
    right: Any,
    right_start: Any,
    right_step: Any,
    steps: Any,
) -> Any:
    """Adds to sums the products of every left row with every right row over lanes and steps.

    At each step left is [LEFT_ROWS][LANES] and right [RIGHT_ROWS][LANES]; the next step lies
    left_step or right_step floats further. sums is [LEFT_ROWS][RIGHT_ROWS], contiguous.
    """
    whole = types.intp
    return types.void(sums, whole, left, whole, whole, right, whole, whole, whole), _outer_product


@emitted
def add_kept_outer_product(
    typing_context: Any,
    sums: Any,
    sums_start: Any,
    left: Any,
    left_start: Any,
    left_step: Any,
    right: Any,
    right_start: Any,
    right_step: Any,
    steps: Any,
    masks: Any,
    masks_start: Any,
    kept: Any,
    kept_start: Any,
) -> Any:
    """Does as add_outer_product with those LEFT_ROWS of left [rows][LANES] that kept names, times their row of masks.

    masks is [rows][LANES] too.
    """
    whole = types.intp
    first = (sums, whole, left, whole, whole, right, whole, whole, whole)
    return types.void(*first, masks, whole, kept, whole), _outer_product
