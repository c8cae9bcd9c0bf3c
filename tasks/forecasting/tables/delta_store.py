"""One Delta table with the forecasts of many registered models, which many machines write: a folder or an object store.

Its files lie by month of issue time and by group of models, so that whoever reads one model opens few of them. A commit
is made on the table as it was seen: where another was made meanwhile, the table is looked at again, so that no row is
lost and none is there twice. It is the extra `pip install 'jena-forecast[delta]'`.
"""

from __future__ import annotations

import os
import random
import re
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

import pandas as pd

from jena_models.errors import ForecastsTableError, RequestError
from jena_models.sources.credentials import refuse_secrets
from tasks.forecasting.tables.forecast_rows import COLUMNS, IDENTITY, in_utc, no_rows, typed
from tasks.workspace import named_folder

if TYPE_CHECKING:
    from deltalake import DeltaTable

Asked = TypeVar("Asked")

MODEL: Final = "registered_model"
"""Whose forecast a row is, beside the columns that a model's own files have."""
MONTH: Final = "month"
GROUP: Final = "model_group"
SCHEMES: Final = ("s3", "s3a", "gs", "az", "abfs", "abfss")
"""Object stores that refuse to write over what somebody else wrote meanwhile."""
GROUPS: Final = 32
"""Groups that models are divided into: a station's rows lie in one of them."""
WRITING: Final = "forecasts"
"""What each writer says that it does: of two that saw the same table, the second must look again."""
MODEL_ORDER: Final = (MODEL, "issue_time")
"""How rows lie in a file, so that those of a model lie together."""
TRIES: Final = 40
CUT_TRIES: Final = 3
"""An object store's client asks again by itself only until an answer has begun."""
CUT: Final = r"(?i)reset by peer|broken pipe|connection (was )?closed|response body|IncompleteMessage"
"""What it says of a connection that ended before the answer did."""
LONGEST_WAIT: Final = 2.0
"""Seconds between two tries, at random up to this."""
FRESH_SECONDS: Final = 1.0
"""For so long what was seen of the table is taken for what it is, where many are asked for one after the other."""
ROWS_A_GROUP: Final = 16_384
"""Of a file: what is read at a time."""


