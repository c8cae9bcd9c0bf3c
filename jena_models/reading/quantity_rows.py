"""Tables with a row for each value, which say in a column what it is of: brought side by side, a row for each time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import pandas as pd
import pyarrow.compute as pc

from jena_models.errors import SourceUnreadableError
from jena_models.reading.assembly import QUALITY, STATIONS, Columns
from jena_models.reading.matching import named_like, plain, taken_apart
from jena_models.reading.times.time_columns import time_columns
from jena_models.reading.user_tables import FrameColumns
from jena_models.stations.schema import Column, StationSchema

KINDS: Final = (
    *("uniqueid", "variable", "variablename", "parameter", "parametername", "paramname", "param", "quantity"),
    *("elementid", "parameterid", "variableid", "element", "datatype", "measurement", "measure", "property"),
    *("observedproperty", "field", "fieldname", "pollutant", "pollutantname", "species", "series", "seriesname"),
    *("channel", "channelname", "metric", "entityid", "entity", "sensor", "sensorname", "sensortype", "type", "name"),
)
"""What files call the column that says what a row's value is of."""
VALUES: Final = (
    *("y", "value", "values", "val", "state", "reading", "result", "obsvalue", "observedvalue", "wert", "mean"),
    *("datavalue", "measuredvalue", "samplemeasurement"),
)
"""What files call the column with the values."""
UNITS: Final = ("unit", "units", "uom", "unitofmeasurement", "unitsofmeasure", "unitofmeasure", "einheit")
SERIES: Final = frozenset(KINDS[KINDS.index("series") :]) | {"uniqueid"}
"""Those that may say just as well of which station, or which sensor, a row is."""
MOST_KINDS: Final = 200
FEW_AGAIN: Final = 0.01
"""So many rows may repeat the time and the quantity of another."""


def side_by_side(
    source: Columns, quantities: Iterable[Column], schema: StationSchema, *, of_any: bool = False
) -> Columns:
    """Give a table with a column for each quantity, where it has a row for each value; any other as it is.

    Of a time that has a quantity twice there are two rows, as in any table that repeats a time.

    Args:
        source: whose columns are not loaded yet, or may be loaded again.
        quantities: those that one of the rows' names is to stand for.
        schema: says how the time is told.
        of_any: whether rows of quantities that none of those is are brought side by side too.

    Raises:
        SourceUnreadableError: where the values of a quantity are in several units.
    """
    header = list(source.header)
    labels = [taken_apart(name).label for name in header]
    kinds, values = _places(labels, KINDS), _places(labels, VALUES)
    if not kinds or not values or any(header[kind] in schema.select for kind in kinds):
        return source
    sample = source.sample()
    values = [place for place in values if any(row[place : place + 1] != [""] for row in sample)]
    if len(values) != 1:
        return source
    found = time_columns(header, sample, schema)
    if found is None or values[0] in found.positions:
        return source
    is_any = of_any and not any(named_like(each, header) for each in quantities)
    names_of = {kind: _names_in(source, kind) for kind in kinds if kind not in found.positions}
    # What names quantities goes before what names anything, and that before what is the same in every row.
    stand = {kind for kind, names in names_of.items() if _stand_for(names, header, quantities)}
    for kind in sorted(names_of, key=lambda kind: (kind not in stand, len(names_of[kind]) == 1)):
        is_said = is_any and labels[kind] not in SERIES
        if 1 <= len(names_of[kind]) <= MOST_KINDS and (is_said or kind in stand):
            source.load([kind], [])
            texts = source.texts(kind).to_pandas().str.strip()
            beside = [i for i in _places(labels, STATIONS) if i != kind and i not in kinds]
            keys, units = [*found.positions, *beside], _places(labels, UNITS)
            quality = _places(labels, [plain(word) for word in QUALITY])[:1]
            others = [
                i for i in range(len(header)) if header[i] and i not in (*keys, *kinds, *values, *units, *quality)
            ]
            keys += _telling_apart(source, texts, keys, others)
            return _pivoted(source, texts, keys, values[0], units, quality=quality)
    return source


