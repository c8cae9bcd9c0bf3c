"""Readings in a database: a table or a query, through SQLAlchemy; credentials never leave the address."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

import pandas as pd

from jena_models.errors import RequestError, SourceNotFoundError, SourceUnreadableError

SQLITE_MAGIC: Final = b"SQLite format 3\x00"
KINDS: Final = ("sqlite", "postgresql", "postgres", "mysql", "mariadb")
DRIVERS: Final = {"postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql"}
BETWEEN: Final = "::"
"""Stands between a database's address and the table or query."""
LIKELY_TABLES: Final = ("archive", "readings", "observations", "weather", "data")


def is_database(address: str) -> bool:
    """Tell whether an address is that of a database."""
    return address.partition("://")[0].partition("+")[0] in KINDS and "://" in address


def without_password(address: str) -> str:
    """Give an address as it may be shown and logged."""
    return re.sub(r"(://[^:/@\s]*):[^@/\s]*@", r"\1:***@", address)


def read_database(address: str) -> pd.DataFrame:
    """Give all rows of a table, or of a query that only selects.

    Args:
        address: such as `sqlite:///weewx.sdb::archive` or `postgresql://reader:${PASSWORD}@host/weather::select …`;
            what stands in `${…}` is taken from the environment.

    Raises:
        RequestError: where it names no table, or one that is not there.
        SourceUnreadableError: where the database cannot be read.
    """
    from sqlalchemy import create_engine, inspect, text
    from sqlalchemy.exc import SQLAlchemyError

    where, _, what = os.path.expandvars(address).partition(BETWEEN)
    shown = without_password(address.partition(BETWEEN)[0])
    if left := re.search(r"\$\{?(\w+)", where):
        raise RequestError(f"The address {shown} needs {left[1]} from the environment, which does not name it.")
    kind, _, rest = where.partition("://")
    if kind == "sqlite" and not Path(rest.lstrip("/") if rest.startswith("////") else rest[1:]).expanduser().is_file():
        raise SourceNotFoundError(f"There is no database file {rest[1:]}; check the address {shown}.")
    engine = create_engine(f"{DRIVERS.get(kind, kind)}://{rest}")
    try:
        with engine.connect() as connection:
            if what.strip().casefold().startswith(("select", "with")):
                return pd.read_sql_query(text(what), connection)
            tables = [*inspect(connection).get_table_names(), *inspect(connection).get_view_names()]
            table = _one_table(what.strip(), tables, shown)
            quoted = engine.dialect.identifier_preparer.quote(table)
            return pd.read_sql_query(text(f"SELECT * FROM {quoted}"), connection)  # noqa: S608 - a table that is there
    except (SQLAlchemyError, ImportError) as error:
        reason = without_password(" ".join(str(getattr(error, "orig", error)).split()))[:200]
        raise SourceUnreadableError(f"The database {shown} cannot be read: {reason}.") from error
    finally:
        engine.dispose()


def _one_table(named: str, tables: list[str], shown: str) -> str:
    from jena_models.errors import nearest

    if named:
        if named not in tables:
            raise RequestError(f"The database {shown} has no table '{named}'; {nearest(named, tables)}")
        return named
    if len(tables) == 1:
        return tables[0]
    likely = [table for table in LIKELY_TABLES if table in tables]
    if likely:
        return likely[0]
    raise RequestError(
        f"The database {shown} has {len(tables)} tables; name one, as in {shown}{BETWEEN}{(tables or ['TABLE'])[0]}."
    )
