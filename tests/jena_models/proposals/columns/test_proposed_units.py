"""A unit that a header says and that is none of its quantity is asked for, however well the values would fit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from proposed_stations import station_of

from jena_models.proposals import Proposal, propose
from jena_models.proposals.opened_source import open_source
from jena_models.reading.reading import read

TIMES = pd.date_range("2021-06-01", periods=300, freq="h")
PLACE = {"latitude": "50", "longitude": "10", "clock": "UTC"}


def proposed(folder: Path, header: str, highest: float, **answers: str) -> Proposal:
    values = highest * np.abs(np.sin(np.arange(len(TIMES)) / 4))
    rows = (f"{time};{10 + i % 9}.0;{value:.3f}" for i, (time, value) in enumerate(zip(TIMES, values, strict=True)))
    path = folder / "roof.csv"
    path.write_text("\n".join([f"time;temperature (°C);{header}", *rows]))
    given = {key.replace("__", ":"): value for key, value in answers.items()}
    return propose(open_source(str(path)), "roof", PLACE | given)


@pytest.mark.parametrize(
    ("header", "quantity", "highest"),
    [
        ("Solar radiation (MJ/m²)", "radiation", 3.0),
        ("Solar radiation (kJ/m2)", "radiation", 900.0),
        ("Solar radiation (lux)", "radiation", 900.0),
        ("Humidity (g/m3)", "rh", 10.0),
        ("Rain (1/100 in)", "rain", 20.0),
    ],
)
def test_a_unit_that_is_none_of_the_quantity_is_asked_for(
    header: str, quantity: str, highest: float, tmp_path: Path
) -> None:
    questions = {question.key: question for question in proposed(tmp_path, header, highest).questions}

    assert f"its header says '{header.partition('(')[2][:-1]}'" in questions[f"unit:{quantity}"].evidence
    assert questions[f"unit:{quantity}"].proposed == ""


def test_a_number_before_a_unit_answers_for_sums_of_an_hour(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, "Solar radiation (MJ/m²)", 3.6, unit__radiation="277.78 W/m2")

    table = read(tmp_path / "roof.csv", station_of(proposal)).table

    assert table["radiation (W/m**2)"].max() == pytest.approx(1000, abs=0.5)


def test_a_number_of_the_station_in_a_header_is_no_part_of_the_unit(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, "Roof (652) Wind Speed (mph)", 30.0, source__wv="Roof (652) Wind Speed (mph)")

    assert proposal.questions == ()
    assert [column["unit"] for column in proposal.station["columns"] if column["quantity"] == "wv"] == ["mph"]


def of_days(folder: Path, per_unit: int, **answers: str) -> Proposal:
    """Days as a network writes them: temperature and rain in whole numbers, of which so many are one unit."""
    swing = np.sin(np.arange(600) / 60)
    warmth, fell = (8 + 12 * swing) * per_unit, np.where(np.arange(600) % 4, 0, np.arange(600) % 31 * per_unit)
    days = pd.date_range("2020-01-01", periods=600)
    table = pd.DataFrame({"DATE": days, "TAVG": warmth.round().astype(int), "PRCP": fell})
    table.to_csv(folder / "days.csv", index=False)
    given = {key.replace("__", ":"): value for key, value in answers.items()}
    return propose(open_source(str(folder / "days.csv")), "days", PLACE | given)


@pytest.mark.parametrize(("per_unit", "of_warmth"), [(10, "0.1 degC"), (1, "")])
def test_whole_numbers_that_may_be_tenths_are_asked_for(per_unit: int, of_warmth: str, tmp_path: Path) -> None:
    questions = {question.key: question for question in of_days(tmp_path, per_unit).questions}

    assert set(questions) == {"unit:T", "unit:rain"}
    assert questions["unit:T"].proposed == of_warmth
    assert "tenths of mm, '0.1 mm', as well as mm" in questions["unit:rain"].evidence


def test_tenths_are_read_as_such(tmp_path: Path) -> None:
    proposal = of_days(tmp_path, 10, unit__T="0.1 degC", unit__rain="0.1 mm")

    table = read(tmp_path / "days.csv", station_of(proposal)).table

    assert (table["T (degC)"].max(), table["rain (mm)"].max()) == (20, 30)
