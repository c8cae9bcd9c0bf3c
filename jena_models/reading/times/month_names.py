"""Months by their names in the languages of those who write tables, such as `20/dic/2021` and `1 März 2021`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import chain
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from jena_models.reading.matching import plain

IN_ENGLISH: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NAMES: Final = (
    "january januar januari janvier enero gennaio janeiro stycznia styczen ledna leden января январь",
    "february februar februari fevrier febrero febbraio fevereiro feber lutego luty unora unor февраля февраль",
    "march marz maerz maart mrt mars marts marzo marco marca marzec brezna brezen марта март",
    "april avril abril aprile kwietnia kwiecien dubna duben апреля апрель",
    "may mai mei mayo maggio maio maj maja kvetna kveten мая май",
    "june juni juin junio giugno junho czerwca czerwiec cervna cerven июня июнь",
    "july juli juillet julio luglio julho lipca lipiec cervence cervenec июля июль",
    "august augustus augusti aout agosto sierpnia sierpien srpna srpen августа август",
    "september septembre septiembre settembre setembro wrzesnia wrzesien zari сентября сентябрь",
    "october oktober octobre octubre ottobre outubro pazdziernika pazdziernik rijna rijen октября октябрь",
    "november novembre noviembre novembro listopadu ноября ноябрь",
    "december dezember desember decembre diciembre dicembre dezembro grudnia grudzien prosince декабря декабрь",
)
"""Of each month, without accents."""
OF_TWO: Final = frozenset(("lis", "list", "listopad", "lip", "lipa", "srp"))
"""What is one month to Poles or Czechs, and another to Croats."""
FEWEST_LETTERS: Final = 3
_DATE: Final = re.compile(r"(?:^|[\d\s.,/-])(?:de )?([^\W\d_]{3,})\.?(?:[\s.,/-]|$)")
"""A month's name, or the beginning of one, beside digits."""


@cache
def month_number(word: str) -> int | None:
    """Give the month that a name, or the beginning of one, stands for in one of the languages; None where none does.

    Three letters at least tell a month, and `jui` tells none: it may be June or July.
    """
    letters = plain(word)
    if len(letters) < FEWEST_LETTERS or letters in OF_TWO:
        return None
    whole = [number for number, names in enumerate(_NAMES, 1) if letters in names.split()]
    begun = [number for number, names in enumerate(_NAMES, 1) if any(n.startswith(letters) for n in names.split())]
    found = whole or begun
    return found[0] if len(found) == 1 else None


def is_in_english(stamp: str) -> bool:
    """Tell whether the first word of a stamp is a month's English name, whole or of three letters."""
    word = re.search(r"[A-Za-z]{3,}", stamp)
    months = (*IN_ENGLISH, *(names.split()[0] for names in _NAMES))
    return word is not None and word[0].casefold() in {month.casefold() for month in months}


def with_english_month(stamp: str) -> str | None:
    """Give a stamp that names its month as `3 Feb 2021 10:00`; None where it names none."""
    named = [each for each in _DATE.finditer(stamp) if month_number(each[1])]
    if not named:
        return None
    found = named[-1]  # before it `mar.` may stand for a Tuesday
    before, after = stamp[: found.start(1)], stamp[found.end(1) :]
    before = re.sub(r"[\s.,/-]*(?:\bde )?$", "", before)
    before = re.sub(r"^[^\W\d_]{2,}\.?,? +(?=\d)", "", before)  # a weekday
    after = re.sub(r"^[\s.,/-]+(?:del? )?", "", after)
    after = re.sub(r" (?:à|a las|alle|um|kl\.?|at) (?=\d)", " ", after)
    return " ".join(filter(None, (before, IN_ENGLISH[(month_number(found[1]) or 1) - 1], after)))


def with_english_months(texts: Any) -> Any:
    """Give an Arrow column of stamps with each month as `with_english_month` has it; what names none stays."""

    def brought() -> Iterator[str | None]:
        for text in chain.from_iterable(chunk.to_pylist() for chunk in _chunks(texts)):
            yield text if text is None else with_english_month(text) or text

    return pa.array(brought(), pa.string())


def _chunks(texts: Any) -> list[Any]:
    return texts.chunks if isinstance(texts, pa.ChunkedArray) else [texts]


def month_numbers(texts: Any) -> Any:
    """Give an Arrow column of months with the number, as a text, of each that is a name."""
    coded = pc.dictionary_encode(texts)
    coded = coded.combine_chunks() if isinstance(coded, pa.ChunkedArray) else coded
    numbers = [str(month_number(text.strip(". ")) or text) for text in coded.dictionary.to_pylist()]
    return pa.array(numbers, pa.string()).take(coded.indices)
