"""The newest rows of a database's table, where its times can be compared for certain: a table may hold years."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from jena_models.sources.databases import connected, is_query, place_of, plain_columns, streamed_rows, table_of

if TYPE_CHECKING:
    from sqlalchemy import ColumnClause, Connection, Select, TableClause

ANY_CLOCK: Final = timedelta(days=2)
"""A time without an offset may be in any clock, and a day stands for all of its hours: so much more is read."""
FIRST_ROWS: Final = 60
SECONDS: Final = range(10**8, 1_940_010_100)
"""Numbers that are seconds since 1970; from June 2031 on they may be a date with an hour too, such as 1940010100."""
MILLISECONDS: Final = range(10**11, 1_940_010_100_000)
ISO_DATE: Final = "____-__-__%"
_ISO_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d([T ].*)?")

Bound = Callable[[datetime], Any]


def read_recent(
    address: str, time_column: Callable[[pd.DataFrame], str | None], since: datetime, until: datetime | None = None
) -> pd.DataFrame | None:
    """Give at least those rows of a table whose times lie in a span; None where that cannot be asked for certain.

    Times, dates, seconds and milliseconds since 1970 and texts in ISO can be compared; rows without a time come too.

    Args:
        address: as `read_database` takes it.
        time_column: gives the column that tells the time, from the table's first rows; None where no single one does.
        since: in UTC, without a zone.
        until: in UTC, without a zone; to the table's end where it is not given.

    Raises:
        RequestError: where the address names no table, or one that is not there.
        SourceUnreadableError: where the database cannot be read.
    """
    from sqlalchemy import and_, column, literal_column, or_, select, table

    place = place_of(address)
    if is_query(place):
        return None
    with connected(place) as connection:
        schema, name, key = table_of(connection, place)
        source = table(name, schema=schema or None)
        rows: Select[Any] = select(literal_column("*")).select_from(source)
        told = time_column(plain_columns(pd.read_sql_query(rows.limit(FIRST_ROWS), connection)))
        bound = _bound(connection, source, told) if told is not None else None
        if told is None or bound is None:
            return None
        time: ColumnClause[Any] = column(told)
        within = [time >= bound(since - ANY_CLOCK), *([time <= bound(until + ANY_CLOCK)] if until else [])]
        odd = [time.is_(None), *([time.not_like(ISO_DATE)] if bound is _text else [])]
        asked = rows.where(or_(and_(*within), *odd)).order_by(*(column(each) for each in key))
        found = streamed_rows(asked, connection)
    if bound is _text and not found[told].dropna().map(lambda text: _ISO_DATE.fullmatch(text) is not None).all():
        return None  # texts of another order than that of the times they stand for
    return found


def _bound(connection: Connection, source: TableClause, told: str) -> Bound | None:
    """Give how a moment is written to be compared with a column; None where that is not certain."""
    import sqlalchemy

    if connection.dialect.name == "sqlite":  # where a column may hold anything, whatever its type is called
        kinds = connection.execute(
            sqlalchemy.select(sqlalchemy.func.typeof(sqlalchemy.column(told))).select_from(source).distinct()
        )
        held = {str(kind) for (kind,) in kinds} - {"null"}
        if held == {"text"}:
            return _text
        return _numbers(connection, source, told) if held and held <= {"integer", "real"} else None
    columns = sqlalchemy.inspect(connection).get_columns(source.name, schema=source.schema)
    kind = next(each["type"] for each in columns if each["name"] == told)
    if isinstance(kind, sqlalchemy.DateTime):
        return _zoned if kind.timezone else _plain
    if isinstance(kind, sqlalchemy.Date):
        return datetime.date
    if isinstance(kind, sqlalchemy.String):
        return _text
    return _numbers(connection, source, told) if isinstance(kind, sqlalchemy.Integer | sqlalchemy.Numeric) else None


def _numbers(connection: Connection, source: TableClause, told: str) -> Bound | None:
    import sqlalchemy

    time: ColumnClause[Any] = sqlalchemy.column(told)
    ends = sqlalchemy.select(sqlalchemy.func.min(time), sqlalchemy.func.max(time)).select_from(source)
    lowest, highest = connection.execute(ends).one()
    for numbers, bound in ((SECONDS, _seconds), (MILLISECONDS, _milliseconds)):
        if lowest is not None and int(lowest) in numbers and int(highest) in numbers:
            return bound
    return None


def _zoned(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)


def _plain(moment: datetime) -> datetime:
    return moment


def _text(moment: datetime) -> str:
    return moment.date().isoformat()


def _seconds(moment: datetime) -> int:
    return int(_zoned(moment).timestamp())


def _milliseconds(moment: datetime) -> int:
    return 1000 * _seconds(moment)
