"""The last rows of a file of readings, without a look at those before: what a station has measured of late."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from jena_models.errors import SourceUnreadableError
from jena_models.reading.assembly import assembled
from jena_models.reading.reading import columns_of, is_text, read
from jena_models.reading.texts.fixed_columns import tabs_between_columns
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
        file.seek(size - TAIL_BYTES)
        tail = file.read(TAIL_BYTES)
    first = tail.find(b"\n") + 1
    if not first:
        raise SourceUnreadableError(f"The file {path} has no line that ends within its last {TAIL_BYTES:,} bytes.")
    text = tabs_between_columns(decoded(head, str(path)))
    layout = layout_of(text, str(path), names=schema.file_columns)
    lines = head.split(b"\n")[: layout.first_row]
    content = b"\n".join([*lines, tail[first:]])
    return assembled(columns_of(Member(str(path), content), path, schema.file_columns, schema.flags), schema)


def _can_be_cut(head: bytes) -> bool:
    if not is_text(head) or head.startswith((*PACKED, *BROAD)) or b"\0" in head:
        return False
    return b"\n" in head and b"\r" not in head.replace(b"\r\n", b"")
