"""Who is let in, and that nothing gets past that."""

import pytest
from fastapi.testclient import TestClient

from jena_models.errors import PageError
from jena_models.options.production_options import Page
from tasks.page import visitor_checks
from tasks.page.visitor_checks import VisitorChecks, access_of

TOKEN = "0123456789abcdef0123"


async def inner(scope, receive, send):
    """What is behind the checks: it says that it was reached."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"reached"})


@pytest.fixture
def token_file(tmp_path):
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    file.chmod(0o600)
    return file


def client(page: Page, host: str = "127.0.0.1:5002") -> TestClient:
    return TestClient(VisitorChecks(inner, access_of(page)), base_url=f"http://{host}", follow_redirects=False)


@pytest.fixture
def signed(token_file, monkeypatch) -> TestClient:
    monkeypatch.setattr(visitor_checks, "WRONG_SECONDS", 0.0)
    return client(Page(address="0.0.0.0", token_file=str(token_file)), "page.example")  # noqa: S104


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.168.1.7", "page.example"])  # noqa: S104
def test_an_address_that_others_reach_is_refused_without_a_sign_in(address):
    with pytest.raises(PageError, match=r"--token-file.*--behind-proxy"):
        access_of(Page(address=address))


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_this_machine_alone_needs_none(address):
    assert access_of(Page(address=address)).kind == "this machine"


@pytest.mark.parametrize("token", ["", "short", "   ", "ünïcödé-ünïcödé-ünïcödé", "with a\ttab in the token"])
def test_a_token_that_could_be_guessed_or_not_be_sent_is_refused(token_file, token):
    token_file.write_text(token)

    with pytest.raises(PageError, match="token of at least 16"):
        access_of(Page(token_file=str(token_file)))


def test_a_token_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(PageError, match="cannot be read"):
        access_of(Page(token_file=str(tmp_path / "none")))


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_nothing_but_reading_gets_through(method):
    assert client(Page()).request(method, "/").status_code == 405


@pytest.mark.parametrize("address", ["/", "/health", "/api/stations"])
def test_head_is_told_what_get_would_be_without_its_body(scenery, address):
    asked = TestClient(VisitorChecks(scenery.client.app, access_of(Page())), base_url="http://127.0.0.1")
    whole, head = asked.get(address), asked.head(address)

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == whole.headers["content-length"]


def test_a_foreign_name_for_this_machine_is_refused():
    assert client(Page(), "evil.example").get("/").status_code == 421
    assert client(Page(), "localhost:5002").get("/").text == "reached"


def test_without_the_token_people_are_asked_and_programs_are_refused(signed):
    page, program = signed.get("/stations/jena?a=<b>"), signed.get("/api/stations")

    assert (page.status_code, program.status_code) == (401, 401)
    assert 'value="/stations/jena?a=' in page.text
    assert "<b>" not in page.text
    assert program.headers["www-authenticate"] == "Bearer"
    assert "reached" not in page.text + program.text


def test_the_token_opens_in_a_header(signed):
    assert signed.get("/api/stations", headers={"authorization": f"Bearer {TOKEN}"}).text == "reached"
    for wrong in (f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer ", "Bearer ütf"):
        header = {"authorization": wrong.encode("utf-8")}
        assert signed.get("/api/stations", headers=header).status_code == 401


def test_signing_in_leads_to_where_one_was_going_with_a_cookie_that_scripts_do_not_see(signed):
    answer = signed.post("/sign-in", data={"token": TOKEN, "then": "/stations/jena"})

    assert (answer.status_code, answer.headers["location"]) == (303, "./stations/jena")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(answer.headers["set-cookie"].split("; "))
    assert TOKEN not in answer.headers["set-cookie"]
    assert signed.get("/").text == "reached"


def test_a_wrong_token_signs_nobody_in(signed):
    answer = signed.post("/sign-in", data={"token": "wrong-wrong-wrong-wrong", "then": "/"})

    assert (answer.status_code, "That is not the token" in answer.text) == (401, True)
    assert signed.get("/").status_code == 401


@pytest.mark.parametrize(
    "then", ["//evil.example", "https://evil.example", "/\\evil.example", "/a\r\nset-cookie: x=y", ""]
)
def test_signing_in_leads_nowhere_else(signed, then):
    answer = signed.post("/sign-in", data={"token": TOKEN, "then": then})

    assert (answer.status_code, answer.headers["location"]) == (303, "./")


def test_a_cookie_that_was_changed_or_is_over_opens_nothing(signed, monkeypatch):
    cookie = signed.post("/sign-in", data={"token": TOKEN}).cookies["jena_page"]
    until, _, seal = cookie.partition(".")
    signed.cookies.clear()
    other_seal = seal[:-1] + ("1" if seal.endswith("0") else "0")
    for wrong in (f"{int(until) + 1}.{seal}", f"{until}.{other_seal}", "", ".", "x.y"):
        assert signed.get("/", headers={"cookie": f"jena_page={wrong}"}).status_code == 401
    monkeypatch.setattr(visitor_checks.time, "time", lambda: int(until) + 1.0)

    assert signed.get("/", headers={"cookie": f"jena_page={cookie}"}).status_code == 401


def test_health_and_style_are_told_to_anybody(signed):
    assert signed.get("/health").text == signed.get("/static/x.css").text == "reached"


def test_behind_a_proxy_only_whom_it_names_is_let_in():
    visited = client(Page(address="0.0.0.0", behind_proxy=True), "page.example")  # noqa: S104

    assert visited.get("/", headers={"X-Forwarded-User": "ada"}).text == "reached"
    assert visited.get("/").status_code == 403
    assert visited.get("/", headers={"X-Forwarded-User": " "}).status_code == 403


def test_every_answer_tells_the_browser_what_to_refuse(signed):
    for answer in (signed.get("/"), signed.post("/"), signed.get("/health")):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
