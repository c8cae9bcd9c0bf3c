"""What is broken stops a study, with a sentence that says what would let it pass, and that is so."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
import yaml
from validated_weather import (
    STATION,
    Break,
    answered_by_pandas,
    at,
    rename_time,
    repeat_a_time,
    swap_columns,
    swap_times,
    validated,
)

from jena_models.errors import DataInvalidError
from jena_models.options.readings_options import Validation

FAILURES: dict[str, tuple[Break, str]] = {
    "a required column is absent": (lambda r: r.drop(columns="rh (%)"), "the column rh (%) is there, but it is not"),
    "columns are in another order": (swap_columns, "no columns are there but those that the station knows"),
    "a column is text": (lambda r: r.assign(**{"T (degC)": "mild"}), "T (degC) holds floats, but found str"),
    "there are too few rows": (lambda r: r.iloc[:1007], "there are at least 1,008 readings"),
    "time runs back": (rename_time(swap_times), "time only increases, but that is not so for 1 of"),
    "a time stands twice": (rename_time(repeat_a_time), "no time stamp stands twice, but that is not so for 2 of"),
    "a column is out of its limits": (
        at(slice(0, 40), p=20.0),
        "p (mbar) lies between 880 and 1080, but that is not so for 40 of",
    ),
    "a thermometer is off": (
        lambda r: r.assign(**{"T (degC)": r["T (degC)"] + 1}),
        "VPmax (mbar) follows from T (degC)",
    ),
    "a hygrometer is off": (
        lambda r: r.assign(**{"rh (%)": r["rh (%)"] - 5}),
        "VPact (mbar) follows from T (degC) and",
    ),
    "the dew point is too high": (
        lambda r: r.assign(**{"Tdew (degC)": r["T (degC)"] + 0.5}),
        "the dew point is at most the temperature, to within 0.1, but that is not so for 3,000 of",
    ),
    "gusts are too weak": (
        lambda r: r.assign(**{"max. wv (m/s)": r["wv (m/s)"] - 0.01}),
        "gusts are at least as strong as the wind",
    ),
    "a sensor is stuck": (
        at(slice(500, 600), wv=3.3, max_wv=5.0),
        "wv (m/s) keeps no value for more than 12 hours, but that is not so for 100 of",
    ),
}


@pytest.mark.parametrize("name", FAILURES)
def test_each_expectation_that_is_broken_stops_the_study(name: str, readings: pd.DataFrame, home: Path) -> None:
    change, sentence = FAILURES[name]

    with pytest.raises(DataInvalidError, match=re.escape(sentence)) as raised:
        answered_by_pandas(change(readings.copy()), home)

    text = str(raised.value)
    assert re.match(r"The readings of weather\.csv are not fit for use: (\d expectations fail: )?expected that ", text)
    assert "\n" not in text
    assert text.count(". ") == text.count("max. wv"), "more than one sentence"


@pytest.mark.slow
def test_a_failure_keeps_its_evidence_and_leaves_no_result(readings: pd.DataFrame, home: Path) -> None:
    broken = at(slice(0, 40), T=77.0)(readings.copy())

    for _ in range(2):  # a second failure takes the place of the first one's evidence
        with pytest.raises(
            DataInvalidError, match=r"T \(degC\) 77 at 2020-01-01 01:10:00.*see (.*index.html)"
        ) as raised:
            validated(broken, home)

    (left,) = (home / ".cache" / "validate").iterdir()
    assert left.name.startswith("failed-")
    assert str(left / "docs" / "index.html") in str(raised.value)
    assert "T (degC) lies between" in (left / "docs" / "index.html").read_text(encoding="utf-8")
    assert '"outcome": "fail"' in (left / "verdict.json").read_text(encoding="utf-8")
    assert not (left / "readings.parquet").exists()


def broken_twice(readings: pd.DataFrame) -> pd.DataFrame:
    """Forty values out of their limits, and a wind that rests."""
    return at(slice(500, 600), wv=3.3, max_wv=5.0)(at(slice(0, 40), p=20.0)(readings))


MENDED = {
    name: FAILURES[name][0]
    for name in (
        *("there are too few rows", "a column is out of its limits", "a thermometer is off", "a hygrometer is off"),
        *("the dew point is too high", "gusts are too weak", "a sensor is stuck"),
    )
} | {
    "two at once": broken_twice,
    "a column never changes": at(slice(None), wd=45.0),
    "everything is beyond the limits": at(slice(None), wv=200.0),
}


@pytest.mark.parametrize("which", ["the first", "the last"])
@pytest.mark.parametrize("name", MENDED)
def test_what_the_sentence_says_would_let_it_pass_does(
    name: str, which: str, readings: pd.DataFrame, home: Path
) -> None:
    given = MENDED[name](readings.copy())
    with pytest.raises(DataInvalidError) as raised:
        answered_by_pandas(given, home)

    remedies = re.findall(r", which (.*?) would let pass", str(raised.value))
    assert remedies
    settings, columns = {}, {}
    for remedy in remedies:
        ways = remedy.removesuffix(", or the unit there if its numbers are in another").split(" or ")
        way = ways[0 if which == "the first" else -1]
        if set_to := re.fullmatch(r"validation\.(\w+)=([\d.]+)", way):
            better = min if set_to[1] != "formula_tolerance" and set_to[1] != "flat_share" else max
            settings[set_to[1]] = better(float(set_to[2]), settings.get(set_to[1], float(set_to[2])))
        else:
            column = re.search(r" beside (.*) in the station file$", way)[1]
            for told in re.findall(r"'(\w+: [-\d.]+)'", way):
                columns.setdefault(column, {}).update(yaml.safe_load(told))
    station = STATION.model_copy(
        update={"columns": tuple(c.model_copy(update=columns.get(c.name, {})) for c in STATION.columns)}
    )

    checked = answered_by_pandas(given, home, Validation(**settings), station)

    assert "fail" not in {finding.outcome for finding in checked.findings}


def test_all_that_fails_is_named_at_once(readings: pd.DataFrame, home: Path) -> None:
    with pytest.raises(DataInvalidError) as raised:
        answered_by_pandas(broken_twice(readings.copy()), home)

    text = str(raised.value)
    assert "3 expectations fail: " in text
    for part in (
        "p (mbar) lies between 880 and 1080, but that is not so for 40 of 3,000 readings",
        "which validation.within_limits=0.986 or 'minimum: 20' and 'maximum: 1080' beside p (mbar) in the station file",
        "wv (m/s) keeps no value for more than 12 hours, but that is not so for 100 of",
        "'flat_hours: 17' beside wv (m/s) in the station file would let pass",
        "max. wv (m/s) keeps no value",
    ):
        assert part in text, text


def test_a_failure_that_no_setting_mends_names_none(readings: pd.DataFrame, home: Path) -> None:
    with pytest.raises(DataInvalidError) as raised:
        answered_by_pandas(rename_time(swap_times)(readings.copy()), home)

    assert "; mend the readings; see " in str(raised.value)
    assert "would let pass" not in str(raised.value)
