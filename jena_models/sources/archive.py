"""The bytes of a file of readings: plain, compressed, or the tables in a zip, which is never unpacked to disk."""

from __future__ import annotations

import gzip
import io
import lzma
import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Final

from jena_models.errors import SourceNotFoundError, SourceUnreadableError

MOST_BYTES: Final = 2**30
"""Twenty-five official files; what unpacks to more is no file of readings of one station."""
TABLES: Final = (".csv", ".txt", ".dat", ".tsv", ".parquet", ".nc", ".sdb", ".sqlite", ".db")
JSON: Final = ".json"
"""Beside tables of another kind it says something of them; alone it is one."""
NO_TABLES: Final = ("readme", "license", "licence", "notes", "metadat", "stationsmeta")
"""How names of texts begin that lie beside tables in a zip and are none."""

ZIP_MAGIC: Final = b"PK\x03\x04"
EMPTY_ZIP_MAGIC: Final = b"PK\x05\x06"
GZIP_MAGIC: Final = b"\x1f\x8b"
XZ_MAGIC: Final = b"\xfd7zXZ\x00"
OTHER_KINDS: Final = {
    b"\xd0\xcf\x11\xe0": "a workbook of Excel of before 2007; save the sheet with the readings as CSV",
    b"BZh": "compressed by bzip2; unpack it, or compress it by gzip or xz",
    b"\x28\xb5\x2f\xfd": "compressed by Zstandard; unpack it, or compress it by gzip or xz",
    b"7z\xbc\xaf\x27\x1c": "an archive of 7-Zip; unpack it, and name its folder",
    b"Rar!": "an archive of RAR; unpack it, and name its folder",
    b"ARROW1": "in Arrow's format (Feather); save it as Parquet",
    b"GRIB": "in GRIB; give its values at the station as a table, in CSV or NetCDF",
}
"""What is no table, by its first bytes, and what to do."""
TAR_PLACE: Final = 257


@dataclass(frozen=True)
class Member:
    """One table's bytes."""

    name: str
    """How a sentence names it: `a.csv`, or `a.csv in b.zip`."""
    content: bytes


def read_members(path: Path) -> tuple[Member, ...]:
    """Give what a file holds, unpacked in memory: one table, which may be empty, or each of those in a zip by name.

    Raises:
        SourceNotFoundError: where there is no such file.
        SourceUnreadableError: where it is damaged, or a zip without a table or with a path that climbs out.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise SourceNotFoundError(f"There is no file {path}; name a table or a zip with one.") from error
    except OSError as error:
        raise SourceUnreadableError(f"The file {path} cannot be read: {error.strerror or error}.") from error
    if content.startswith((ZIP_MAGIC, EMPTY_ZIP_MAGIC)):
        return _unzip(content, path)
    if content.startswith(GZIP_MAGIC):
        return (Member(str(path), _inflate(gzip.GzipFile(fileobj=io.BytesIO(content)), path)),)
    if content.startswith(XZ_MAGIC):
        return (Member(str(path), _inflate(lzma.LZMAFile(io.BytesIO(content)), path)),)
    if path.suffix.lower() in {".zip", ".gz", ".xz"}:
        kind = path.suffix.lower()[1:]
        raise SourceUnreadableError(f"The file {path} is not a {kind}, though its name says so; get it anew.")
    _refuse_other_kinds(content, path)
    return (Member(str(path), content),)


def _refuse_other_kinds(content: bytes, path: Path) -> None:
    """Refuse what is no table, and is known by its first bytes, in words of its own: its bytes may look like letters.

    Raises:
        SourceUnreadableError: with what to do.
    """
    for magic, kind in OTHER_KINDS.items():
        if content.startswith(magic):
            raise SourceUnreadableError(f"The file {path} is {kind}.")
    if content[TAR_PLACE:].startswith(b"ustar"):
        raise SourceUnreadableError(f"The file {path} is an archive of tar; unpack it, and name its folder.")
    begins = content[:1000].lstrip().lower()
    if begins.startswith((b"<!doctype html", b"<html", b"<?xml", b"<table")):
        kind = "XML" if begins.startswith(b"<?xml") else "HTML"
        raise SourceUnreadableError(
            f"The file {path} is not a CSV: it is a page, or a tree, in {kind}; save its table as CSV."
        )


def _inflate(packed: gzip.GzipFile | lzma.LZMAFile, path: Path) -> bytes:
    try:
        with packed:
            unpacked = packed.read(MOST_BYTES + 1)
    except Exception as error:  # a damaged file may fail in any way
        raise SourceUnreadableError(f"The file {path} is truncated or damaged; get it anew.") from error
    if len(unpacked) > MOST_BYTES:
        raise SourceUnreadableError(
            f"The file {path} unpacks to more than {MOST_BYTES / 2**30:.0f} GiB, the most that is read."
        )
    _refuse_other_kinds(unpacked, path)
    return unpacked


def _unzip(content: bytes, path: Path) -> tuple[Member, ...]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return tuple(Member(f"{each.filename} in {path}", archive.read(each)) for each in _tables(archive, path))
    except SourceUnreadableError:
        raise
    except Exception as error:  # a damaged zip may fail in any way
        raise SourceUnreadableError(f"The zip {path} is truncated, damaged or locked; get it anew.") from error


def _tables(archive: zipfile.ZipFile, path: Path) -> list[zipfile.ZipInfo]:
    for member in archive.infolist():
        if _climbs_out(member.filename):
            raise SourceUnreadableError(
                f"The zip {path} holds a path that climbs out of it ('{member.filename}') and is not opened; "
                "get it from a source you trust."
            )
    if any(member.filename.startswith("xl/") for member in archive.infolist()):
        raise SourceUnreadableError(f"The file {path} is a workbook of Excel; save the sheet with the readings as CSV.")
    if any(member.filename == "mimetype" for member in archive.infolist()):
        raise SourceUnreadableError(
            f"The file {path} is a sheet of LibreOffice, or another document; save the sheet with the readings as CSV."
        )
    members = archive.infolist()
    tables = [member for member in members if is_table(member.filename)]
    tables = tables or [member for member in members if is_table(member.filename, (JSON,))]
    if not tables:
        raise SourceUnreadableError(f"The zip {path} holds no table ({', '.join((*TABLES, JSON))}); one is needed.")
    size = sum(member.file_size for member in tables)
    if size > MOST_BYTES:
        raise SourceUnreadableError(
            f"What {path} holds unpacks to {size / 2**30:.1f} GiB; at most {MOST_BYTES / 2**30:.0f} GiB are read."
        )
    return sorted(tables, key=lambda member: member.filename)


def is_table(name: str, suffixes: Collection[str] = TABLES) -> bool:
    """Tell by a file's name whether it may hold a table."""
    path = PurePosixPath(name)
    beside = path.name.lower().startswith((".", *NO_TABLES)) or name.startswith("__MACOSX/")
    return path.suffix.lower() in suffixes and not beside


def _climbs_out(name: str) -> bool:
    # A zip made on either system may be opened on the other, so both ways of writing a path count.
    return any(
        kind(name).is_absolute() or bool(kind(name).anchor) or ".." in kind(name).parts
        for kind in (PurePosixPath, PureWindowsPath)
    )
