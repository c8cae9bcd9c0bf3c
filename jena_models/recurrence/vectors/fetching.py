"""Having memory brought into the core's own cache before it is needed.

A tape is larger than any cache, and every number on it is needed once forward and once back. Asked
for a few lines at a time between two products, the next record arrives while they are computed:
a training step of the chapter's GRU took 5 % less. Asked for all at once, it took no less than
without, for a core waits where too many lines are on their way.
"""

from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import cgutils, types

from jena_models.recurrence.vectors.compilation import compiled, emitted
from jena_models.recurrence.vectors.lanes import element_pointer

LINE_FLOATS = 16
BYTES, WHOLE = ir.IntType(8).as_pointer(), ir.IntType(32)
TO_READ, OWN_CACHE, DATA = (ir.Constant(WHOLE, number) for number in (0, 2, 1))


@compiled
def fetch_share(array: Any, ahead: tuple[int, int], share: int) -> None:
    """Has one of many shares of a flat array's floats brought near.

    `ahead` is the first float and how many a share has; places that the array does not have do no harm. They are
    counted beforehand: dividing here took a tenth of the chapter's LSTM layer going forward.
    """
    start, floats = ahead
    for place in range(start + share * floats, start + (share + 1) * floats, LINE_FLOATS):
        fetch_line(array, place)


@emitted
def fetch_line(typing_context: Any, array: Any, index: Any) -> Any:
    """Has the line of cache with flat element `index` brought near."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = builder.bitcast(element_pointer(context, builder, signature.args[0], *arguments), BYTES)
        kind = ir.FunctionType(ir.VoidType(), [BYTES, WHOLE, WHOLE, WHOLE])
        name = "llvm.prefetch.p0i8"
        ask = cgutils.get_or_insert_function(builder.module, kind, name)  # type: ignore[no-untyped-call]
        builder.call(ask, [place, TO_READ, OWN_CACHE, DATA])
        return context.get_dummy_value()

    return types.void(array, types.intp), generate
