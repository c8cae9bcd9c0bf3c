"""Readings, station files, profiles and settings with something wrong in them, each drawn from a seed."""

from __future__ import annotations

import io
import zipfile
from random import Random
from typing import Final

ODD_VALUES: Final = (
    *("", " ", "-", "NaN", "inf", "-inf", "1e308", "-1e308", "1e999", "9999", "-300", "0x10", "1,5", "12abc", "#REF!"),
    *("null", "\0", "\x1b[31m", "ä", "𝟙", "१", "9" * 6000, '"', "''", "=1+1", "-9999", "-9999.0", "1_000", "+-3", "٣"),
)
ODD_TIMES: Final = (
    *("01.01.9999 00:00:00", "01.01.2260 00:00:00", "01.01.0001 00:00:00", "31.02.2009 00:00:00", "yesterday", ""),
    *("2009-01-01T00:00:00Z", "01.01.2009", "00:00:00", "32.13.2009 25:61:61", "1230768000", "29.02.2009 00:00:00"),
)
ODD_SETTINGS: Final = (
    *(".inf", "-.inf", ".nan", "-1", "0", "1e300", "1e-300", "2020-99-99", "2020-01-01", "9" * 6000, "0x" + "f" * 6000),
    *("[]", "{}", "[[[]]]", "{a: {b: c}}", "null", "~", "''", "true", "abc", "[0]", "[1]", "[-1, .nan]", "[" * 3000),
    *("!!python/object:os.system x", "!!binary ####", "!!timestamp abc", "!!int x", "!!float y", "!!bool z"),
    "!!set {a}",
    *("&a [*a]", "*nothing", "a: b: c", "%", "@", "`", "\t", "\u0000", "\ud83d", "ä/ö", "../../etc", "~nouser/x"),
    *("x" * 5000, "1" + "0" * 400, "999999999999999999999", "2147483648", "1.5", "0.0000001", "lstm", "quick", "?"),
)
NUMBERS: Final = 97
"""How often a place is drawn that a mutation of bytes goes for."""


def readings(rows: int = 400) -> str:
    """Give an hourly file of a station as it should be."""
    lines = ["Date Time,p (mbar),T (degC),rh (%),wv (m/s)"]
    for hour in range(rows):
        day, clock = 1 + hour // 24, hour % 24
        warmth = 5 + 4 * ((hour * 7919) % 13) / 13 - abs(clock - 14) / 4
        pressure, humidity, wind = 990 + (hour * 31 % 50) / 10, 60 + (hour * 17 % 30), 0.5 + (hour * 13 % 40) / 10
        month = 1 + (day - 1) // 28
        stamp = f"{1 + (day - 1) % 28:02d}.{month:02d}.2009 {clock:02d}:00:00"
        lines.append(f"{stamp},{pressure:.2f},{warmth:.2f},{humidity:.2f},{wind:.2f}")
    return "\n".join(lines) + "\n"


def mutated_readings(draw: Random) -> bytes:
    """Give a file of readings with one thing wrong, or a few."""
    lines = readings().splitlines()
    for _ in range(draw.choice((1, 1, 1, 3))):
        _mutate_table(lines, draw)
    content = draw.choice(("\n", "\n", "\n", "\r\n", "\r")).join(lines).encode("utf-8", "surrogatepass") + b"\n"
    if draw.random() < 0.15:  # noqa: PLR2004  (one in seven is zipped)
        content = zipped(content)
    if draw.random() < 0.25:  # noqa: PLR2004  (one in four has bytes changed)
        content = with_bytes_changed(content, draw)
    return content


def mutated_text(text: str, draw: Random) -> bytes:
    """Give a YAML file with one thing wrong."""
    lines = text.splitlines()
    row = draw.randrange(len(lines))
    match draw.randrange(7):
        case 0:
            key = lines[row].partition(":")[0]
            lines[row] = f"{key}: {draw.choice(ODD_SETTINGS)}"
        case 1:
            del lines[row]
        case 2:
            lines.insert(row, lines[row])
        case 3:
            lines[row] = " " * draw.randrange(1, 9) + lines[row]
        case 4:
            lines.insert(row, f"{draw.choice(ODD_SETTINGS)}: {draw.choice(ODD_SETTINGS)}")
        case 5:
            return with_bytes_changed(text.encode(), draw)
        case _:
            return text.encode(draw.choice(("utf-16", "utf-32", "latin-1", "utf-8-sig")), "replace")
    return "\n".join(lines).encode("utf-8", "replace")


def mutated_assignment(places: list[str], draw: Random) -> str:
    """Give a `key=value` that hardly any setting can have, mostly of one of the dotted names of all settings."""
    key = draw.choice(places) if draw.random() < 0.9 else draw.choice(ODD_SETTINGS)  # noqa: PLR2004
    return f"{key}={draw.choice(ODD_SETTINGS)}"


def places_of(settings: object, prefix: str = "") -> list[str]:
    """Give the dotted names of a tree's leaves."""
    if not isinstance(settings, dict) or not settings:
        return [prefix.rstrip(".")]
    return [place for name, branch in settings.items() for place in places_of(branch, f"{prefix}{name}.")]


def with_bytes_changed(content: bytes, draw: Random) -> bytes:
    """Give a content with bits flipped, bytes cut off or doubled."""
    changed = bytearray(content)
    match draw.randrange(4):
        case 0:
            for _ in range(draw.choice((1, 1, 5, NUMBERS))):
                changed[draw.randrange(len(changed))] ^= 1 << draw.randrange(8)
        case 1:
            del changed[draw.randrange(len(changed)) :]
        case 2:
            at = draw.randrange(len(changed))
            changed[at:at] = bytes(draw.randrange(256) for _ in range(draw.randrange(1, NUMBERS)))
        case _:
            at = draw.randrange(len(changed))
            changed[at:at] = changed[: draw.randrange(1, 2000)]
    return bytes(changed)


def zipped(content: bytes) -> bytes:
    """Give a zip with one file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("readings.csv", content)
    return packed.getvalue()


def _mutate_table(lines: list[str], draw: Random) -> None:
    row = draw.randrange(1, len(lines))
    fields = lines[row].split(",")
    way = draw.randrange(10)
    match way:
        case 0 | 1 | 2:
            fields[draw.randrange(1, len(fields)) if len(fields) > 1 else 0] = draw.choice(ODD_VALUES)
        case 3:
            fields[0] = draw.choice(ODD_TIMES)
        case 4:
            fields.append(draw.choice(ODD_VALUES))
        case 5:
            fields = fields[: draw.randrange(len(fields))]
        case 6:
            names = lines[0].split(",")
            names[draw.randrange(len(names))] = draw.choice(
                (*ODD_VALUES, "T (K)", "T (degF)", "T (degC)", "time", "x" * 5_000_000)
            )
            lines[0] = ",".join(names)
        case 7:
            other = draw.randrange(1, len(lines))
            lines[row], lines[other] = lines[other], lines[row]
        case 8:
            lines[row:row] = lines[row : row + draw.randrange(1, 60)]
        case _:
            del lines[row : row + draw.randrange(1, len(lines))]
    if way < 6 and row < len(lines):  # noqa: PLR2004
        lines[row] = ",".join(fields)
