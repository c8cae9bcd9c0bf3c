"""Which columns of a table are which quantities, in which units."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from jena_models.errors import SettingsError, SourceUnreadableError, nearest
from jena_models.proposals.catalogue import catalogue
from jena_models.proposals.columns.doubtful_numbers import NO_VALUE, no_readings
from jena_models.proposals.columns.likely_columns import is_plain, likely_columns
from jena_models.proposals.columns.places_in_names import place_of, without_places
from jena_models.proposals.columns.proposed_units import mistaken_unit, proposed_unit
from jena_models.proposals.columns.told_quality import tell_quality, with_quality
from jena_models.proposals.columns.told_stations import tells_rows_apart
from jena_models.proposals.draft import Draft, Table
from jena_models.proposals.evidence import without_habits
from jena_models.proposals.named_formats import SourceColumn
from jena_models.reading.assembly import STATIONS
from jena_models.reading.matching import HeaderName, plain, taken_apart
from jena_models.reading.texts.number_texts import are_directions
from jena_models.reading.unit_checks import is_possible
from jena_models.stations.schema import Column
from jena_models.stations.units import known_unit

Values = NDArray[np.float64]

PERIODS_A_DAY: Final = (24, 25, 48, 50, 96, 100)
"""Hours, halves and quarters of one, and as many as the longest day has."""
_OF_POWER: Final = re.compile(
    r"(?i)(?<![a-z])([kmg]wh?|load|demand|price|power|energy)(?![a-z])|generation|consumption|(?<![a-z])verbrauch"
)
"""What a name says of power, of which a wind and a sun beside it may be the sources."""
SOURCES_OF_POWER: Final = {"wind": "wv", "solar": "radiation"}
_HOUR_NAME: Final = re.compile(
    r"(?i)(?:h|hr|he|hour|hora|stunde|hh|q|qh|p|tp|sp|period|periodo)?[ _]?\d{1,3}(?::00)?(?:h|hr)?"
)
SPEEDS: Final = ("wv", "max_wv")
OFTEN_NOTHING: Final = 0.01
"""A series that is 0 at so large a share of its times, and never less, is never less: power at night, no rain."""
LISTED: Final = 6
SAME_NAMES: Final = "several columns are called so; give each a name of its own."


def quantities_of(table: Table, draft: Draft, known_already: Sequence[Column] = ()) -> list[Column]:
    """Give the columns of a table that measure a quantity, and keep their numbers.

    Args:
        table: to look at.
        draft: takes the questions.
        known_already: columns of other tables; each quantity is taken from the first that has it.
    """
    header, names = table.header, table.names
    had = {column.quantity for column in known_already}
    taken, columns = set(table.found.positions), []
    placeless = without_places(names, taken)
    turned = _of_letters(table) | {i for i, name in enumerate(names) if known_unit(name.unit) == "degree"}
    sources = set() if table.known else _sources_of_power(names) - turned
    foreign = table.known is not None and _is_in_other_units(table, draft)
    for quantity in catalogue():
        if quantity.quantity in had:
            continue
        preset = table.known.columns.get(quantity.quantity) if table.known else None
        is_free = table.known is None or not table.known.columns or table.known.has_free_names
        if preset is None and not is_free and not draft.is_source_answered(quantity.quantity):
            continue  # the format names all that it has
        # A column called `Wind` with letters, or in degrees, is the direction, and `Speed` beside it the speed.
        barred = taken | sources | (turned if quantity.quantity in SPEEDS else set())
        position = _position(quantity, preset, (names, placeless), barred, draft, is_free=is_free)
        if position is None and quantity.quantity == "wd" and is_free:
            position = _of_wind(turned, names, taken)
        if position is None:
            continue
        try:
            values = table.numbers(position, quantity.quantity)
        except SourceUnreadableError as error:
            draft.leave(header[position], str(error))
            continue
        quality, values = with_quality(quantity.quantity, preset, position, values, table=table, draft=draft)
        taken.add(position)
        asked = preset is not None or draft.is_source_answered(quantity.quantity)
        if why := no_readings(quantity, values, position, table, draft, asked=asked):
            draft.leave(header[position], why)
            continue
        told = preset.unit_of(header[position]) if preset and not foreign and header[position] in preset.sources else ""
        is_found = likely_columns(quantity, [names[position]], set())
        name = names[position] if is_found else placeless[position]
        unit = proposed_unit(quantity, name, told, values, draft)
        wrong = mistaken_unit(names[position].unit, unit)
        found_here: dict[str, Any] = {"source": header[position], "unit": unit, "wrong_unit": wrong, "aliases": ()}
        found_here |= quality
        if preset:
            kept = {"amount_hours", "sentinels", "traces"}
            found_here |= {name: getattr(preset, name) for name in kept}
        columns.append(quantity.model_copy(update=found_here))
        table.series[quantity.name] = values
    for position in sorted(sources - taken):
        draft.remark(
            f"'{header[position]}' may be of power, as a column beside it is, and was not taken for weather; --answer "
            f"source:{SOURCES_OF_POWER[names[position].label]}={header[position]} does so."
        )
    return columns


def _sources_of_power(names: Sequence[HeaderName]) -> set[int]:
    """Give the columns called wind or solar alone, without a unit, in a table of power."""
    alone = {i for i, name in enumerate(names) if name.label in SOURCES_OF_POWER and not name.unit}
    return alone if any(_OF_POWER.search(name.text.replace("_", " ")) for name in names) else set()


def _of_letters(table: Table) -> set[int]:
    """Give which columns hold compass letters, or words of them."""
    sample = table.source.sample()
    return {i for i in range(len(table.header)) if are_directions(row[i] for row in sample if i < len(row))}


def _of_wind(turned: set[int], names: Sequence[HeaderName], taken: set[int]) -> int | None:
    """Give the one column of letters, or in degrees, that is called as a wind's speed may be; None where none is."""
    speed = next(each for each in catalogue() if each.quantity == "wv")
    found = likely_columns(speed, [replace(name, unit="") for name in names], set(range(len(names))) - turned | taken)
    return found[0] if len(found) == 1 else None


