"""The suite says what the station schema and the settings say."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from jena_models.options.readings_options import Validation
from jena_models.stations import load_station
from jena_models.stations.physics import check_columns
from tasks.validation.expectations import Expectation, expectations

STATION = load_station("jena")


def suite(readings: pd.DataFrame, validation: Validation | None = None, cadence: float = 10) -> dict[str, Expectation]:
    checks = check_columns(readings, STATION, cadence, 168)
    found = expectations(readings, checks, STATION, validation or Validation(), cadence)
    by_clause = {expectation.clause: expectation for expectation in found}
    assert len(by_clause) == len(found), "two expectations say the same"
    return by_clause


def table(*names: str) -> pd.DataFrame:
    index = pd.date_range("2020-01-01", periods=3, freq="10min", name="time")
    return pd.DataFrame({name: [1.0, 2.0, 3.0] for name in names}, index=index)


def test_every_column_of_the_station_has_its_limits() -> None:
    asked = suite(table(*STATION.names))

    for column in STATION.columns:
        limits = asked[f"{column.name} lies between {column.minimum:g} and {column.maximum:g}"].arguments
        assert (limits["min_value"], limits["max_value"]) == (column.minimum, column.maximum)


def test_the_page_on_validation_counts_those_of_all_columns() -> None:
    page = Path(__file__).resolve().parents[3] / "docs" / "validation.md"

    assert f"it holds {len(suite(table(*STATION.names)))} expectations" in page.read_text(encoding="utf-8")


def test_each_setting_reaches_the_suite() -> None:
    validation = Validation(
        least_days=2,
        completeness=0.91,
        optional_completeness=0.51,
        regularity=0.92,
        within_limits=0.93,
        formula_tolerance=0.4,
        flat_share=0.25,
    )

    asked = suite(table(*STATION.names), validation)

    assert asked["there are at least 288 readings, the number in 2 days"].arguments["min_value"] == 288
    assert asked["T (degC) is complete"].arguments["mostly"] == 0.91
    assert asked["wv (m/s) is complete"].arguments["mostly"] == 0.51
    assert asked["a reading follows every 10 minutes"].arguments["mostly"] == 0.92
    assert asked["T (degC) lies between -40 and 50"].arguments["mostly"] == 0.93
    assert asked["gusts are at least as strong as the wind"].arguments["mostly"] == 0.93
    assert asked["VPmax (mbar) follows from T (degC) to within 0.4"].arguments["max_value"] == 0.4
    assert asked["the dew point is at most the temperature, to within 0.4"].arguments["max_value"] == 0.4
    assert asked["T (degC) keeps no value for more than 12 hours"].arguments["mostly"] == 0.75


def test_holes_warn_in_whichever_column_they_are() -> None:
    asked = suite(table(*STATION.names))

    assert asked["wv (m/s) is complete"].broken == "warn"
    assert asked["T (degC) is complete"].broken == "warn"
    assert next(each for clause, each in asked.items() if clause.startswith("a reading follows")).broken == "warn"


def test_what_is_absent_is_asked_for_only_where_it_is_required() -> None:
    asked = suite(table("p (mbar)", "T (degC)"))

    assert "the column rh (%) is there" in asked
    assert "the column wv (m/s) is there" not in asked
    assert not [clause for clause in asked if clause.startswith(("rh (%)", "wv (m/s)", "gusts", "VP"))]


def test_a_column_of_text_is_asked_for_its_type_alone() -> None:
    readings = table("p (mbar)", "T (degC)", "rh (%)").assign(**{"rh (%)": "wet"})

    asked = suite(readings)

    assert {clause for clause in asked if "rh (%)" in clause} == {
        "the column rh (%) is there",
        "rh (%) holds floats",
        "rh (%) is complete",
    }
