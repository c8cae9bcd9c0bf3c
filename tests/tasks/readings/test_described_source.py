from __future__ import annotations

import json
import struct
from pathlib import Path

import pandas as pd
import pytest

from jena_models.descriptions.description import Description
from jena_models.descriptions.rendering import render
from jena_models.options.readings_options import Ingestion
from jena_models.stations import load_station
from tasks.readings.described_source import description
from tasks.readings.ingestion import ingest
from tasks.readings.locating import locate

JENA = load_station("jena")


def described(source: str | Path, years: float = 0.1) -> Description:
    return description.fn(ingest.fn(locate.fn(str(source), JENA, Ingestion(simulated_years=years)), JENA), JENA)


@pytest.mark.slow
def test_the_hourly_file_is_described_as_its_readme_says(home: Path, shared_data: Path) -> None:
    found = json.loads(described(shared_data / "jena_hourly_2009_2016.csv").model_dump_json())

    assert (found["rows"], found["cadence_minutes"], found["repeated_timestamps"]) == (70_038, 60, 0)
    assert (found["start"], found["end"]) == ("2009-01-01T00:10:00+01:00", "2016-12-31T23:50:00+01:00")
    assert [gap["minutes"] for gap in found["gaps"]] == [80, 70, 70, 1010, 4510]
    assert found["sentinels"] == {"wv (m/s)": 3}
    assert found["columns"]["measured"] == [JENA.named(q) for q in ("p", "T", "Tdew", "rh", "VPmax", "wv")]
    assert found["columns"]["derived"] == [JENA.named(q) for q in ("Tpot", "VPact", "VPdef", "sh", "H2OC", "rho")]
    assert found["columns"]["missing"] == ["max. wv (m/s)", "wd (deg)"]
    assert found["periods_hours"] == pytest.approx([8766, 24], rel=0.01)
    assert found["periods_remark"] == ""
    assert found["statistics"]["wv (m/s)"]["missing"] == 3


@pytest.mark.slow
def test_the_statistics_are_those_of_the_file(home: Path, shared_data: Path) -> None:
    oracle = pd.read_csv(shared_data / "jena_hourly_2009_2016.csv")["T (degC)"].describe()

    line = described(shared_data / "jena_hourly_2009_2016.csv").statistics["T (degC)"]

    assert (line.mean, line.standard_deviation) == pytest.approx((oracle["mean"], oracle["std"]), abs=1e-3)
    assert (line.minimum, line.lower_quartile, line.median, line.upper_quartile, line.maximum) == pytest.approx(
        tuple(oracle[["min", "25%", "50%", "75%", "max"]])
    )


@pytest.mark.slow
def test_the_two_figures_are_saved_under_the_sources_name(home: Path, shared_data: Path) -> None:
    figures = described(shared_data / "mpi_roof_2017b.zip").figures

    assert figures is not None
    assert figures.whole_series.parent == home / "figures" / "mpi_roof_2017b"
    for figure in (figures.whole_series, figures.first_ten_days):
        content = figure.read_bytes()
        width, height = struct.unpack(">II", content[16:24])
        assert content.startswith(b"\x89PNG")
        assert width > 1000
        assert height > 400
    assert figures.whole_series.read_bytes() != figures.first_ten_days.read_bytes()
    assert {path.name for path in figures.whole_series.parent.iterdir()} == {"whole_series.png", "first_ten_days.png"}


@pytest.mark.slow
def test_a_file_too_short_for_the_year_says_so(home: Path, shared_data: Path) -> None:
    found = described(shared_data / "mpi_roof_2017b.zip")

    assert found.periods_hours == pytest.approx((24,), rel=0.01)
    assert found.periods_remark == "The year cannot be told in 0.5 years: a period has to come round twice."


@pytest.mark.parametrize("rows", [1, 2, 50])
def test_a_file_of_a_few_rows_can_be_described(rows: int, home: Path, tmp_path: Path) -> None:
    path = tmp_path / "few.csv"
    path.write_text("date,p,T (degC),rh\n" + "".join(f"2020-01-01 00:{n:02}:00,990,{n},80\n" for n in range(rows)))

    found = described(path)

    assert found.rows == rows
    assert found.periods_hours == ()
    assert "The day and the year cannot be told" in found.periods_remark


@pytest.mark.slow
def test_the_text_holds_every_number_a_reader_asks_for(home: Path, shared_data: Path) -> None:
    text = render(described(shared_data / "jena_10min_2020.csv.zip"))

    for part in (
        "52,695 of 52,696 read",
        "2020-01-01 00:10 to 2021-01-01 00:00",
        "10 minutes",
        "2020-05-29 09:30 to 2020-05-29 11:10 (100 min)",
        "1 dropped",
        "wv (m/s): 1",
        "24 h (the day)",
        "first_ten_days.png",
    ):
        assert part in text
    assert all(any(line.startswith(name) for line in text.splitlines()) for name in JENA.names)
    assert max(len(line) for line in text.splitlines() if not line.endswith(".png")) <= 110


def test_simulated_readings_are_described_as_simulated_and_a_second_time_at_once(home: Path) -> None:
    first, second = (described("simulated") for _ in range(2))

    assert first == second
    assert (first.kind, first.source) == ("simulated", "simulated")
    assert "simulated" in render(first)
