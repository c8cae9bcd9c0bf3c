"""A unit that a header says and that is none of its quantity is asked for, however well the values would fit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jena_models.proposals import Proposal, propose, station_text
from jena_models.proposals.opened_source import open_source
from jena_models.reading.reading import read
from jena_models.stations.named_stations import load_station

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
    (tmp_path / "roof.yaml").write_text(station_text(proposal, "roof.csv"))

    table = read(tmp_path / "roof.csv", load_station(str(tmp_path / "roof.yaml"))).table

    assert proposal.questions == ()
    assert table["radiation (W/m**2)"].max() == pytest.approx(1000, abs=0.5)


def test_a_number_of_the_station_in_a_header_is_no_part_of_the_unit(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, "Roof (652) Wind Speed (mph)", 30.0, source__wv="Roof (652) Wind Speed (mph)")

    assert proposal.questions == ()
    assert [column["unit"] for column in proposal.station["columns"] if column["quantity"] == "wv"] == ["mph"]
