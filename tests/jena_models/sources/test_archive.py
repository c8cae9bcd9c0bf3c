from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from jena_models.errors import SourceNotFoundError, SourceUnreadableError
from jena_models.sources import archive
from jena_models.sources.archive import read_members

CONTENT = b"date,T\n" + b"2020-01-01 00:10:00,1.5\n" * 2000


def contents(path: Path) -> list[bytes]:
    return [member.content for member in read_members(path)]


def packed(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


def test_a_zip_gives_its_one_csv_and_leaves_nothing_on_disk(tmp_path: Path) -> None:
    path = packed(
        tmp_path / "a.zip", **{"folder/a.CSV": CONTENT, "readme.txt": b"x", "notes.txt": b"x", "__MACOSX/a.csv": b"x"}
    )

    assert contents(path) == [CONTENT]
    assert list(tmp_path.iterdir()) == [path]


def test_a_zip_is_known_by_its_content_whatever_its_name(tmp_path: Path) -> None:
    assert contents(packed(tmp_path / "readings.csv", **{"a.csv": CONTENT})) == [CONTENT]


@pytest.mark.parametrize("name", ["../evil.csv", "/etc/evil.csv", "a/../../evil.csv", "C:\\evil.csv", "..\\evil.csv"])
def test_a_zip_with_a_path_that_climbs_out_is_refused(name: str, tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", **{"good.csv": CONTENT, name: CONTENT})

    with pytest.raises(SourceUnreadableError, match=r"climbs out of it .*evil\.csv"):
        read_members(path)


@pytest.mark.parametrize("kept", [10, 60, 0.5, 0.98])
def test_a_truncated_zip_is_refused(kept: float, tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", **{"a.csv": CONTENT})
    whole = path.read_bytes()
    path.write_bytes(whole[: int(kept if kept > 1 else kept * len(whole))])

    with pytest.raises(SourceUnreadableError, match=r"The zip .*a\.zip is truncated, damaged or locked; get it anew\."):
        read_members(path)


def test_a_zip_with_a_changed_byte_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as file:
        file.writestr("a.csv", CONTENT)
    path.write_bytes(path.read_bytes().replace(b"1.5", b"9.5", 1))

    with pytest.raises(SourceUnreadableError, match="damaged"):
        read_members(path)


@pytest.mark.parametrize("members", [{"a.pdf": b"x"}, {"readme.txt": b"x"}, {}])
def test_a_zip_without_a_table_is_refused(members: dict[str, bytes], tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadableError, match=r"holds no table .* one is needed"):
        read_members(packed(tmp_path / "a.zip", **members))


def test_a_zip_gives_each_of_its_tables_by_name(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", **{"b.txt": b"y", "a.dat": b"x", "Metadaten_Ort.txt": b"z"})

    assert [(member.name, member.content) for member in read_members(path)] == [
        (f"a.dat in {path}", b"x"),
        (f"b.txt in {path}", b"y"),
    ]


@pytest.mark.parametrize(("name", "pack"), [("a.csv.gz", gzip.compress), ("a.csv.xz", lzma.compress)])
def test_a_compressed_file_is_unpacked_and_a_truncated_one_refused(
    name: str, pack: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(pack(CONTENT))
    assert contents(path) == [CONTENT]

    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(SourceUnreadableError, match="truncated or damaged"):
        read_members(path)


def test_a_zip_that_unpacks_to_more_than_a_station_gives_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", 1000)

    with pytest.raises(SourceUnreadableError, match="unpacks to"):
        read_members(packed(tmp_path / "a.zip", **{"a.csv": CONTENT}))


def test_a_file_that_is_only_called_zip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(b"<html>not found</html>")

    with pytest.raises(SourceUnreadableError, match="is not a zip"):
        read_members(path)


def test_no_such_file_is_a_wrong_request(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFoundError, match="There is no file") as caught:
        read_members(tmp_path / "nowhere.csv")
    assert caught.value.exit_code == 2


def test_whichever_bit_of_a_zip_is_flipped_it_is_read_or_refused_in_a_sentence(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", **{"a.csv": b"date,T\n2020-01-01 00:10:00,1.5\n"})
    whole = path.read_bytes()

    for place in range(4, len(whole)):
        for bit in range(8):
            damaged = bytearray(whole)
            damaged[place] ^= 1 << bit
            path.write_bytes(damaged)
            with suppress(SourceUnreadableError):
                assert any(b"2020-01-01" in content for content in contents(path))


def packed_in_tar(content: bytes) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        member = tarfile.TarInfo("a.csv")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def document(name: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, "x")
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "is a workbook of Excel of before 2007; save"),
        ("a.xlsx", document("xl/workbook.xml"), "is a workbook of Excel; save"),
        ("a.ods", document("mimetype"), "is a sheet of LibreOffice, or another document; save"),
        (
            "a.xls",
            b"<html><table><tr><td>Date</td></tr></table></html>",
            "is not a CSV: it is a page, .* in HTML; save",
        ),
        ("a.csv", b"<?xml version='1.0'?>\n<data/>", "is not a CSV: it is a page, or a tree, in XML; save"),
        ("a.csv.bz2", bz2.compress(b"time,T\n2021-01-01,1\n"), "is compressed by bzip2; unpack it"),
        ("a.tar.gz", packed_in_tar(b"time,T\n2021-01-01,1\n"), "is an archive of tar; unpack it"),
        ("a.feather", b"ARROW1\0\0" + bytes(100), "is in Arrow's format .Feather.; save it as Parquet"),
        ("a.grib2", b"GRIB" + bytes(100), "is in GRIB; give"),
    ],
)
def test_what_is_known_by_its_first_bytes_is_refused_with_what_to_do(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(SourceUnreadableError, match=f"^The file .*{name} {said}"):
        read_members(path)
