"""What is expected of readings: every expectation of the suite, from the station schema and the settings."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, Literal

import pandas as pd

from jena_models.descriptions.clock_by_sun import ClockBySun
from jena_models.options.readings_options import Validation
from jena_models.stations.physics import (
    DEW_POINT_EXCESS,
    FORMULA_QUANTITIES,
    STEP,
    formula_error_name,
    jump_name,
    unchanged_name,
)
from jena_models.stations.schema import Column, StationSchema
from tasks.validation.remedies import longer_rests, looser, rounded_down, weaker_gusts, wider_limits

TIME: Final = "time"
CLOCK: Final = "clock ahead of the sun (min)"
"""The check column that says how wrong the clock is."""
MOST_TIMES_THE_USUAL: Final = 8.0
"""In eight years of Jena no change of p, T or rh passed 7, but for a pressure that was wrong by 63 mbar for an hour."""

Tolerated = Literal["pass", "warn", "quarantine"]
Broken = Literal["warn", "fail"]


LetsPass = Callable[[pd.DataFrame], str]
"""From what was checked, as the suite sees it, to settings with values, several with `or` between them."""


@dataclass(frozen=True)
class Expectation:
    """One expectation of Great Expectations, in words, and what follows where it is broken."""

    clause: str
    """What is expected, as a clause with the column."""
    kind: str
    """The name of the class in `great_expectations.expectations`."""
    arguments: Mapping[str, Any]
    setting: str = ""
    """Where its limit is set."""
    shown: tuple[str, ...] = ()
    """The columns that an example shows: first the one whose value is set aside, then what it was compared with."""
    tolerated: Tolerated = "pass"
    """What follows where a few readings break it, but no more than it allows."""
    broken: Broken = "fail"
    """What follows where more do."""
    lets_pass: LetsPass | None = None
    """Gives what to set so that it passes; None where nothing but other readings would."""
    cause: str = ""
    """What is likely to break it, as a clause."""


def expectations(  # noqa: PLR0917
    readings: pd.DataFrame,
    checks: pd.DataFrame,
    station: StationSchema,
    validation: Validation,
    cadence_minutes: float,
    clock: ClockBySun | None = None,
) -> tuple[Expectation, ...]:
    """Give the suite for readings and their check columns, that of the clock among them where it is known.

    What cannot be asked, such as the limits of a column that is absent or not a number, is left out; that required
    columns are there and hold numbers is asked always.
    """
    check_names = [str(name) for name in checks]
    present = [column.at_cadence(cadence_minutes) for column in station.columns if column.name in readings]
    numbers = {c.name for c in present if pd.api.types.is_float_dtype(readings[c.name])}
    return (
        *_of_the_table(present, check_names, station, validation, cadence_minutes),
        *_of_time(validation, cadence_minutes),
        *([_of_clock(clock)] if clock else []),
        *(_eased(e, column) for column in present for e in _of_values(column, validation)),
        *(_eased(e, c) for c in present if c.name in numbers for e in _of_numbers(c, validation)),
        *_of_formulas(check_names, station, validation),
        *_of_wind(numbers, station, validation),
    )


def _eased(expectation: Expectation, column: Column) -> Expectation:
    """Give what is expected of a neighbour's column as a warning: a forecast can do without any neighbour."""
    return replace(expectation, broken="warn", lets_pass=None) if column.neighbour else expectation


def _of_the_table(
    present: list[Column], checks: list[str], station: StationSchema, validation: Validation, cadence_minutes: float
) -> Iterator[Expectation]:
    for column in station.columns:
        if column.kind == "required":
            yield Expectation(f"the column {column.name} is there", "ExpectColumnToExist", {"column": column.name})
    yield Expectation(
        "no columns are there but those that the station knows, in its order",
        "ExpectTableColumnsToMatchOrderedList",
        {"column_list": [TIME, *(column.name for column in present), *checks]},
    )
    rows = math.ceil(validation.least_days * 24 * 60 / cadence_minutes)
    yield Expectation(
        f"there are at least {rows:,} readings, the number in {validation.least_days:g} days",
        "ExpectTableRowCountToBeBetween",
        {"min_value": rows},
        "validation.least_days",
        lets_pass=lambda batch: f"validation.least_days={rounded_down(len(batch) * cadence_minutes / 1440)}",
    )


def _of_time(validation: Validation, cadence_minutes: float) -> Iterator[Expectation]:
    yield Expectation("no time stamp stands twice", "ExpectColumnValuesToBeUnique", {"column": TIME})
    yield Expectation(
        "time only increases",
        "ExpectColumnValuesToBeIncreasing",
        {"column": TIME, "strictly": True},
    )
    yield _between(
        f"a reading follows every {cadence_minutes:g} minutes",
        STEP,
        (cadence_minutes, cadence_minutes),
        validation.regularity,
        setting="validation.regularity",
        shown=(STEP,),
        broken="warn",
    )


