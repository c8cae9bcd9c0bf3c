"""What follows from pressure, temperature and humidity, tested against the station's own columns.

Magnus' formula with the station's constants, the ideal gas law for moist air, and the molar masses' ratio 0.622.
Pressures in mbar, temperature in °C, relative humidity in %.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

BASES: Final = ("p", "T", "rh")
"""Quantities that all others follow from."""

ZERO_CELSIUS_K: Final = 273.15
VAPOUR_PRESSURE_AT_ZERO_MBAR: Final = 6.1078
MAGNUS_FACTOR: Final = 17.08085
MAGNUS_OFFSET_DEGC: Final = 234.175
REFERENCE_PRESSURE_MBAR: Final = 1000.0
POISSON_EXPONENT: Final = 0.286
LIGHTER_VAPOUR: Final = 0.378  # 1 − 0.622: how much lighter water vapour is than dry air
DRY_AIR_J_PER_KG_K: Final = 287.058


def derive(quantity: str, pressure: Values, temperature: Values, humidity: Values) -> Values:
    """Give a quantity of `FORMULAS`, in the unit of its column; missing where an input is missing.

    Raises:
        KeyError: where no formula is known for the quantity.
    """
    inputs, formula = _FORMULAS[quantity]
    given = dict(zip(BASES, (pressure, temperature, humidity), strict=True))
    return formula(*(given[name] for name in inputs))


def derived_from(values: Any, quantity: str, bases: Sequence[str | None]) -> Values | None:
    """Give a quantity of `FORMULAS` as it follows from columns; None where one of them is absent.

    Args:
        values: a table, or a mapping, of arrays by canonical name.
        quantity: to compute.
        bases: the names of the columns of `BASES`.
    """
    if any(name not in values for name in bases):
        return None
    return derive(quantity, *(np.asarray(values[name], dtype=np.float64) for name in bases))


def saturation_vapour_pressure(temperature: Values) -> Values:
    """Give VPmax in mbar.

    >>> saturation_vapour_pressure(np.array([0.0, 20.0])).round(2)
    array([ 6.11, 23.42])
    """
    return np.asarray(
        VAPOUR_PRESSURE_AT_ZERO_MBAR * np.exp(MAGNUS_FACTOR * temperature / (MAGNUS_OFFSET_DEGC + temperature))
    )


def vapour_pressure(temperature: Values, humidity: Values) -> Values:
    """Give VPact in mbar."""
    return humidity / 100 * saturation_vapour_pressure(temperature)


def vapour_pressure_deficit(temperature: Values, humidity: Values) -> Values:
    """Give VPdef in mbar."""
    return saturation_vapour_pressure(temperature) - vapour_pressure(temperature, humidity)


def dew_point(temperature: Values, humidity: Values) -> Values:
    """Give Tdew in °C; missing where the air is wholly dry.

    >>> dew_point(np.array([20.0, 20.0]), np.array([50.0, 100.0])).round(1)
    array([ 9.3, 20. ])
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        exponent = np.log(vapour_pressure(temperature, humidity) / VAPOUR_PRESSURE_AT_ZERO_MBAR)
        return np.asarray(MAGNUS_OFFSET_DEGC * exponent / (MAGNUS_FACTOR - exponent))


def potential_temperature(pressure: Values, temperature: Values) -> Values:
    """Give Tpot in K."""
    return np.asarray((temperature + ZERO_CELSIUS_K) * (REFERENCE_PRESSURE_MBAR / pressure) ** POISSON_EXPONENT)


def specific_humidity(pressure: Values, temperature: Values, humidity: Values) -> Values:
    """Give sh in g/kg."""
    vapour = vapour_pressure(temperature, humidity)
    return 622 * vapour / (pressure - LIGHTER_VAPOUR * vapour)


def water_vapour_concentration(pressure: Values, temperature: Values, humidity: Values) -> Values:
    """Give H2OC in mmol/mol."""
    return 1000 * vapour_pressure(temperature, humidity) / pressure


def air_density(pressure: Values, temperature: Values, humidity: Values) -> Values:
    """Give rho in g/m³."""
    vapour = vapour_pressure(temperature, humidity)
    return 1e5 * (pressure - LIGHTER_VAPOUR * vapour) / (DRY_AIR_J_PER_KG_K * (temperature + ZERO_CELSIUS_K))


def inputs_of(quantity: str) -> frozenset[str]:
    """Give which of `BASES` a quantity of `FORMULAS` follows from."""
    return frozenset(_FORMULAS[quantity][0])


_FORMULAS: Final[Mapping[str, tuple[tuple[str, ...], Callable[..., Values]]]] = {
    "Tpot": (("p", "T"), potential_temperature),
    "Tdew": (("T", "rh"), dew_point),
    "VPmax": (("T",), saturation_vapour_pressure),
    "VPact": (("T", "rh"), vapour_pressure),
    "VPdef": (("T", "rh"), vapour_pressure_deficit),
    "sh": (BASES, specific_humidity),
    "H2OC": (BASES, water_vapour_concentration),
    "rho": (BASES, air_density),
}
FORMULAS: Final = tuple(_FORMULAS)
"""The quantities that follow from pressure, temperature and humidity."""


def wind_vector(
    speed: NDArray[np.floating], direction_degrees: NDArray[np.floating], says: Literal["from", "to"] = "from"
) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Give how fast the air moves to the east and to the north, in the unit of the speed.

    Args:
        speed: any shape.
        direction_degrees: clockwise from north; the same shape.
        says: whether the direction says where the wind comes from, as stations have it, or where it blows to.
    """
    angle = np.radians(direction_degrees)
    way = -1.0 if says == "from" else 1.0
    return way * speed * np.sin(angle), way * speed * np.cos(angle)
