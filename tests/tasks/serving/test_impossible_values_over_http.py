"""One impossible value costs that value, never the answer; and the answer says which it was."""

import json

import pytest
from posted_readings import CSV, JSON, READINGS, split

pytestmark = pytest.mark.slow


def strict(text: str) -> dict:
    """Read JSON as the standard has it: it knows no `Infinity` and no `NaN`."""
    return json.loads(text, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))


def changed(column: str, row: int, value: object):
    values = READINGS[column].astype(object).tolist()
    values[row] = value
    return READINGS.assign(**{column: values})


@pytest.mark.parametrize("kind", ["json", "csv"])
@pytest.mark.parametrize(
    ("column", "row", "value"),
    [
        ("T (degC)", -4, 9999.0),
        ("T (degC)", -1, 1e308),
        ("T (degC)", -1, -300.0),
        ("rh (%)", -1, 500.0),
        ("p (mbar)", 30, -1e308),
        ("wv (m/s)", -2, -3.0),
    ],
)
def test_an_impossible_value_counts_as_missing_and_is_named_in_the_answer(server, kind, column, row, value):
    bad, without = changed(column, row, value), changed(column, row, None)

    answer = server.post(split(bad), JSON) if kind == "json" else server.post(bad.to_csv(index=False), CSV)
    expected = server.post(split(without), JSON)

    assert answer.status_code == 200, answer.text
    told = strict(answer.text)
    assert told["predictions"] == strict(expected.text)["predictions"]
    assert f"1 of {len(READINGS)} values of '{column}' lie outside" in told["warnings"][0]
    assert f"{value:g}" in told["warnings"][0]
    assert answer.headers["x-model-version"] == "1"


def test_all_issue_times_are_warned_of_in_one_answer(server):
    answer = server.post(changed("rh (%)", 2, 500).to_csv(index=False), CSV, "?issue_times=all")

    told = strict(answer.text)
    assert len(told["predictions"]) > 1
    assert len(told["warnings"]) == 1


def test_an_answer_says_when_the_newest_row_has_no_target(server):
    answer = server.post(split(changed("T (degC)", -1, None)), JSON)

    [warning] = strict(answer.text)["warnings"]
    newest, asked = (f"{READINGS['time'].iloc[row]:%Y-%m-%d %H:%M} +0100" for row in (-2, -1))
    assert f"is of {newest}, 1 hours before {asked}." in warning


def test_readings_that_are_all_possible_are_answered_without_a_warning(server):
    assert set(strict(server.post(split(READINGS.assign(**{"VPmax (mbar)": -9999})), JSON).text)) == {"predictions"}
