"""What files call the columns that tell the time, or a part of it."""

from __future__ import annotations

from typing import Final

from jena_models.reading.matching import plain

WHOLE: Final = (
    *("unixtime", "epoch", "timestamp", "tmstamp", "ts", "datetime", "dateandtime", "dateutc", "observationtime"),
    "obstime",
    *("validtime", "validitytime", "valid", "messdatum", "ds"),
)
"""What files call a column that tells all of the time, the most certain first."""
OFTEN_WHOLE: Final = (
    *("obtime", "referencetime", "referencetimestamp", "yyyymmddhhmm", "yyyymmddhh", "yyyymmdd"),
    *("aaaammjjhhmn", "aaaammjjhh", "aaaammjj", "zeit", "zeitstempel", "datum", "fecha", "dt", "date", "time"),
    "observed",
)
"""Further names of it, after those that the station file has."""
_PARTS: Final = {
    "year": (
        "year month day hour minutes in yyyy",  # the Bureau of Meteorology's, as of the minute
        *("year", "yr", "yyyy", "yy", "jahr", "vuosi", "año", "anno", "année", "år", "jaar", "rok"),
        *("年", "년", "年/year"),
    ),
    "month": (
        *("month", "mon", "mo", "mm", "monat", "kk", "kuukausi", "mes", "mese", "mois", "månad", "maand"),
        *("miesiąc", "měsíc", "月", "월", "月/month"),
    ),
    "day": (
        *("day", "dy", "dd", "tag", "pv", "päivä", "día", "giorno", "jour", "dag", "dzień", "den"),
        *("日", "일", "日/day"),
    ),
    "day of the year": ("doy", "jday", "dayofyear", "julianday", "yday", "jd"),
    "hour": (
        *("hour", "hr", "hh", "stunde", "hora", "ora", "heure", "timme", "uur", "godzina", "hh24", "he"),
        *("hour ending", "hour end"),
        *("时", "時", "시"),
    ),
    "minute": ("minute", "min", "minutes", "mn", "mi", "mi format in local standard time", "mi format in local time"),
    "second": ("second", "sec", "seconds", "ss"),
}
PARTS: Final = {part: tuple(map(plain, names)) for part, names in _PARTS.items()}
DATE: Final = "date"
"""A part that is written as a date."""
CLOCK: Final = "time of day"
"""A part that is written as a clock shows it: `18:00`, or `1800`."""
CLOCKS: Final = (
    *("time", "hour", "hr", "zeit", "uhrzeit", "clock", "hourofday", "hora", "horamin", "ora", "heure", "klo"),
    *("anfang", "beginn", "tid", "tijd"),
    *("aika", "hhmm", "hrmn", "hourminute", "timeofday", "utc", "gmt", "lst", "mst", "pst", "est", "cst"),
    *("stunde", "timme", "uur", "godzina", "час", "время", "he", "hours", "hourending", "hourend"),
)
ENDS: Final = (
    *("end", "endtime", "enddate", "enddatetime", "timeend", "to", "until", "till", "ende", "bis", "datumbis"),
    *("fin", "heurefin", "hasta", "horafin", "fine", "slut", "einde", "eind", "loppu", "koniec", "konec"),
)
"""What files call the column that tells when each row ends, beside one that tells when it begins."""
PERIOD: Final = "period of the day"
"""A part that counts hours, halves or quarters of one through the day."""
PERIODS: Final = frozenset(
    ("settlementperiod", "period", "sp", "halfhour", "halfhourperiod", "periodo", "tradingperiod", "tp", "interval")
)
