"""Over HTTP, bad input is refused with a sentence, and an impossible value costs that value alone, by name."""

import json

import httpx
import pandas as pd
import pytest
from posted_readings import CSV, JSON, READINGS, STEPS, split

pytestmark = pytest.mark.slow

WARM = ["warm", *READINGS["T (degC)"][1:]]
MANY = pd.DataFrame([[0.0] * 10_000], columns=[f"x{number}" for number in range(10_000)])
BAD = {
    "malformed": (split(READINGS)[:-3], JSON, "", 400),
    "no body": ("", JSON, "", 400),
    "a list": ("[]", JSON, "", 400),
    "no table": ('{"readings": []}', JSON, "", 400),
    "nested": ("[" * 100_000, JSON, "", 400),
    "thousands of digits": ('{"inputs": ' + "9" * 5000 + "}", JSON, "", 400),
    "no content type": (split(READINGS), {}, "", 415),
    "another content type": (split(READINGS), {"content-type": "application/xml"}, "", 415),
    "another charset": ("a\n1", {"content-type": "text/csv; charset=latin-1"}, "", 415),
    "not UTF-8": (b"time,T\n1,\xe4\n", CSV, "", 400),
    "too large": (b" " * (9 << 20), CSV, "", 413),
    "far too large": (b" " * (80 << 20), CSV, "", 413),
    "unknown parameter": (split(READINGS), JSON, "?issue_time=all", 400),
    "unknown issue times": (split(READINGS, params={"issue_times": "some"}), JSON, "", 400),
    "odd parameters": (split(READINGS, params=[1]), JSON, "", 400),
    "split without data": ('{"dataframe_split": {"columns": ["a"]}}', JSON, "", 400),
    "ragged split": ('{"dataframe_split": {"columns": ["a"], "data": [[1, 2]]}}', JSON, "", 400),
    "ragged instances": ('{"instances": [{"a": 1}, {"b": 2}, {"a": 3}]}', JSON, "", 400),
    "ragged csv": ("a,b\n1,2\n1,2,3\n", CSV, "", 400),
    "header alone": ("time,T (degC)\n", CSV, "", 400),
    "no rows": (split(READINGS.iloc[:0]), JSON, "", 400),
    "a column is missing": (READINGS.drop(columns="rh (%)").to_csv(index=False), CSV, "", 400),
    "no times": (READINGS.drop(columns="time").to_csv(index=False), CSV, "", 400),
    "times are no times": (READINGS.assign(time="yesterday").to_csv(index=False), CSV, "", 400),
    "times are numbers": (READINGS.assign(time=range(len(READINGS))).to_csv(index=False), CSV, "", 400),
    "text for a number": (READINGS.assign(**{"T (degC)": WARM}).to_csv(index=False), CSV, "", 400),
    "nothing measured": (split(READINGS.assign(**{"T (degC)": None})), JSON, "", 400),
    "tokens for nothing": (split(READINGS).replace(str(READINGS.iat[0, 1])[:3], "NaN"), JSON, "", 400),
    "infinite": (READINGS.assign(**{"T (degC)": float("inf")}).to_csv(index=False), CSV, "", 400),
    "impossible throughout": (READINGS.assign(**{"T (degC)": 1e308}).to_csv(index=False), CSV, "", 400),
    "names that are no text": ('{"dataframe_split": {"columns": [{}, {}], "data": [[1, 2]]}}', JSON, "", 400),
    "an index of tables": ('{"dataframe_split": {"columns": ["a"], "index": [[{}]], "data": [[1]]}}', JSON, "", 400),
    "columns beyond counting": (split(READINGS.iloc[:1].join(MANY)), JSON, "", 400),
    "columns beyond counting, csv": (READINGS.iloc[:1].join(MANY).to_csv(index=False), CSV, "", 400),
    "columns beyond counting, by name": (json.dumps({"inputs": {f"x{n}": [1] for n in range(10_000)}}), JSON, "", 400),
    "nested values": ('{"dataframe_records": [{"time": [1], "T (degC)": {"a": 1}}]}', JSON, "", 400),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_with_a_sentence(server, case):
    content, headers, query, status = BAD[case]

    answer = server.post(content, headers, query)

    assert answer.status_code == status, answer.text
    assert set(answer.json()) == {"error_code", "message"}
    sentence = answer.json()["message"]
    assert sentence.endswith((".", "?"))
    assert "\n" not in sentence
    assert "Traceback" not in sentence
    assert len(sentence) < 400


def test_an_unknown_address_and_method_are_refused_with_a_sentence(server):
    lost, got = httpx.get(f"{server.address}/forecast"), httpx.get(f"{server.address}/invocations")

    assert (lost.status_code, got.status_code) == (404, 405)
    assert "post readings to /invocations." in lost.json()["message"]
    assert "post readings to /invocations." in got.json()["message"]


@pytest.mark.parametrize("held", [READINGS.tail(STEPS - 1), READINGS.drop(index=READINGS.index[-4])])
def test_a_history_that_lacks_a_step_is_forecast_from(server, held):
    answer = server.post(split(held), JSON)

    assert answer.status_code == 200
    assert len(answer.json()["predictions"]) == 1


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


def test_a_refusal_says_that_values_were_set_aside_for_it_may_be_why(server):
    kelvin = READINGS.assign(**{"T (degC)": READINGS["T (degC)"] + 273.15})

    answer = server.post(split(kelvin), JSON)

    assert answer.status_code == 400
    assert "of 'T (degC)' lie outside -40 to 50" in answer.json()["message"]


@pytest.mark.parametrize("address", ["/ping", "/health"])
def test_whoever_asks_by_head_whether_it_is_well_is_told(server, address):
    assert httpx.head(f"{server.address}{address}").status_code == 200


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
