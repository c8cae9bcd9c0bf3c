"""Which columns of a table may be a quantity, by what they are called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from jena_models.reading.matching import HeaderName, in_place, plain, taken_apart
from jena_models.stations.schema import Column
from jena_models.stations.units import conversion, known_unit, plain_unit_of

NEUTRAL: Final = frozenset(
    (
        *("mean", "average", "avg", "hourly", "instantaneous", "instant", "current", "outdoor", "outside", "out"),
        "obs",
        *("observed", "measured", "mittel", "mittlere", "mittelwert", "aussen", "außen", "medio", "media", "moyenne"),
        *(
            "promedio",
            "moyen",
            "medie",
            "médio",
            "média",
            "gemiddelde",
            "medel",
            "middel",
            "snitt",
            "średnia",
            "średni",
        ),
        *("průměrná", "průměr", "priemerná", "átlag", "átlagos", "ortalama", "prosječna", "srednja", "средняя"),
        *("main", "values", "ambient", "arith", "arithmetic", "vec", "vector"),
        *("above", "gnd", "agl", "hc", "ext", "exterieure", "extérieure", "exterieur", "extérieur", "exterior"),
        *("esterna", "esterno", "externa", "externo", "external", "shade", "height"),
        *("ins", "inst", "instantanea", "instantânea", "instantané"),
        *("at", "of", "the", "tower", "met", "ch", "channel", "set", "prevailing", "elevation", "corrected"),
    )
)
"""Words beside a quantity's name that leave it the same quantity."""
INSIDE: Final = frozenset(("indoor", "inside", "in", "innen", "room", "soil", "ground", "boden", "logger", "battery"))
ELSEWHERE: Final = INSIDE | frozenset(
    (
        *("indoors", "water", "sea", "river", "lake", "wasser", "cpu", "panel", "module", "cell", "road", "tyre"),
        *("w", "kw", "mw", "gw", "wh", "kwh", "mwh", "gwh", "mwp", "kwp", "tire", "car", "vehicle"),
    )
)
"""What a name may say in parentheses that makes another quantity of it: `Temperature (water)`, `Wind (MW)`."""
OF_AIR_OR_WATER: Final = frozenset(("speed", "direction", "dir"))
"""Names that are a wind's, unless they are called those of a current."""
IN_SHORT: Final = {
    "T": frozenset(("at", "lt", "tl", "tt", "ttt")),
    "Tdew": frozenset(("dp",)),
    "p": frozenset(("ap", "msl", "p0", "pp")),
    "rh": frozenset(("hr", "rf", "u", "ur", "uu")),
    "wv": frozenset(("wg",)),
    "wd": frozenset(("wr",)),
    "rain": frozenset(("n", "p", "r", "rf", "rr", "rr1")),
    "radiation": frozenset(("g", "gr", "rad", "rg", "rs", "sr", "swr")),
}
"""Names that may be much else, and are a quantity's where their unit is one of it: `HR (%)`, `P (mm)`, `G (W/m2)`."""
HEIGHT: Final = re.compile(r"\d|(avg|mean)?\d{1,2}(m|ft)|200cm|1d")
CHIP: Final = re.compile(r"(?:aht|bme|bmp|dht|hdc|sht)\d{1,4}")
"""A sensor's own name, as in `BME280_temperature`."""
USUAL_HEIGHT: Final = re.compile(r"(?<![\w.])(?:1\.5|2|10) ?m\b")
SAYS_NOTHING: Final = re.compile(r"(?:LGR|SEN) S/N: ?\d+(?:-\d+)?|^(?:0 ?- ?)?360 ?(?:deg(?:rees?)?)?$")
"""What stands in parentheses too: the numbers of a logger and its sensor, and how far directions go."""
GLUED_MEAN: Final = re.compile(r"^(?:mean|avg|average)(?=temp|press|hum|wind|dew)")
"""A word that says how, without a space."""
_OTHER_SCRIPT: Final = re.compile(r"[^\W\d_a-zA-Z\u00aa-\u024f]+")
"""Words in other letters than Latin ones."""
SAID_HEIGHT: Final = re.compile(r"(?:\b(?:at|in|on|a|à|auf|på) )?\b\d{1,2}(?:[.,]\d+)? ?m\b", re.IGNORECASE)
"""A height in words: `Temperature at 2 m`, `Lufttemperatur in 2 m`, `Temperatura media a 1.5m`."""
_SENSOR: Final = re.compile(r"(?:[ _]\d){3}$|[ _](?:S|D1)[ _]WVT$")
"""Where a flux tower has a sensor, as in `SW_IN_1_1_1`, and which mean a Campbell logger made of a wind."""
AT_HEIGHT: Final = re.compile(r"(?<=[a-z])\d{1,2}m$")
"""A height that is a part of the word, as in `WS10M`."""


