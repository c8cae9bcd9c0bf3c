"""At the door a request is passed on as it is, or refused in a sentence."""

import asyncio
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.serving.request_checks import Door
from tasks.serving.request_context import current_exchange

JSON, CSV = "application/json", "text/csv"


class Inside:
    """Stands for MLflow's server: keeps what it is given, and answers as it is told."""

    def __init__(self, status: int = 200, body: bytes = b"{}", version: int | None = None) -> None:
        self.status, self.body, self.version = status, body, version
        self.given: bytes | None = None

    async def __call__(self, scope, receive, send) -> None:
        self.given, self.headers = (await receive())["body"], dict(scope["headers"])
        self.asked, self.leads = current_exchange.get().issue_times, current_exchange.get().leads
        current_exchange.get().version = self.version
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body", "body": self.body})


def ask(inside: Inside, body: bytes, headers: dict, *, path="/invocations", query=b"", largest=1000):
    chunks = [body[i : i + 64] for i in range(0, len(body), 64)] or [b""]
    sent = []
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": query,
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }

    async def receive() -> dict:
        return {"type": "http.request", "body": chunks.pop(0), "more_body": bool(chunks)}

    async def send(event) -> None:
        sent.append(event)

    asyncio.run(Door(inside, largest)(scope, receive, send))
    start, *rest = sent
    return start["status"], dict(start["headers"]), b"".join(event["body"] for event in rest)


def test_a_good_request_and_its_answer_pass_unchanged_but_for_the_version():
    inside = Inside(body=b'{"predictions": []}', version=7)
    body = b'{"dataframe_split": {"data": []}}' + b" " * 200

    status, headers, answer = ask(inside, body, {"content-type": "application/json; charset=UTF-8"})

    assert (status, headers, answer) == (200, {b"x-model-version": b"7"}, b'{"predictions": []}')
    assert inside.given == body


def test_the_kind_of_body_is_read_in_any_letters():
    inside = Inside()
    ask(inside, b"a\n1\n", {"content-type": "TEXT/CSV; charset=UTF-8", "accept": "*/*"})

    assert inside.headers == {b"content-type": b"text/csv", b"accept": b"*/*"}


@pytest.mark.parametrize(("query", "asked"), [(b"", None), (b"issue_times=all", "all"), (b"issue_times=", "")])
def test_issue_times_are_read_from_the_address(query, asked):
    inside = Inside()
    ask(inside, b"a\n1\n", {"content-type": CSV}, query=query)

    assert inside.asked == asked


def test_leads_are_read_from_the_address_beside_issue_times():
    inside = Inside()
    ask(inside, b"a\n1\n", {"content-type": CSV}, query=b"leads=6,24&issue_times=all")

    assert (inside.leads, inside.asked) == ("6,24", "all")


@pytest.mark.parametrize(
    ("body", "headers", "status", "sentence"),
    [
        (b"", {"content-type": JSON}, 400, "The request has no body"),
        (b"{}", {}, 415, "content type application/json or text/csv."),
        (b"{}", {"content-type": "text/plain"}, 415, "instead of 'text/plain'"),
        (b"{}", {"content-type": "nonsense"}, 415, "instead of 'nonsense'"),
        (b"a\n1", {"content-type": "text/csv; charset=latin-1"}, 415, "UTF-8"),
        (b"a\n1", {"content-type": "text/csv; header=present"}, 415, "Leave 'header' out"),
        (b"a\n1", {"content-type": CSV, "content-encoding": "gzip"}, 415, "not compressed"),
        (b"x" * 1001, {"content-type": CSV}, 413, "larger than the 1,000 bytes"),
        (b"x" * 100_000, {"content-type": CSV}, 413, "larger than the 1,000 bytes"),
        (b"{", {"content-type": JSON}, 400, "no valid JSON: Expecting property name"),
        (b"\xe4", {"content-type": JSON}, 400, "no valid JSON"),
        (b"[" * 999, {"content-type": JSON}, 400, "JSON"),
        (b"[]", {"content-type": JSON}, 400, "an object with readings under one of"),
        (b'{"inputs": 1, "instances": 2}', {"content-type": JSON}, 400, "under one of"),
        (b'{"inputs": 1, "param": 2}', {"content-type": JSON}, 400, "did you mean 'params'?"),
        (b"a,b\n", {"content-type": CSV}, 400, "no readings below its header"),
        (b"\xff\n1", {"content-type": CSV}, 400, "not in UTF-8"),
    ],
)
def test_a_bad_request_is_refused_with_what_to_do_and_goes_no_further(body, headers, status, sentence):
    inside = Inside()

    answered, _, answer = ask(inside, body, headers)

    assert answered == status
    assert sentence in json.loads(answer)["message"]
    assert inside.given is None


def test_a_parameter_that_is_there_twice_is_refused_and_not_half_heard():
    inside = Inside()

    status, _, answer = ask(inside, b"a\n1\n", {"content-type": CSV}, query=b"leads=1&leads=2")

    assert status == 400
    assert "there twice; write leads as 'leads=1,6,24'" in json.loads(answer)["message"]
    assert inside.given is None


def test_json_that_is_nested_without_end_is_refused():
    status, _, answer = ask(Inside(), b"[" * 100_000, {"content-type": JSON}, largest=200_000)

    assert status == 400
    assert "nested too deeply" in json.loads(answer)["message"]


@pytest.mark.parametrize(
    ("status", "said", "path", "sentence"),
    [
        (404, b'{"detail":"Not Found"}', "/nowhere", "There is nothing at '/nowhere'; post readings to /invocations."),
        (
            405,
            b'{"detail":"Method Not Allowed"}',
            "/ping",
            "'/ping' does not take POST; post readings to /invocations.",
        ),
        (504, b"Request processing time exceeded limit", "/ping", "The forecast took longer than the server waits"),
        (500, b"Internal Server Error", "/ping", "The server could not answer; its log says why."),
        (500, b'{"message": "secret", "stack_trace": "Traceback"}', "/ping", "The server could not answer"),
        (400, b'{"message": "Failed. Error: \'2 columns\'", "stack_trace": "x"}', "/ping", "make no table: 2 columns."),
    ],
)
def test_an_error_of_the_server_becomes_a_sentence(status, said, path, sentence):
    answered, headers, answer = ask(Inside(status, said), b"", {}, path=path)

    assert answered == status
    assert headers[b"content-length"] == str(len(answer)).encode()
    assert set(json.loads(answer)) == {"error_code", "message"}
    assert sentence in json.loads(answer)["message"]


def test_a_sentence_is_told_whole_unless_it_has_no_end():
    whole = "The readings have no column 'T'; known are: " + ", ".join(f"column {n}" for n in range(100)) + "."
    for message, told in ((whole, whole), ("x " * 5000, ("x " * 999) + "…")):
        _, _, answer = ask(Inside(400, json.dumps({"message": message}).encode()), b"a\n1\n", {"content-type": CSV})

        assert json.loads(answer)["message"] == told


@settings(max_examples=100)
@given(
    body=st.binary(max_size=60) | st.text('{}[]",:0129eE+-.naifNI ', max_size=40).map(str.encode),
    kind=st.sampled_from([JSON, CSV, "", "application/json;charset"]) | st.text('a/;=" -', max_size=12),
    query=st.binary(max_size=12),
)
def test_no_request_trips_the_door(body, kind, query):
    status, _, answer = ask(Inside(), body, {"content-type": kind}, query=query)

    assert status == 200 or (400 <= status < 500 and json.loads(answer)["message"].endswith((".", "?")))