def _is_in_other_units(table: Table, draft: Draft) -> bool:
    """Tell whether pressure cannot be in the unit that the format names: then no other quantity need be either."""
    preset = table.known.columns.get("p") if table.known else None
    unit = known_unit(preset.unit) if preset else None
    if table.known is None or preset is None or unit is None:
        return False
    if "unit:p" in draft.answers:
        return known_unit(draft.answers["unit:p"]) != unit
    name = next((each for each in preset.sources if each in table.header), None)
    if name is None:
        return False
    try:
        values = table.numbers(table.header.index(name), "p")
    except SourceUnreadableError:
        return False
    known = without_habits(values[~np.isin(values, table.known.sentinels)])
    if not len(known) or is_possible(known, unit, next(each for each in catalogue() if each.quantity == "p")):
        return False
    draft.remark(f"'{name}' cannot be in {preset.unit}, as in other files of this format: all units are asked for.")
    return True


def _position(
    quantity: Column,
    preset: SourceColumn | None,
    ways: tuple[Sequence[HeaderName], Sequence[HeaderName]],
    taken: set[int],
    draft: Draft,
    *,
    is_free: bool,
) -> int | None:
    names, placeless = ways
    texts = [name.text for name in names]
    key = f"source:{quantity.quantity}"
    if (answer := draft.answers.get(key)) is not None:
        if answer not in draft.headers:
            raise SettingsError(f"There is no column '{answer}'; {nearest(answer, filter(None, draft.headers))}")
        draft.asked.add(key)
        return texts.index(answer) if answer in texts else None
    if preset is not None:
        named = (texts.index(name) for name in preset.sources if name in texts)
        position = next(named, None)
        if position is not None or not is_free:
            return position
    plainly = likely_columns(quantity, names, taken)
    if not plainly:
        names, plainly = placeless, _where_asked(likely_columns(quantity, placeless, taken), placeless, draft)
    if len(plainly) == 1 and is_plain(names[plainly[0]]):
        return plainly[0]
    if len({names[i].text for i in plainly}) < len(plainly):
        draft.leave(names[plainly[0]].text, SAME_NAMES)
        return None
    if plainly:
        listed = ", ".join(f"'{names[i].text}'" for i in plainly)
        sole = names[plainly[0]].text if len(plainly) == 1 else ""
        draft.answer(key, f"Which column is the {quantity.description}?", f"it may be {listed}", sole)
    return plainly[-1] if plainly else None


