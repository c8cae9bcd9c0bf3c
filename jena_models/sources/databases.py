"""Readings in a database: a table or a query, through SQLAlchemy; credentials come from the environment."""

from __future__ import annotations

import datetime
import decimal
import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from jena_models.errors import (
    DatabaseUnreachableError,
    RequestError,
    SourceNotFoundError,
    SourceUnreadableError,
    nearest,
)
from jena_models.sources.credentials import VARIABLE, refuse_secrets, with_environment, without_secrets
from jena_models.sources.silent_servers import ANSWER_PART, give_up_when_silent

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Select

SQLITE_MAGIC: Final = b"SQLite format 3\x00"
DRIVERS: Final = {
    **dict.fromkeys(("postgres", "postgresql"), "postgresql+psycopg"),
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
}
KINDS: Final = ("sqlite", "postgresql", "postgres", "mysql", "mariadb")
PACKAGES: Final = {"psycopg": "'jena-forecast[postgresql]'"}
WITH_READ_TIMEOUT: Final = frozenset({"pymysql", "mysqldb"})
"""Drivers of MySQL and MariaDB that give up a server that says nothing, where they are told to."""
BETWEEN: Final = "::"
"""Stands between a database's address and the table or query."""
LIKELY_TABLES: Final = ("archive", "readings", "observations", "weather", "data")
ROWS_AT_A_TIME: Final = 50_000
LISTED: Final = 6
CONNECT_SECONDS: Final = 10
ANSWER_SECONDS: Final = 300.0
"""How long a server may say nothing that is to give rows."""


@dataclass(frozen=True)
class Place:
    """A database, and what of it is wanted."""

    url: URL
    wanted: str
    """A table or a query; empty where the only table is meant."""
    shown: str
    """The database's address, as it may be shown."""


def is_database(address: str) -> bool:
    """Tell whether an address is that of a database."""
    kind, between, _ = address.partition("://")
    return bool(between) and kind.partition("+")[0].casefold() in KINDS


def read_database(address: str) -> pd.DataFrame:
    """Give all rows of a table, in the order of its key, or of a query that only selects.

    Args:
        address: such as `sqlite:///weewx.sdb::archive` or `postgresql://reader:${PASSWORD}@host/weather::select …`;
            what stands in `${…}` is taken from the environment.

    Raises:
        RequestError: where it names no table, or one that is not there.
        SourceNotFoundError: where there is no such SQLite file.
        SourceUnreadableError: where the database cannot be read.
    """
    place = place_of(address)
    with connected(place) as connection:
        query = _query(connection, place)
        # As it is written: colons and per cent signs of a query stand for themselves.
        return streamed_rows(query, connection.execution_options(no_parameters=True))


@contextmanager
def connected(place: Place) -> Iterator[Connection]:
    """Give a connection that may only read; what the database refuses becomes a sentence of the project's own.

    Raises:
        SourceUnreadableError: where the database, or what is asked of it, cannot be read.
    """
    from sqlalchemy import create_engine
    from sqlalchemy.exc import OperationalError, SQLAlchemyError

    give_up_when_silent()
    try:
        # What the driver is told of silence stands among its options, under a name of its own.
        engine = create_engine(place.url.difference_update_query([ANSWER_PART]), **connection_options(place))
        try:
            with engine.connect() as connection:
                if connection.dialect.name == "sqlite":
                    connection.exec_driver_sql("PRAGMA query_only = ON")
                yield connection
        finally:
            engine.dispose()
    except ImportError as error:
        package = PACKAGES.get(str(error.name), str(error.name))
        raise SourceUnreadableError(
            f"The database {place.shown} needs {error.name}, which is not installed; pip install {package}."
        ) from error
    except (SQLAlchemyError, pd.errors.DatabaseError) as error:
        # pandas gives what a query comes to as errors of its own, and also that the server ended the connection.
        cut_off = getattr(error.__cause__, "connection_invalidated", False)
        unreachable = cut_off or isinstance(error, OperationalError)
        kind = DatabaseUnreachableError if unreachable else SourceUnreadableError
        raise kind(f"The database {place.shown} cannot be read: {_reason(error, place)}.") from None


def place_of(address: str) -> Place:
    """Give the database of an address, and what of it is wanted.

    Raises:
        RequestError: for an address that is none, holds a password, or needs what the environment does not have.
        SourceNotFoundError: where there is no such SQLite file.
    """
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    # The host may be an IPv6 address, which has two colons side by side too.
    found = re.fullmatch(r"([^:/]+://[^/]*(?:/.*?)?)(?:::(.*))?", address.strip(), re.DOTALL)
    where, wanted = (found[1], found[2] or "") if found else (address, "")
    refuse_secrets(where)
    shown = without_secrets(where)
    kind, _, rest = where.partition("://")
    try:
        told = make_url(f"{DRIVERS.get(kind.casefold(), kind)}://{rest}")
    except (ArgumentError, ValueError):
        raise RequestError(
            f"The address {shown} is none of a database; write it like postgresql://user@host:5432/name::table."
        ) from None
    parts = {name: getattr(told, name) for name in ("username", "password", "host", "database")}
    known = {name: with_environment(str(part), shown) for name, part in parts.items() if part and VARIABLE.search(part)}
    query = {name: _expanded(value, shown) for name, value in told.query.items()}
    url = told.set(**known, query=query)  # type: ignore[arg-type]  # no part is a port
    if url.get_backend_name() == "sqlite":
        file = Path(url.database or "").expanduser()
        if not file.is_file():
            raise SourceNotFoundError(f"There is no database file {url.database or ''}; check the address {shown}.")
        url = url.set(database=str(file))
    return Place(url, wanted.strip(), shown)


