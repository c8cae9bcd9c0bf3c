"""The last rows of a file of readings, without a look at those before: what a station has measured of late."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

from jena_models.errors import DayUncertainError, SourceUnreadableError
from jena_models.reading.assembly import assembled
from jena_models.reading.quantity_rows import side_by_side
from jena_models.reading.reading import columns_of, is_text, read
from jena_models.reading.texts.fixed_columns import tabs_between_columns
from jena_models.reading.texts.header_names import names_in_one_line
from jena_models.reading.texts.plain_rows import with_plain_rows
from jena_models.reading.texts.text_layout import layout_of
from jena_models.sources.archive import GZIP_MAGIC, XZ_MAGIC, ZIP_MAGIC, Member
from jena_models.sources.encodings import decoded
from jena_models.sources.several_files import files_of
from jena_models.stations.raw_readings import RawReadings
from jena_models.stations.schema import StationSchema

HEAD_BYTES: Final = 2**15
"""The layout and the header stand within them."""
TAIL_BYTES: Final = 2**16
"""Some hundred rows, or a thousand and more: days of them."""
MOST_WHOLE_BYTES: Final = 2**22
"""What cannot be cut, such as a zip or a Parquet file, is read whole up to this size."""
PACKED: Final = (ZIP_MAGIC, GZIP_MAGIC, XZ_MAGIC)
LOOKS: Final = 16
"""So many parts of a file are looked at where its last rows leave open whether the day or the month comes first."""
BROAD: Final = (b"\xff\xfe", b"\xfe\xff")
"""How a text in UTF-16 begins, of which no byte tells where a line ends."""


def newest_file(path: Path) -> Path:
    """Give the file that was changed last of those that a path stands for.

    Raises:
        SourceNotFoundError: where it stands for none.
    """
    return max(files_of(path), key=lambda file: file.stat().st_mtime_ns)


def newest_rows(path: Path, schema: StationSchema, most_whole: int = MOST_WHOLE_BYTES) -> RawReadings | None:
    """Give the last rows of a file, hundreds of a text table; None of a large file that cannot be cut.

    Args:
        path: of a file of readings as `read` takes it.
        schema: of the station.
        most_whole: the most bytes of a file that cannot be cut.

    Raises:
        SourceUnreadableError: where it does not hold readings of the station for certain.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        is_small = size <= HEAD_BYTES + TAIL_BYTES
        if is_small or not _can_be_cut(head):
            return read(path, schema) if is_small or size <= most_whole else None
        tail = _whole_lines(file, size - TAIL_BYTES, TAIL_BYTES)
        if not tail:
            raise SourceUnreadableError(f"The file {path} has no line that ends within its last {TAIL_BYTES:,} bytes.")
    text = names_in_one_line(tabs_between_columns(decoded(head, str(path))))
    layout = layout_of(text, str(path), names=schema.file_columns)
    lines = head.split(b"\n")[: layout.first_row]

    def among(rows: bytes, station: StationSchema) -> RawReadings:
        member = Member(str(path), b"\n".join([*lines, rows]))
        columns = columns_of(member, path, station.file_columns, station.flags)
        return assembled(side_by_side(columns, station.columns, station), station)

    try:
        return among(tail, schema)
    except DayUncertainError as error:
        return among(tail, schema.model_copy(update={"time_formats": (_order_told(path, error, among, schema),)}))
    except SourceUnreadableError:
        if size > most_whole:
            raise
        return read(path, schema)  # the rows above may tell what these do not, such as their date


def _order_told(
    path: Path, error: DayUncertainError, among: Callable[[bytes, StationSchema], RawReadings], schema: StationSchema
) -> str:
    """Give how dates are written whose order the last rows leave open: as rows from all of the file can be read.

    Raises:
        DayUncertainError: where these leave it open too.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        rows = [_whole_lines(file, size * part // (LOOKS + 1), TAIL_BYTES // LOOKS) for part in range(1, LOOKS + 1)]
    fitting = []
    for way in error.ways:
        with suppress(SourceUnreadableError):
            among(b"".join(rows), schema.model_copy(update={"time_formats": (way,)}))
            fitting.append(way)
    if len(fitting) != 1:
        raise error
    return fitting[0]


def _whole_lines(file: BinaryIO, first: int, length: int) -> bytes:
    """Give the lines that lie whole within a part of a file; a last one that it has not ended yet is whole too."""
    file.seek(first)
    part = file.read(length)
    begin, ends = part.find(b"\n") + 1, first + len(part) == os.fstat(file.fileno()).st_size
    return part[begin:] if ends and begin else part[begin : part.rfind(b"\n") + 1]


def _can_be_cut(head: bytes) -> bool:
    if not is_text(head) or head.startswith((*PACKED, *BROAD)) or b"\0" in head or with_plain_rows(head) != head:
        return False
    return b"\n" in head and b"\r" not in head.replace(b"\r\n", b"")
