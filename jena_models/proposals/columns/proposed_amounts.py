"""Over how many hours amounts of rain are, where that is no step: as the header hints, or how far apart they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jena_models.errors import SettingsError, nearest
from jena_models.proposals.draft import Draft, Table
from jena_models.proposals.evidence import cadence_minutes, hours_of_overlapping_sums, in_order
from jena_models.reading.amounts import hours_in
from jena_models.stations.cleaned.amount_steps import hours_between_amounts
from jena_models.stations.schema import LONGEST_AMOUNT_HOURS, SUMMED, Column

KEY: Final = "amount_hours"
POSSIBLE_TRACES: Final = (-1.0, -0.1)

Values = NDArray[np.float64]


def remark_on_traces(columns: Sequence[Column], series: Mapping[str, Values], draft: Draft) -> None:
    """Tell of amounts that are -1 or -0.1, which services write for too little to be measured, and others for none."""
    for column in columns:
        if column.quantity not in SUMMED:
            continue
        for trace in set(POSSIBLE_TRACES).difference(column.traces, column.sentinels):
            if count := int((series[column.name] == trace).sum()):
                draft.remark(
                    f"{count:,} values of '{column.source}' are {trace:g}: write 'traces: [{trace:g}]' beside "
                    f"{column.name} in the station file where that is too little to be measured, 'sentinels: "
                    f"[{trace:g}]' where it is a missing value; as it is, they are impossible."
                )


def with_amount_hours(columns: Sequence[Column], table: Table, draft: Draft) -> list[Column]:
    """Give columns, those of amounts with how many hours each is over, where the table leaves a doubt that is answered.

    Args:
        columns: of all tables.
        table: whose series are looked at; its times are known, or a question about them is open.
        draft: takes the question.

    Raises:
        SettingsError: where an answer is neither a number of hours nor a column.
    """
    return [
        column.model_copy(update={KEY: _amount_hours(column, table, draft)})
        if column.quantity in SUMMED and column.name in table.series
        else column
        for column in columns
    ]


def _amount_hours(column: Column, table: Table, draft: Draft) -> float | str | None:
    if KEY in draft.answers:
        draft.asked.add(KEY)
        return _answered(draft.answers[KEY].strip(), table)
    if column.amount_hours or table.local is None:
        return column.amount_hours
    step = cadence_minutes(table.local)
    times, amounts = in_order(table.local, table.series[column.name])
    apart = hours_between_amounts(times, amounts, step)
    named = 0 if table.known else hours_in(column.source)
    overlapping = None if named or apart else hours_of_overlapping_sums(times, amounts)
    likely = named or apart or overlapping
    if likely is None or likely * 60 == step:
        return None
    why = f"its name says {likely:g} hours" if named else f"it holds a value every {likely:g} hours"
    why = f"each is the sum of the last {likely:g} hours by its values" if overlapping else why
    draft.answer(
        KEY,
        f"Over how many hours is each amount in '{column.source}', or which column says it?",
        f"{why}, where rows are {step:g} minutes apart",
        f"{likely:g}",
    )
    return None


def _answered(answer: str, table: Table) -> float | str:
    try:
        hours = float(answer)
    except ValueError:
        if answer not in table.header:
            raise SettingsError(
                f"'{answer}' is neither a number of hours nor a column; {nearest(answer, filter(None, table.header))}"
            ) from None
        return answer
    if not 0 < hours <= LONGEST_AMOUNT_HOURS:
        raise SettingsError(f"amount_hours={answer} is to be more than 0, and {LONGEST_AMOUNT_HOURS} at most.")
    return hours
