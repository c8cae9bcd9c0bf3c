from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jena_models.reading.reading import read
from jena_models.stations import StationSchema
from jena_models.stations.formulas import FORMULAS, derive

LARGEST_ERROR = {
    "VPmax": 0.008,
    "VPact": 0.010,
    "VPdef": 0.009,
    "Tdew": 0.058,
    "Tpot": 0.020,
    "sh": 0.008,
    "H2OC": 0.010,
    "rho": 0.087,
}
"""From the data's own README; checked there on every row of the ten-minute file."""


@pytest.mark.parametrize("quantity", FORMULAS)
def test_each_formula_meets_the_stations_own_column(quantity: str, jena: StationSchema, shared_data: Path) -> None:
    table = read(shared_data / "jena_10min_2009_2010.csv.zip", jena).table
    pressure, temperature, humidity = (table[jena.named(q)].to_numpy() for q in ("p", "T", "rh"))

    errors = np.abs(derive(quantity, pressure, temperature, humidity) - table[jena.named(quantity)].to_numpy())

    assert len(errors) == 106_727
    assert errors.max() <= LARGEST_ERROR[quantity] + 0.001


@given(st.floats(-40, 50), st.floats(1, 100), st.floats(880, 1080))
def test_the_dew_point_is_never_above_the_temperature_and_saturates_at_it(t: float, rh: float, p: float) -> None:
    pressure, temperature, humidity = (np.array([value]) for value in (p, t, rh))

    dew_point = derive("Tdew", pressure, temperature, humidity)
    saturated = derive("Tdew", pressure, temperature, np.array([100.0]))

    assert dew_point[0] <= t + 1e-9
    assert saturated[0] == pytest.approx(t, abs=1e-9)


def test_wholly_dry_or_missing_air_gives_a_missing_dew_point_without_a_warning(
    recwarn: pytest.WarningsRecorder,
) -> None:
    values = derive("Tdew", np.full(2, 990.0), np.array([10.0, np.nan]), np.array([0.0, 50.0]))

    assert np.isnan(values).all()
    assert not recwarn.list


def test_an_unknown_quantity_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        derive("wv", np.ones(1), np.ones(1), np.ones(1))
