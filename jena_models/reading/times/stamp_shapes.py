"""How one time stamp is written: what its digits and signs say of the format of its column."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from jena_models.reading.times.month_names import is_in_english, with_english_month

DAY_COUNTS: Final = {"excel": 25_569.0, "matlab": 719_529.0, "julian": 2_440_587.5, "modified julian": 40_587.0}
"""What 1 January 1970 is by each count of days."""
NAMED_ZONES: Final = {"WET": 0, "WEST": 1, "CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2, "EET": 2, "EEST": 3}
"""Hours ahead of UTC, by letters that stand for one zone alone: CST is a clock of America, and one of China."""
ZONE: Final = (
    rf"(?:(?:UTC|GMT) ?[+-]\d{{1,2}}(?::?\d{{2}})?|[+-]\d{{4}} [A-Z]{{3,4}}|[+-]\d{{2}}(?::?\d{{2}})?|[Zz]|UTC|GMT"
    rf"|{'|'.join(NAMED_ZONES)}"
    rf"|\((?:UTC|GMT|{'|'.join(NAMED_ZONES)})\))"
)
"""Behind an offset letters say no more than it: Go writes `+0000 UTC`."""
_DATES: Final = (
    (re.compile(r"\d{4}([-/.])\d{1,2}\1\d{1,2}"), "%Y{0}%m{0}%d"),
    (re.compile(r"\d{1,2}([-/.])\d{1,2}\1\d{4}"), "%d{0}%m{0}%Y"),
    (re.compile(r"\d{1,2}([-/.])\d{1,2}\1\d{2}(?![\d:])"), "%d{0}%m{0}%y"),
    (re.compile(r"\d{4}(\. )\d{1,2}\1\d{1,2}"), "%Y{0}%m{0}%d"),
    (re.compile(r"\d{1,2}(\. )\d{1,2}\1\d{4}"), "%d{0}%m{0}%Y"),
    (re.compile(r"\d{4}()年\d{1,2}月\d{1,2}日"), "%Y年%m月%d日"),
    (re.compile(r"\d{4}()년 ?\d{1,2}월 ?\d{1,2}일"), "%Y년 %m월 %d일"),
    (re.compile(r"\d{1,2}(|[- ])[A-Za-z]{3}\1\d{4}"), "%d{0}%b{0}%Y"),
    (re.compile(r"\d{1,2}([- ])[A-Za-z]{4,}\1\d{4}"), "%d{0}%B{0}%Y"),
    (re.compile(r"\d{1,2}([- ])[A-Za-z]{3}\1\d{2}(?![\d:])"), "%d{0}%b{0}%y"),
    (re.compile(r"[A-Za-z]{3}( )\d{1,2}, \d{4}"), "%b %d, %Y"),
    (re.compile(r"[A-Za-z]{3}( )\d{1,2} \d{4}"), "%b %d %Y"),
    (re.compile(r"\d{4}( )[A-Za-z]{3} \d{1,2}"), "%Y %b %d"),
    (re.compile(r"()(?:1[7-9]|2\d)\d{2}(?:0[1-9]|1[0-2])\d{2}"), "%Y%m%d"),
    (re.compile(r"()\d{4}(?:19|20)\d{2}(?!\d)"), "%d%m%Y"),  # no month is 19 or 20: none of these is one of those
    (re.compile(r"()\d{8}"), "%Y%m%d"),
)
_TIMES: Final = (
    (re.compile(r"(\d{1,2})([:.])\d{2}\2\d{2}"), "%H{1}%M{1}%S"),
    (re.compile(r"(\d{1,2})([:.])\d{2}"), "%H{1}%M"),
    (re.compile(r"(\d{1,2})()h\d{2}"), "%Hh%M"),
    (re.compile(r"(\d{1,2})()h"), "%Hh"),
    (re.compile(r"(\d{1,2})([时時点點])\d{1,2}分"), "%H{1}%M分"),
    (re.compile(r"(\d{1,2})()시 ?\d{1,2}분"), "%H시 %M분"),
    (re.compile(r"(\d{1,2})([时時点點시])"), "%H{1}"),
    (re.compile(r"(\d{2})()\d{4}(?!\d)"), "%H%M%S"),
    (re.compile(r"(\d{2})()\d{2}(?!\d)"), "%H%M"),
    (re.compile(r"(\d{1,2})()(?!\d)"), "%H"),
)
_YEAR_LAST: Final = re.compile(rf"[A-Za-z]{{3}} {{1,2}}\d{{1,2}} \d{{1,2}}:\d{{2}}(:\d{{2}})? \d{{4}}( {ZONE})?")
"""As C's `ctime` writes it, `Apr  1 00:00:00 2023`."""
_ZONE_WITHIN: Final = re.compile(rf"(.*:\d{{2}}) ({ZONE}) (\d{{4}})")
"""As the command `date` writes it, `Sat Apr  1 00:00:00 UTC 2023`."""
_BETWEEN: Final = re.compile(r"T|, ?|:|\.? +|_|")
"""A point behind the day, as in `2021.02.03. 10:00`, is none before its hour."""
_NOON: Final = re.compile(r" ?(?:[AaPp]\.? ?[Mm]\.?|[AaPp])$")
_WEEKDAY: Final = re.compile(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? +")
_DIGITS: Final = re.compile(r"\d{4}(\d{2})?")
_FRACTION: Final = re.compile(r"(?<=:\d{2})[.,]\d+$")
EPOCH: Final = r"(?:\d{9,14}|\d{16}|\d{19})(?:[.,]\d*)?"
"""Seconds to nanoseconds since 1970; of as many digits as they have in this century."""
DAY_COUNT: Final = r"\d{5,7}(?:[.,]\d*)?"
"""Days, with parts of them, by one of `DAY_COUNTS`."""


@dataclass(frozen=True)
class Shape:
    """How stamps of one kind are written."""

    text: str
    """As `strptime` has it, without what the other fields say."""
    zoned: bool = False
    """An offset from UTC, `Z`, or one of `NAMED_ZONES` stands at the end."""
    fraction: bool = False
    """Parts of a second stand at the end; they are dropped."""
    next_day: bool = False
    """Midnight is written as 24:00 of the day that ends."""
    epoch: bool = False
    """Seconds, or thousandths, millionths or billionths of them, since 1970."""
    days_of: str = ""
    """Days, with parts of them, since when `DAY_COUNTS` says."""
    weekday: bool = False
    """The name of a weekday stands before the date; it says nothing more."""
    zone_within: bool = False
    """The zone stands before the year, behind which it is brought."""
    month: bool = False
    """The month's name, of any language, is read once it is brought to `3 Feb 2021`."""

    @property
    def has_two_orders(self) -> bool:
        """Tell whether the same text may have the day or the month first."""
        return self.text.startswith("%d") and "%m" in self.text

    @property
    def may_have_year_first(self) -> bool:
        """Tell whether the same text may have the year where the day is taken to be."""
        return self.text.startswith("%d") and "%y" in self.text

    @property
    def is_written_day_first(self) -> bool:
        """Tell whether it is written as the day comes first by custom: with dots, or with the month's name."""
        return "." in self.text.partition(" ")[0] or "%b" in self.text

    def with_year_first(self) -> Shape:
        """Give the shape with the year and the day in each other's place."""
        return replace(self, text=self.text.replace("%d", "%?", 1).replace("%y", "%d", 1).replace("%?", "%y", 1))

    def with_order(self, day_first: bool) -> Shape:
        """Give the shape with the day, or the month, first."""
        if day_first:
            return self
        return replace(self, text=self.text.replace("%d", "%?", 1).replace("%m", "%d", 1).replace("%?", "%m", 1))


def shape_of(stamp: str) -> Shape | None:
    """Give how a stamp is written, the day before the month where both are possible; None where it is no stamp."""
    if re.fullmatch(EPOCH, stamp) and not _is_compact(stamp):
        return Shape("", epoch=True)
    if day := _WEEKDAY.match(stamp):
        shape = shape_of(stamp[day.end() :])
        return None if shape is None or shape.epoch else replace(shape, weekday=True)
    if within := _ZONE_WITHIN.fullmatch(stamp):
        shape = shape_of(within.expand(r"\1 \3 \2"))
        return None if shape is None else replace(shape, zone_within=True)
    shape = _shape_of_plain(stamp)
    if shape is not None and "%b" in shape.text.casefold() and not is_in_english(stamp):
        shape = None
    if shape is None and (in_english := with_english_month(stamp)) and in_english != stamp:
        shape = _shape_of_plain(in_english)
        shape = replace(shape, month=True) if shape else None
    return shape


def _shape_of_plain(stamp: str) -> Shape | None:
    if behind := _YEAR_LAST.fullmatch(stamp):
        return Shape("%b %d %H:%M:%S %Y" if behind[1] else "%b %d %H:%M %Y", zoned=behind[2] is not None)
    found = next(((kind, match) for pattern, kind in _DATES if (match := pattern.match(stamp))), None)
    if found is None:
        return None
    date, match = found[0].format(found[1][1]), found[1]
    rest = stamp[match.end() :]
    if rest in {"", "."}:
        return Shape(date + rest)
    between = _BETWEEN.match(rest)
    sign = between[0] if between else ""
    return _with_time(date + sign.replace("  ", " "), rest[len(sign) :])


def _with_time(so_far: str, rest: str) -> Shape | None:
    zone = re.search(rf"\s*{ZONE}$", rest)
    before = rest[: zone.start()] if zone else ""
    is_hour = before.isdigit() and zone is not None and zone[0].strip().isalpha()  # `06Z`; `06-05` may be anything
    zoned = ":" in before or _DIGITS.fullmatch(before) is not None or is_hour
    rest = rest[: zone.start()] if zone and zoned else rest
    noon = _NOON.search(rest)
    rest = rest[: noon.start()] if noon else rest
    fraction = _FRACTION.search(rest)
    rest = rest[: fraction.start()] if fraction else rest
    for pattern, kind in _TIMES:
        if match := pattern.fullmatch(rest):
            time = kind.format("", match[2])
            if noon:
                time = time.replace("%H", "%I") + " %p"
            return Shape(so_far + time, zoned, fraction is not None, next_day=match[1] == "24")
    return None


def _is_compact(digits: str) -> bool:
    """Tell whether digits are a date with or without a time, such as 202101312350."""
    whole = len(digits) in (12, 14)
    months, days, hours = (int(digits[at : at + 2] or 0) for at in (4, 6, 8))
    return whole and digits[:2] in {"19", "20"} and 1 <= months <= 12 and 1 <= days <= 31 and hours <= 24  # noqa: PLR2004
