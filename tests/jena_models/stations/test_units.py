"""What numbers in units that files write are in those of the station."""

from __future__ import annotations

import pytest

from jena_models.stations.units import conversion, known_unit


@pytest.mark.parametrize(
    ("written", "own", "number", "expected"),
    [
        ("°Celsius", "degC", 21.5, 21.5),
        ("km.h-1", "meter / second", 36.0, 10.0),
        ("Ly/day", "watt / meter ** 2", 500.0, 500 * 41_840 / 86_400),  # a langley is a calorie on a square centimetre
        ("kW/m^2", "watt / meter ** 2", 0.6, 600.0),
        ("0.1 degC", "degC", 215.0, 21.5),
    ],
)
def test_a_number_in_a_unit_as_written_is_one_in_the_stations(
    written: str, own: str, number: float, expected: float
) -> None:
    unit = known_unit(written)

    assert unit is not None
    scale, shift = conversion(unit, own)
    assert scale * number + shift == pytest.approx(expected, rel=1e-4)
