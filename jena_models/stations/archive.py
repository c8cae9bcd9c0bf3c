"""The bytes of a file of readings: plain, or the one CSV in a zip, which is never unpacked to disk."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Final

from jena_models.errors import SourceNotFoundError, SourceUnreadableError

MOST_BYTES: Final = 2**30
"""Twenty-five official files; what unpacks to more is no file of readings of one station."""

ZIP_MAGIC: Final = b"PK\x03\x04"
EMPTY_ZIP_MAGIC: Final = b"PK\x05\x06"


def read_bytes(path: Path) -> bytes:
    """Give what a file holds, or what the one CSV in a zip holds, in memory.

    Raises:
        SourceNotFoundError: where there is no such file.
        SourceUnreadableError: where it is empty, damaged, or a zip without one CSV or with a path that climbs out.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise SourceNotFoundError(f"There is no file {path}; name a CSV or a zip with one.") from error
    except OSError as error:
        raise SourceUnreadableError(f"The file {path} cannot be read: {error.strerror or error}.") from error
    if not content.strip():
        raise SourceUnreadableError(f"The file {path} is empty; a header and rows of readings are needed.")
    if content.startswith((ZIP_MAGIC, EMPTY_ZIP_MAGIC)):
        return _unzip(content, path)
    if path.suffix.lower() == ".zip":
        raise SourceUnreadableError(f"The file {path} is not a zip, though its name says so; get it anew.")
    return content


def _unzip(content: bytes, path: Path) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            member = _one_csv(archive, path)
            unpacked = archive.read(member)
    except SourceUnreadableError:
        raise
    except Exception as error:  # a damaged zip may fail in any way
        raise SourceUnreadableError(f"The zip {path} is truncated, damaged or locked; get it anew.") from error
    if not unpacked.strip():
        raise SourceUnreadableError(f"The file {member.filename} in {path} is empty; readings are needed.")
    return unpacked


def _one_csv(archive: zipfile.ZipFile, path: Path) -> zipfile.ZipInfo:
    for member in archive.infolist():
        if _climbs_out(member.filename):
            raise SourceUnreadableError(
                f"The zip {path} holds a path that climbs out of it ('{member.filename}') and is not opened; "
                "get it from a source you trust."
            )
    tables = [
        m for m in archive.infolist() if m.filename.lower().endswith(".csv") and not m.filename.startswith("__MACOSX/")
    ]
    if len(tables) != 1:
        held = f"{len(tables)} CSV files" if tables else "no CSV"
        raise SourceUnreadableError(f"The zip {path} holds {held}; one is needed.")
    if tables[0].file_size > MOST_BYTES:
        raise SourceUnreadableError(
            f"The file {tables[0].filename} in {path} unpacks to {tables[0].file_size / 2**30:.1f} GiB; "
            f"at most {MOST_BYTES / 2**30:.0f} GiB are read."
        )
    return tables[0]


def _climbs_out(name: str) -> bool:
    # A zip made on either system may be opened on the other, so both ways of writing a path count.
    return any(
        kind(name).is_absolute() or bool(kind(name).anchor) or ".." in kind(name).parts
        for kind in (PurePosixPath, PureWindowsPath)
    )
