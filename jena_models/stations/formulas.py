"""What follows from pressure, temperature and humidity, tested against the station's own columns.

Magnus' formula with the station's constants, the ideal gas law for moist air, and the molar masses' ratio 0.622.
Pressures in mbar, temperature in °C, relative humidity in %.
"""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

ZERO_CELSIUS_K: Final = 273.15
VAPOUR_PRESSURE_AT_ZERO_MBAR: Final = 6.1078
MAGNUS_FACTOR: Final = 17.08085
MAGNUS_OFFSET_DEGC: Final = 234.175
REFERENCE_PRESSURE_MBAR: Final = 1000.0
POISSON_EXPONENT: Final = 0.286
LIGHTER_VAPOUR: Final = 0.378  # 1 − 0.622: how much lighter water vapour is than dry air
DRY_AIR_J_PER_KG_K: Final = 287.058


def derive(quantity: str, pressure: Values, temperature: Values, humidity: Values) -> Values:
    """Give a quantity of `schema.FORMULAS`, in the unit of its column; missing where an input is missing.

    Raises:
        KeyError: where no formula is known for the quantity.
    """
    return _FORMULAS[quantity](pressure, temperature, humidity)


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
    """Give which of `p`, `T` and `rh` a quantity of `schema.FORMULAS` follows from."""
    return frozenset(_INPUTS[quantity].split())


_INPUTS: Final = {
    "Tpot": "p T",
    "Tdew": "T rh",
    "VPmax": "T",
    "VPact": "T rh",
    "VPdef": "T rh",
    "sh": "p T rh",
    "H2OC": "p T rh",
    "rho": "p T rh",
}

_FORMULAS: Final = {
    "Tpot": lambda p, t, rh: potential_temperature(p, t),
    "Tdew": lambda p, t, rh: dew_point(t, rh),
    "VPmax": lambda p, t, rh: saturation_vapour_pressure(t),
    "VPact": lambda p, t, rh: vapour_pressure(t, rh),
    "VPdef": lambda p, t, rh: vapour_pressure_deficit(t, rh),
    "sh": specific_humidity,
    "H2OC": water_vapour_concentration,
    "rho": air_density,
}


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