class DeltaStore:
    """The table at a place: a folder, or an address such as `s3://bucket/path` with credentials in the environment.

    Raises:
        RequestError: where there can be no table at the place, or the address has a password in it.
    """

    def __init__(self, place: str) -> None:
        refuse_secrets(place)
        scheme, separator, _ = place.partition("://")
        if separator and scheme not in SCHEMES:
            raise RequestError(
                f"The forecasts table cannot be at {place}; name a folder, or an address that begins with "
                f"{', '.join(f'{known}://' for known in SCHEMES)}."
            )
        self.address = place if separator else str(named_folder(place, "forecasting.table"))

    def append(self, rows: pd.DataFrame) -> Counter[str]:
        """Add the rows that the table does not hold yet, in one commit; gives how many of each model are new.

        Args:
            rows: the `COLUMNS` and `MODEL`; of several that are the same forecast the first counts.

        Raises:
            ForecastsTableError: where the table cannot be read or written.
        """
        first = rows.drop_duplicates([MODEL, *IDENTITY], keep="first")
        with self._told("written"):
            from deltalake.exceptions import CommitFailedError

            return _tried(lambda: self._commit(first), TRIES, CommitFailedError)

    def rows(
        self, model_name: str, start: datetime | pd.Timestamp | None = None, end: datetime | None = None
    ) -> pd.DataFrame:
        """Give the rows of a model that were issued from `start` to `end`, both in UTC and included, in no order.

        Raises:
            ForecastsTableError: where the table cannot be read.
        """
        with self._told("read"):
            return _unless_cut(lambda: self._rows(model_name, start, end))

    def files(self) -> pd.DataFrame:
        """Give the table's files, as they are seen now: where they lie, how large, how old, what they hold.

        Columns: `path`, `size_bytes`, `modification_time` (milliseconds), `num_records`, the month and the group, and
        `min.…` and `max.…` of the rows' columns.
        """
        import pyarrow as pa

        with self._told("read"):
            table = self.seen()
            if table is None:
                return pd.DataFrame()
            version = (self.address, table.version())
            with _LOCK:
                if version not in _files:
                    _files.clear()
                    _files[version] = pa.table(table.get_add_actions(flatten=True)).to_pandas()
                    for gone in _models.keys() - set(_files[version]["path"]):
                        del _models[gone]
                return _files[version]

    def models_in(self, path: str, month: str, group: int) -> frozenset[str]:
        """Give the registered models that have rows in one of the files, which never change."""
        if path not in _models:
            with self._told("read"):
                table = self.seen()
                if table is None:
                    return frozenset()
                lying = table.to_pyarrow_dataset(file_pruning_predicate=[(MONTH, "=", month), (GROUP, "=", str(group))])
                for each in lying.get_fragments():
                    if each.path not in _models:
                        _models[each.path] = frozenset(each.to_table(columns=[MODEL])[MODEL].unique().to_pylist())
        return _models.get(path, frozenset())

    def seen(self, *, anew: bool = False) -> DeltaTable | None:
        """Give the table as it was seen a moment ago, or as it is now; None where there is none."""
        with _LOCK:
            table, looked = _seen.get(self.address, (None, -FRESH_SECONDS))
            if not anew and time.monotonic() - looked < FRESH_SECONDS:
                return table
            _seen.pop(self.address, None)  # should looking fail, the next looks from the beginning
            if table is None:
                table = self._opened()
            else:
                table.update_incremental()
            _seen[self.address] = (table, time.monotonic())
            return table

    def _rows(self, model_name: str, start: datetime | pd.Timestamp | None, end: datetime | None) -> pd.DataFrame:
        import pyarrow.dataset as ds

        table = self.seen(anew=True)
        if table is None:
            return no_rows()
        chosen = ds.field(MODEL) == model_name
        if start is not None:
            since = pd.Timestamp(start)
            chosen &= (ds.field(MONTH) >= since.isoformat()[:7]) & (ds.field("issue_time") >= _stamp(since))
        if end is not None:
            until = pd.Timestamp(end)
            chosen &= (ds.field(MONTH) <= until.isoformat()[:7]) & (ds.field("issue_time") <= _stamp(until))
        files = table.to_pyarrow_dataset(file_pruning_predicate=[(GROUP, "=", str(group_of(model_name)))])
        return typed(files.to_table(columns=list(COLUMNS), filter=chosen).to_pandas())

    def _opened(self) -> DeltaTable | None:
        from deltalake import DeltaTable
        from deltalake.exceptions import TableNotFoundError

        try:
            return DeltaTable(self.address)
        except TableNotFoundError:
            return None

    def _commit(self, rows: pd.DataFrame) -> Counter[str]:
        """Add what is new on the table as it is now.

        Raises:
            CommitFailedError: where another process was quicker.
        """
        import pyarrow as pa
        from deltalake import CommitProperties, Transaction, WriterProperties, write_deltalake

        # What is written is not tried again here: it may be there although its answer was lost, and goes with the next.
        table, new = _unless_cut(lambda: self._new_among(rows))
        if len(new):
            written = new.sort_values(list(MODEL_ORDER)).assign(
                **{MONTH: new["issue_time"].dt.strftime("%Y-%m"), GROUP: new[MODEL].map(group_of)}
            )
            turn = (table.transaction_version(WRITING) or 0) + 1
            write_deltalake(
                table,
                pa.Table.from_pandas(in_utc(written), schema=_schema(), preserve_index=False),
                mode="append",
                writer_properties=WriterProperties(compression="ZSTD", max_row_group_size=ROWS_A_GROUP),
                commit_properties=CommitProperties(app_transactions=[Transaction(WRITING, turn)]),
            )
        with _LOCK:
            _seen.pop(self.address, None)
        return Counter(new[MODEL].tolist())

    def _new_among(self, rows: pd.DataFrame) -> tuple[DeltaTable, pd.DataFrame]:
        table = self._opened() or self._made()
        return table, _not_in(table, rows)

    def _made(self) -> DeltaTable:
        from deltalake import DeltaTable

        return DeltaTable.create(self.address, _schema(), mode="ignore", partition_by=[MONTH, GROUP], name="forecasts")

    @contextmanager
    def _told(self, done: str) -> Iterator[None]:
        """Tell what goes wrong with the table in a sentence that holds no credentials."""
        try:
            import pyarrow as pa
            from deltalake.exceptions import DeltaError
        except ImportError:
            raise RequestError(
                f"The forecasts table at {self.address} is a Delta table, which needs deltalake: "
                "pip install 'jena-forecast[delta]'."
            ) from None
        try:
            yield
        except (DeltaError, OSError, pa.ArrowException, KeyError) as error:
            raise ForecastsTableError(
                f"The forecasts table at {self.address} cannot be {done} ({reason_of(error)}); see to it that it "
                "is there and that the credentials in the environment are right."
            ) from None


