"""The bytes of a text in UTF-8, whatever they were encoded in."""

from __future__ import annotations

import codecs
import re
from typing import Final

from jena_models.errors import SourceUnreadableError

CHUNK: Final = 2**20
UTF8_MARK: Final = b"\xef\xbb\xbf"
_MINUS: Final = "−".encode()
_JAPANESE: Final = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]{2,}")
_RUSSIAN: Final = re.compile(r"[\u0410-\u044f]{4,}")
_FEWEST_WORDS: Final = 3
"""So many words are no accident of another encoding, in which letters with accents stand alone."""
_OF_WEATHER: Final = (
    ("cp949", ("기온", "습도", "일시", "풍속", "풍향", "기압", "강수량", "지점")),
    ("gb18030", ("气温", "温度", "湿度", "气压", "风速", "风向", "降水", "时间", "日期", "站号")),
)
"""Korean and simplified Chinese, whose bytes may be letters of Japanese too: two words that such tables have."""
_HEADER: Final = 2**16
"""Within so many bytes a table has its names; to decode all of a large file for them takes as long as reading it."""


def decoded(content: bytes, place: str) -> bytes:
    """Give a text in UTF-8 with lines that end in a line feed, whatever its encoding and line ends were.

    Raises:
        SourceUnreadableError: where it is no text.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        content = content.decode("utf-16", errors="replace").encode()
    elif b"\0" in content[:4000]:
        even, odd = content[:4000:2].count(0), content[1:4000:2].count(0)
        if max(even, odd) < min(len(content), 4000) / 4:
            raise SourceUnreadableError(f"The file {place} is not a CSV: it holds binary data.")
        content = content.decode("utf-16-le" if odd > even else "utf-16-be", errors="replace").encode()
    else:
        content = content.removeprefix(UTF8_MARK)
        if not _is_utf8(content):
            content = _of_one_byte(content).encode()
    if not content.isascii() and _MINUS in content:
        content = content.replace(_MINUS, b"-")
    if b"\r" in content:
        content = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return content if content.isascii() else content.replace(b"\n" + UTF8_MARK, b"\n")


def _of_one_byte(content: bytes) -> str:
    """Give a text that is none in UTF-8: in letters of East Asia or Russia where it has such words, else in Latin."""
    for encoding, of_weather in _OF_WEATHER:
        head = content[:_HEADER].decode(encoding, errors="replace")
        if sum(word in head for word in of_weather) > 1:
            return content.decode(encoding, errors="replace")
    for encoding, words in (("cp932", _JAPANESE), ("cp1251", _RUSSIAN)):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if len(words.findall(text)) >= _FEWEST_WORDS:
            return text
    return content.decode("cp1252", errors="replace")


def _is_utf8(content: bytes) -> bool:
    """Tell whether all of a text is in UTF-8, without a copy of it."""
    decoder, whole = codecs.getincrementaldecoder("utf-8")(), memoryview(content)
    try:
        for first in range(0, len(whole), CHUNK):
            decoder.decode(whole[first : first + CHUNK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