def likely_columns(quantity: Column, names: Sequence[HeaderName], taken: set[int]) -> list[int]:
    """Give the columns that have one of a quantity's names, and of twins in several units the one in its own."""
    given, names = names, [in_place(name, quantity) for name in names]
    labels = {plain(taken_apart(each).label) for each in (quantity.name, quantity.quantity, *quantity.aliases)}
    # One letter with a unit of something else stands for that: `P (mm)` is no pressure.
    others = {i for i, name in enumerate(names) if len(name.label) == 1 and name.qualifier != given[i].qualifier}
    others |= {i for i, name in enumerate(names) if ELSEWHERE & set(_words(name.qualifier))}
    free = [i for i in range(len(names)) if i not in taken | others]
    ways = (lambda name: name.label, _told_shortly, _in_latin_letters, _of_its_sensor)
    found = next(filter(None, ([i for i in free if way(names[i]) in labels] for way in ways)), [])
    own = known_unit(plain_unit_of(quantity.name))
    short = IN_SHORT.get(quantity.quantity, frozenset())
    found = found or [i for i in free if {names[i].label, _told_shortly(names[i])} & short and _is_of(names[i], own)]
    plainly = [i for i in found if is_plain(names[i])] or found
    same = [i for i in plainly if (unit := known_unit(names[i].unit)) and own and conversion(unit, own) == (1.0, 0.0)]
    return same if len(plainly) > 1 and len(same) == 1 else plainly


def is_plain(name: HeaderName) -> bool:
    """Tell whether nothing in a name's parentheses may make another quantity of it; `(out)` and `[2 m]` do not."""
    return NEUTRAL.issuperset(_words(SAYS_NOTHING.sub(" ", USUAL_HEIGHT.sub(" ", name.qualifier))))


def _told_shortly(name: HeaderName) -> str:
    """Give a name without words that say how, where or how high it was measured; empty where it is another's."""
    words = re.findall(r"[^\W_]+", SAID_HEIGHT.sub(" ", name.said))
    said = " ".join(word for i, word in enumerate(words) if i == 0 or not _is_unit_beside(word))
    words = _words(said)
    kept = [word for word in words if word not in NEUTRAL and not (HEIGHT.fullmatch(word) or CHIP.fullmatch(word))]
    if INSIDE & set(words) or ("current" in words and OF_AIR_OR_WATER.issuperset(kept)):
        return ""
    short = GLUED_MEAN.sub("", "".join(plain(AT_HEIGHT.sub("", word)) for word in kept))
    return "" if len(short) == 1 and _SENSOR.search(name.said) else short  # `P_1_1_1` is precipitation


def _in_latin_letters(name: HeaderName) -> str:
    """Give what a name says in Latin letters where it says the same in others too: `氣溫 Temperature`, `年/Year`."""
    if not _OTHER_SCRIPT.search(name.said):
        return ""
    return _told_shortly(replace(name, said=_OTHER_SCRIPT.sub(" ", name.said)))


def _of_its_sensor(name: HeaderName) -> str:
    """Give what is left of a name without the place of its sensor; empty where it names none."""
    said = _SENSOR.sub("", name.said)
    label = taken_apart(said).label if said != name.said else ""
    return label if len(label) > 1 else ""


def _is_of(name: HeaderName, own: str | None) -> bool:
    unit = known_unit(name.unit)
    return unit is not None and own is not None and conversion(unit, own) is not None


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", text).casefold())


def _is_unit_beside(word: str) -> bool:
    """Tell whether a word is a unit, as in `BP_hPa_Avg`; one letter may be anything, and `in` a place."""
    return len(word) > 1 and word.casefold() not in INSIDE and known_unit(word) is not None