_LOCK: Final = threading.RLock()
_seen: Final[dict[str, tuple[DeltaTable | None, float]]] = {}
_files: Final[dict[tuple[str, int], pd.DataFrame]] = {}
_models: Final[dict[str, frozenset[str]]] = {}


def _unless_cut(ask: Callable[[], Asked]) -> Asked:
    """Ask for what changes nothing, and again where the connection was cut."""
    from deltalake.exceptions import DeltaError

    return _tried(ask, CUT_TRIES, DeltaError, OSError, saying=CUT)


def _tried(ask: Callable[[], Asked], tries: int, *errors: type[Exception], saying: str = "") -> Asked:
    """Ask, and after a random wait again where one of the errors says so; the last try fails as it fails."""
    for _ in range(tries - 1):
        try:
            return ask()
        except errors as error:
            if not re.search(saying, str(error)):
                raise
        time.sleep(random.uniform(0, LONGEST_WAIT))  # noqa: S311  (no secret)
    return ask()


def group_of(model_name: str) -> int:
    """Give the group of models that a model's rows lie with."""
    return zlib.crc32(model_name.encode()) % GROUPS


def _not_in(table: DeltaTable, rows: pd.DataFrame) -> pd.DataFrame:
    """Give the rows that a table does not hold; of its files only those are opened that may hold the like."""
    import pyarrow.dataset as ds

    issued, key = rows["issue_time"], [MODEL, *IDENTITY]
    files = table.to_pyarrow_dataset(
        file_pruning_predicate=[
            (MONTH, "in", sorted(issued.dt.strftime("%Y-%m").unique())),
            (GROUP, "in", sorted({str(group_of(name)) for name in rows[MODEL].unique()})),
        ]
    )
    within = (ds.field("issue_time") >= _stamp(issued.min())) & (ds.field("issue_time") <= _stamp(issued.max()))
    known = files.to_table(columns=key, filter=within).to_pandas()
    known["issue_time"] = known["issue_time"].dt.tz_localize(None).astype(COLUMNS["issue_time"])
    held = pd.MultiIndex.from_frame(known.astype({name: COLUMNS[name] for name in IDENTITY}))
    return rows[~pd.MultiIndex.from_frame(rows[key]).isin(held)]


def _schema() -> Any:
    import pyarrow as pa

    numbers = {"float64": pa.float64(), "int64": pa.int64()}
    kinds = {"datetime64[s]": pa.timestamp("us", "UTC"), "str": pa.string(), **numbers}
    columns = [(name, kinds[kind]) for name, kind in COLUMNS.items()]
    return pa.schema([(MODEL, pa.string()), *columns, (MONTH, pa.string()), (GROUP, pa.int32())])


def _stamp(moment: pd.Timestamp) -> Any:
    import pyarrow as pa

    return pa.scalar(moment.tz_localize("UTC").to_pydatetime(), pa.timestamp("us", "UTC"))


def reason_of(error: BaseException) -> str:
    """Give why an object store refused, in a few words and without what is secret."""
    told = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
    told = re.split(r"\n\s*0: ", told)[0]  # where RUST_BACKTRACE is set, the places in the code follow
    told = re.sub(r"Error performing \w+ \S+ in .*? - ", "", told)
    code = re.search(r"<Code>(\w+)</Code>", told)
    lines = [line.strip(" ↳:") for line in told.splitlines() if line.strip(" ↳:")]
    reason = code[1] if code else " ".join((lines[-1] if lines else type(error).__name__).split())[:160].rstrip(".")
    secrets = [value for name, value in os.environ.items() if value and re.search(r"SECRET|TOKEN|KEY|PASSWORD", name)]
    for secret in sorted(secrets, key=len, reverse=True):
        reason = reason.replace(secret, "***")
    return reason