def _where_asked(found: list[int], names: Sequence[HeaderName], draft: Draft) -> list[int]:
    """Give, of columns of several places, those of the place whose temperature was answered."""
    answered = [name for name in names if name.text == draft.answers.get("source:T")]
    return [i for i in found if place_of(names[i]) == place_of(answered[0])] if answered and len(found) > 1 else found


def remark_on_power(table: Table, draft: Draft, columns: Sequence[Column]) -> None:
    """Tell of columns of power beside the weather, which need not be there for the weather's sake."""
    taken = {column.source for column in columns}
    of_power = [name for name in table.header if name not in taken and _OF_POWER.search(name.replace("_", " "))]
    if of_power and table.known is None:
        listed = ", ".join(f"'{name}'" for name in of_power[:LISTED])
        draft.remark(
            f"{listed} may be what is to be forecast, and was not taken: "
            f"--answer 'target={of_power[0]}' takes it, with the weather beside it."
        )


def others_of(table: Table, draft: Draft, columns_before: Sequence[Column], *, only: str = "") -> list[Column]:
    """Give every other column of numbers under its own name, or one: a series need not be weather."""
    refuse_hours_side_by_side(table)
    columns = []
    taken = {column.source for column in columns_before} | {table.header[i] for i in table.found.positions}
    places = None if table.known else tells_rows_apart(table, taken)
    taken |= tell_quality(table)
    for position, name in enumerate(table.header):
        told = position == places or taken_apart(name).label in STATIONS or f"select:{name}" in draft.answers
        if told or name in taken or not name or (only and name != only):
            continue
        if table.header.count(name) > 1:
            draft.leave(name, SAME_NAMES)
            continue
        try:
            values = table.numbers(position)
        except SourceUnreadableError as error:
            if any(_is_number(text) for row in table.source.sample() for text in row[position : position + 1]):
                draft.leave(name, str(error))
            continue
        quality, values = with_quality(name, None, position, values, table=table, draft=draft)
        if not np.isfinite(values).any():
            draft.leave(name, NO_VALUE)
        known = without_habits(values)
        if len(np.unique(known)) <= 1:
            continue
        margin = max(float(np.ptp(known)), 1.0)
        stops_at_nothing = values[np.isfinite(values)].min() == 0 and (values == 0).mean() >= OFTEN_NOTHING
        columns.append(
            Column(
                name=name,
                quantity=plain(name),
                description=name,
                minimum=0.0 if stops_at_nothing else float(np.floor(known.min() - margin)),
                maximum=float(np.ceil(known.max() + margin)),
                kind="optional",
                source=name,
                flat_hours=168.0,
                **quality,
            )
        )
        table.series[name] = values
    return columns


def refuse_hours_side_by_side(table: Table) -> None:
    """Refuse a table with a row a day and a column for each hour, or part of one: none of these is a series.

    Raises:
        SourceUnreadableError: the sentence says how it is to be brought into a row for each time.
    """
    hours = [name for name in table.header if _HOUR_NAME.fullmatch(name.strip())]
    numbers = {int(re.sub(r"\D", "", name.partition(":")[0])) for name in hours}
    if len(hours) == len(numbers) in PERIODS_A_DAY and max(numbers) - min(numbers) == len(numbers) - 1:
        what = "hour" if len(numbers) <= PERIODS_A_DAY[1] else "part of an hour"
        raise SourceUnreadableError(
            f"The file {table.source.name} has a row for each day and a column for each {what}, from '{hours[0]}' to "
            f"'{hours[-1]}'; bring it into a row for each time, with the date and the {what} in columns."
        )


def _is_number(text: str) -> bool:
    return re.fullmatch(r"\s*[-+]?\d+([.,]\d+)?\s*", text) is not None