def _expanded(value: str | tuple[str, ...], shown: str) -> str | tuple[str, ...]:
    if isinstance(value, str):
        return with_environment(value, shown)
    return tuple(with_environment(each, shown) for each in value)


def connection_options(place: Place) -> dict[str, Any]:
    """Have a server give its times in UTC, whatever zone a session has, and one that falls silent be given up."""
    kind, driver = place.url.get_backend_name(), place.url.get_driver_name()
    if kind == "postgresql":
        options = "-c timezone=UTC -c default_transaction_read_only=on"
        told: dict[str, Any] = {"options": options, ANSWER_PART: _answer_seconds(place)}
    elif driver in WITH_READ_TIMEOUT:
        told = {"read_timeout": math.ceil(_answer_seconds(place))}
    else:
        return {}
    return {"connect_args": {"connect_timeout": CONNECT_SECONDS, **told}}


def _answer_seconds(place: Place) -> float:
    told = place.url.query.get(ANSWER_PART, str(ANSWER_SECONDS))
    try:
        seconds = float(str(told))
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise RequestError(f"The address {place.shown} has no number of seconds in {ANSWER_PART}, but '{told}'.")
    return seconds


def is_query(place: Place) -> bool:
    """Tell whether a query is wanted and not a table."""
    return place.wanted.casefold().startswith(("select", "with"))


def table_of(connection: Connection, place: Place) -> tuple[str, str, tuple[str, ...]]:
    """Give the schema, which may be empty, the name and the key's columns of the table that is wanted.

    Raises:
        RequestError: where it names no table, or one that is not there.
    """
    from sqlalchemy import inspect

    looked = inspect(connection)
    schema, point, table = place.wanted.rpartition(".")
    if point and schema in looked.get_schema_names():
        names = [*looked.get_table_names(schema), *looked.get_view_names(schema)]
        if table not in names:
            raise RequestError(f"The database {place.shown} has no table '{place.wanted}'; {nearest(table, names)}")
    else:
        schema, names = "", [*looked.get_table_names(), *looked.get_view_names()]
        table = _one_table(place.wanted, names, place.shown)
    key = looked.get_pk_constraint(table, schema or None)["constrained_columns"]
    return schema, table, tuple(key)


def _query(connection: Connection, place: Place) -> str:
    if is_query(place):
        return place.wanted
    schema, table, key = table_of(connection, place)
    quote = connection.dialect.identifier_preparer.quote
    whole = f"{quote(schema)}.{quote(table)}" if schema else quote(table)
    # Without an order a database may give its rows in any; what makes them one by one has a key, as a rule.
    order = f" ORDER BY {', '.join(quote(name) for name in key)}" if key else ""
    return f"SELECT * FROM {whole}{order}"  # noqa: S608 - names that are there, quoted


def _one_table(named: str, tables: list[str], shown: str) -> str:
    if named:
        if named not in tables:
            raise RequestError(f"The database {shown} has no table '{named}'; {nearest(named, tables)}")
        return named
    if len(tables) == 1:
        return tables[0]
    likely = [table for table in LIKELY_TABLES if table in tables]
    if likely:
        return likely[0]
    if not tables:
        raise RequestError(f"The database {shown} has no table that may be read; check its name and the rights.")
    listed = ", ".join(tables[:LISTED])
    raise RequestError(
        f"The database {shown} has {len(tables)} tables ({listed}{' …' if len(tables) > LISTED else ''}); name one, "
        f"as in {shown}{BETWEEN}{tables[0]}."
    )


def streamed_rows(query: str | Select[Any], connection: Connection) -> pd.DataFrame:
    """Give the rows of a query, some at a time made plain, so that few are ever in memory as the driver gives them."""
    asked = connection.execution_options(stream_results=True)
    parts = [plain_columns(part) for part in pd.read_sql_query(query, asked, chunksize=ROWS_AT_A_TIME)]
    return plain_columns(pd.concat(parts, ignore_index=True)) if len(parts) > 1 else parts[0]


def plain_columns(chunk: pd.DataFrame) -> pd.DataFrame:
    """Give columns as numbers, times or texts, whatever types the database has beside them."""
    return pd.DataFrame({str(name): _plain_column(chunk.iloc[:, i]) for i, name in enumerate(chunk.columns)})


def _plain_column(column: pd.Series) -> pd.Series:
    if column.dtype != object:
        return column
    known = column.dropna()
    if all(isinstance(value, int | float | decimal.Decimal) for value in known):
        return column.astype("float64")
    if all(isinstance(value, datetime.datetime) and value.tzinfo for value in known):
        return pd.to_datetime(column, utc=True)
    return column.map(str, na_action="ignore").astype("string")


def _reason(error: Exception, place: Place) -> str:
    """Give in one line why, without the password wherever a driver may repeat it."""
    if isinstance(error, pd.errors.DatabaseError) and isinstance(error.__cause__, Exception):
        error = error.__cause__
    told = " ".join(str(getattr(error, "orig", None) or error).split())
    if place.url.password:
        told = told.replace(str(place.url.password), "***")
    return without_secrets(told)[:200].rstrip(".?")