def _names_in(source: Columns, position: int) -> list[str]:
    source.load([position], [])
    return [name for name in pc.utf8_trim_whitespace(source.texts(position).unique()).unique().to_pylist() if name]


def _places(labels: Sequence[str], wanted: Sequence[str]) -> list[int]:
    """Give where labels are among those that are wanted, the most certain first."""
    return [i for each in wanted for i, label in enumerate(labels) if label == each]


def _stand_for(names: Sequence[str], header: Sequence[str], quantities: Iterable[Column]) -> bool:
    """Tell whether one of the names is that of a quantity which has no column of its own."""
    return any(named_like(column, names) and not named_like(column, header) for column in quantities)


def _telling_apart(source: Columns, kinds: pd.Series, keys: Sequence[int], others: Sequence[int]) -> list[int]:
    """Give the column that tells rows of one quantity and time apart, such as a height; none where none is needed."""
    source.load(keys, [])
    told = pd.DataFrame({key: source.texts(key).to_pandas() for key in keys}).assign(kind=kinds.to_numpy())
    if told.duplicated().mean() <= FEW_AGAIN:
        return []
    source.load(others, [])
    for other in others:
        held = source.texts(other).to_pandas()
        if 1 < held.nunique() <= MOST_KINDS and told.assign(apart=held).duplicated().mean() <= FEW_AGAIN:
            return [other]
    return []


def _pivoted(
    source: Columns,
    kinds: pd.Series,
    keys: Sequence[int],
    value: int,
    unit_places: Sequence[int],
    *,
    quality: Sequence[int],
) -> FrameColumns:
    source.load([*keys, *unit_places, *quality], [value])
    frame = pd.DataFrame({f"#{key}": source.texts(key).to_pandas() for key in keys})
    try:
        frame["value"] = source.numbers(value, "")
    except SourceUnreadableError:  # letters for a wind's direction, say: read once it is known what they are of
        source.load([*unit_places, *quality, value], [])
        frame["value"] = source.texts(value).to_pandas()
    frame["kind"] = kinds.to_numpy()
    held = ["value"]
    for place in quality:
        frame["quality"] = source.texts(place).to_pandas()
        held.append("quality")
    frame = frame[frame["kind"] != ""]
    columns = [f"#{key}" for key in keys]
    frame["again"] = frame.groupby([*columns, "kind"], sort=False).cumcount()
    names = list(dict.fromkeys(frame["kind"]))
    index = [*columns, "again"]
    order = frame[index].drop_duplicates()
    wide = frame.pivot(index=index, columns="kind", values=held).reindex(pd.MultiIndex.from_frame(order))
    wide = wide[[(each, name) for each in held for name in names]].reset_index().drop(columns="again", level=0)
    told = [f"{name} {source.header[place]}" for place in quality for name in names]
    wide.columns = pd.Index([*(source.header[key] for key in keys), *names, *told])
    units = [""] * len(keys) + _units(source, kinds, names, unit_places) + [""] * len(told)
    return FrameColumns(wide, source.name, units if any(units) else ())


def _units(source: Columns, kinds: pd.Series, names: Sequence[str], places: Sequence[int]) -> list[str]:
    if not places:
        return [""] * len(names)
    told = pd.DataFrame({"kind": kinds, "unit": source.texts(places[0]).to_pandas().str.strip()})
    told = told[told["unit"] != ""].drop_duplicates()
    units = told.groupby("kind")["unit"].agg(list)
    for name in names:
        if len(units.get(name, ())) > 1:
            raise SourceUnreadableError(
                f"The file {source.name} has values of '{name}' in several units, {' and '.join(units[name][:4])}; "
                "give those of one unit."
            )
    return [units[name][0] if name in units.index else "" for name in names]
