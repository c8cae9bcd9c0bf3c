"""Over HTTP, bad input is refused with a sentence, and never with a traceback."""

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