def _of_clock(clock: ClockBySun) -> Expectation:
    limit = clock.limit_minutes
    asked = _between(
        f"the clock keeps to the sun, by {clock.column}, to within half a step and {limit:g} minutes",
        CLOCK,
        (-limit, limit),
        1.0,
        setting="",
        shown=(CLOCK,),
        broken="warn",
    )
    return replace(asked, cause=clock.cause)


def _of_values(column: Column, validation: Validation) -> Iterator[Expectation]:
    required = column.kind == "required"
    yield Expectation(
        f"{column.name} holds floats",
        "ExpectColumnValuesToBeInTypeList",
        {"column": column.name, "type_list": ["float64", "float32"]},
    )
    yield Expectation(
        f"{column.name} is complete",
        "ExpectColumnValuesToNotBeNull",
        {"column": column.name, "mostly": validation.completeness if required else validation.optional_completeness},
        "validation.completeness" if required else "validation.optional_completeness",
        broken="warn",
    )


def _of_numbers(column: Column, validation: Validation) -> Iterator[Expectation]:
    yield _between(
        f"{column.name} lies between {column.minimum:g} and {column.maximum:g}",
        column.name,
        (column.minimum, column.maximum),
        validation.within_limits,
        setting="validation.within_limits or the limits in the station's file",
        shown=(column.name,),
        tolerated="quarantine",
        lets_pass=partial(wider_limits, column),
    )
    yield _between(
        f"{column.name} keeps no value for more than {column.flat_hours:g} hours",
        unchanged_name(column.name),
        (None, column.flat_hours),
        1 - validation.flat_share,
        setting="validation.flat_share or flat_hours in the station's file",
        shown=(column.name, unchanged_name(column.name)),
        tolerated="warn" if validation.stuck_values == "keep" else "quarantine",
        lets_pass=partial(longer_rests, column),
    )
    if column.kind == "required":
        yield _between(
            f"{column.name} changes by at most {MOST_TIMES_THE_USUAL:g} times what 99 of 100 changes stay within",
            jump_name(column.name),
            (None, MOST_TIMES_THE_USUAL),
            1.0,
            setting="",
            shown=(column.name, jump_name(column.name)),
            broken="warn",
        )


def _of_formulas(checks: list[str], station: StationSchema, validation: Validation) -> Iterator[Expectation]:
    tolerance = validation.formula_tolerance
    temperature = str(station.named("T"))
    inputs = {"VPmax": (temperature,), "VPact": (temperature, str(station.named("rh")))}
    for quantity in FORMULA_QUANTITIES:
        name = str(station.named(quantity))
        if formula_error_name(name) in checks:
            yield _between(
                f"{name} follows from {' and '.join(inputs[quantity])} to within {tolerance:g}",
                formula_error_name(name),
                (-tolerance, tolerance),
                validation.within_limits,
                setting="validation.formula_tolerance",
                shown=(name, *inputs[quantity]),
                tolerated="quarantine",
                lets_pass=partial(looser, formula_error_name(name), -math.inf, validation),
            )
    if DEW_POINT_EXCESS in checks:
        yield _between(
            f"the dew point is at most the temperature, to within {tolerance:g}",
            DEW_POINT_EXCESS,
            (None, tolerance),
            validation.within_limits,
            setting="validation.formula_tolerance",
            shown=(str(station.named("Tdew")), temperature),
            tolerated="quarantine",
            lets_pass=partial(looser, DEW_POINT_EXCESS, 0.0, validation),
        )


def _of_wind(numbers: set[str], station: StationSchema, validation: Validation) -> Iterator[Expectation]:
    gusts, wind = str(station.named("max_wv")), str(station.named("wv"))
    if gusts in numbers and wind in numbers:
        yield Expectation(
            "gusts are at least as strong as the wind",
            "ExpectColumnPairValuesAToBeGreaterThanB",
            {
                "column_A": gusts,
                "column_B": wind,
                "or_equal": True,
                "mostly": validation.within_limits,
                "ignore_row_if": "either_value_is_missing",
            },
            "validation.within_limits",
            shown=(gusts, wind),
            tolerated="quarantine",
            lets_pass=partial(weaker_gusts, gusts, wind),
        )


def _between(
    clause: str,
    column: str,
    limits: tuple[float | None, float | None],
    mostly: float,
    *,
    setting: str,
    shown: tuple[str, ...],
    tolerated: Tolerated = "pass",
    broken: Broken = "fail",
    lets_pass: LetsPass | None = None,
) -> Expectation:
    arguments = {"column": column, "min_value": limits[0], "max_value": limits[1], "mostly": mostly}
    return Expectation(clause, "ExpectColumnValuesToBeBetween", arguments, setting, shown, tolerated, broken, lets_pass)
