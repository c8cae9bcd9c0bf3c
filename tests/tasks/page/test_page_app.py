"""What the page answers: people, programs, Prometheus; and nothing that it was not asked to show."""

import pytest
from page_scenery import NOW, STATIONS, Scenery

from benchmarks.page.made_up_home import write_forecasts


@pytest.fixture(scope="module")
def client(scenery: Scenery):
    return scenery.client


def test_the_list_shows_every_station_with_its_state(client):
    page = client.get("/").text

    for shown in ("Jena, Beutenberg", "Kraków &lt;Balice&gt;", "Zugspitze", ">silent<", ">to mend<", ">well<"):
        assert shown in page
    assert "<Balice>" not in page
    assert page.count("6 gates passed</span>") == 3


def test_a_station_shows_its_forecast_champion_gates_and_monitoring(client):
    page = client.get("/stations/zugspitze").text

    for shown in ("Zugspitze", "gradient_", "Version 3 in MLflow", "hours on one value", "16937 targets"):
        assert shown in page
    assert "http://mlflow.example/#/models/zugspitze-temperature-24h-simulated/versions/3" in page
    assert "http://prefect.example/runs" in page


def test_programs_are_given_the_same_as_json(client):
    listed = client.get("/api/stations").json()
    one = client.get("/api/stations/jena").json()

    assert [each["place"]["name"] for each in listed["stations"]] == ["jena", "krakow", "zugspitze"]
    assert [each["state"]["state"] for each in listed["stations"]] == ["well", "silent", "mend"]
    assert listed["stations"][0]["latest"] == one["latest"]
    champion = {"version": 3, "architecture": "gradient_boosting", "gates": 6, "closed_gates": []}
    assert [each["champion"] for each in listed["stations"]] == [champion] * 3
    assert len(one["upcoming"]) == 24
    assert one["scores"]["forecasts"] == 168
    assert {gate["gate"] for gate in one["champion"]["gates"]} >= {"data", "reload"}
    assert one["reading_time"] == "2026-11-26T09:00:00Z"


@pytest.mark.parametrize("start", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00"])
def test_a_time_beyond_all_years_is_refused(client, start):
    answer = client.get("/api/stations/jena/forecasts", params={"start": start})

    assert answer.status_code == 422
    assert "is beyond all years" in answer.json()["detail"]


def test_forecasts_of_any_stretch_are_given_row_by_row(client):
    at = "/api/stations/jena/forecasts"
    some = client.get(at, params={"start": "2026-11-20T00:00", "end": "2026-11-20T05:00:00+00:00"}).json()
    first = client.get(at, params={"start": "2026-11-20", "limit": 2}).json()

    assert [row["issue_time"] for row in some["forecasts"]] == [f"2026-11-20T0{hour}:00:00Z" for hour in range(6)]
    assert (some["complete"], first["complete"], len(first["forecasts"])) == (True, False, 2)
    assert client.get(at).json()["forecasts"][-1]["issue_time"] == "2026-11-26T09:00:00Z"


def test_without_a_start_the_days_before_the_end_are_given(client):
    given = client.get("/api/stations/jena/forecasts", params={"end": "2026-11-15T12:00"}).json()["forecasts"]

    assert (given[0]["issue_time"], given[-1]["issue_time"]) == ("2026-11-14T09:00:00Z", "2026-11-15T12:00:00Z")


@pytest.mark.parametrize(
    ("asked", "rows"),
    [({"start": "0001-01-01"}, 289), ({"start": "0900-01-01"}, 289), ({"end": "0001-01-01"}, 0)],
)
def test_the_first_years_that_there_are_may_be_asked_for(client, asked, rows):
    assert len(client.get("/api/stations/jena/forecasts", params=asked).json()["forecasts"]) == rows


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("forecasts?strat=2026-11-20", "There is no parameter 'strat'; did you mean 'start'?"),
        ("forecasts?start=2026-11-20&end=2026-11-10", "lies after the end"),
        ("forecasts?start=2026", "The parameter 'start' cannot be so: it is a number; a time has dashes"),
        ("forecasts?end=20261120", "The parameter 'end' cannot be so: it is a number; a time has dashes"),
        ("forecasts?limit=2&limit=3", "The parameter 'limit' is given more than once."),
        ("readings?start=2026-11-20", "There is no parameter 'start'; /api/stations/{name}/readings takes none."),
        ("last-week?limit=3", "There is no parameter 'limit'; /api/stations/{name}/last-week takes none."),
    ],
)
def test_what_would_give_other_rows_than_are_meant_is_refused(client, address, sentence):
    answer = client.get(f"/api/stations/jena/{address}")

    assert answer.status_code == 422
    assert sentence in answer.json()["detail"]


def test_readings_and_the_last_week_add_up(client):
    readings = client.get("/api/stations/jena/readings").json()
    week = client.get("/api/stations/jena/last-week").json()

    came = {each["time"]: each["value"] for each in readings["readings"]}
    assert (readings["measured_from"], readings["unit"]) == ("forecasts", "°C")
    assert all(came[each["said"]["valid_time"]] == each["measured"] for each in week["compared"])
    off = [abs(each["said"]["forecast"] - each["measured"]) for each in week["compared"]]
    assert week["scores"]["mae"] == pytest.approx(sum(off) / len(off))


def test_prometheus_is_given_every_station(client):
    answer = client.get("/metrics")

    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert (
        'jena_station_state{station="krakow",model="krakow-temperature-24h-simulated",state="silent"} 1' in answer.text
    )


def test_what_openapi_says_is_what_is_answered(client):
    told = client.get("/openapi.json").json()
    shapes = told["components"]["schemas"]

    assert set(told["paths"]) == {
        "/api/stations",
        "/api/stations/{name}",
        "/api/stations/{name}/forecasts",
        "/api/stations/{name}/readings",
        "/api/stations/{name}/last-week",
        "/metrics",
    }
    assert set(client.get("/api/stations/jena").json()) == set(shapes["StationDetail"]["properties"])
    summary = client.get("/api/stations").json()["stations"][0]
    assert set(summary) == set(shapes["StationSummary"]["properties"])
    assert set(summary["champion"]) == set(shapes["ChampionSummary"]["properties"])


def test_the_page_on_the_api_needs_nothing_from_elsewhere(client):
    page = client.get("/api").text

    assert "/api/stations/{name}/forecasts" in page
    assert "StationDetail" in page
    assert "http" not in page.replace("http-equiv", "")


@pytest.mark.parametrize(
    "address",
    [
        "/stations/nobody",
        "/stations/..%2f..%2fetc%2fpasswd",
        "/stations/../../mlflow.db",
        "/static/../../../mlflow.db",
        "/static/..%2f..%2fpyproject.toml",
        "/stations/jena/report",
        "/wp-login.php",
    ],
)
def test_what_is_not_shown_is_not_found(client, address):
    assert client.get(address).status_code == 404


def test_a_station_that_is_not_there_is_said_in_json_to_programs(client):
    answer = client.get("/api/stations/<b>")

    assert (answer.status_code, answer.json()) == (404, {"detail": "No station '<b>' is shown here."})


def test_a_wrong_parameter_is_refused_in_a_sentence(client):
    answer = client.get("/api/stations/jena/forecasts", params={"limit": "many"})

    assert answer.status_code == 422
    assert "limit" in answer.json()["detail"]


@pytest.mark.parametrize("address", ["/", "/stations/jena", "/api/stations", "/metrics"])
def test_what_a_visitor_has_is_not_sent_again(client, address):
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")


def test_long_answers_are_packed_for_those_who_can_unpack_them(client):
    plain = client.get("/", headers={"accept-encoding": "identity"})

    assert "content-encoding" not in plain.headers
    assert client.get("/", headers={"accept-encoding": "gzip"}).headers["content-encoding"] == "gzip"


def test_static_files_stay_with_the_browser_and_nothing_else_does(client):
    style = client.get("/").text.split('rel="stylesheet" href="')[1].split('"')[0]

    assert "immutable" in client.get(style).headers["cache-control"]
    assert [client.get(each).headers["cache-control"] for each in ("/", "/stations/jena")] == ["no-store"] * 2
    assert client.get("/api/stations").headers["cache-control"] == "no-cache"


class TestAsTimeGoesOn:
    @pytest.fixture
    def other(self, module_home) -> Scenery:
        return Scenery(module_home())

    def test_a_new_forecast_is_shown_after_the_next_look(self, other):
        before = other.client.get("/api/stations/jena")
        other.an_hour_later()
        unseen = other.client.get("/api/stations/jena").json()
        other.watch.look()
        after = other.client.get("/api/stations/jena", headers={"If-None-Match": before.headers["etag"]})

        assert unseen["reading_time"] == before.json()["reading_time"]
        assert after.json()["reading_time"] == "2026-11-26T10:00:00Z"

    def test_a_station_that_falls_silent_is_news_though_no_file_has_changed(self, other):
        first = other.client.get("/stations/jena")
        other.now = other.now.replace(hour=17)
        later = other.client.get("/stations/jena", headers={"If-None-Match": first.headers["etag"]})
        listed = other.client.get("/api/stations").json()["stations"][0]

        assert later.status_code == 200
        assert "readings or forecasts have stopped" in later.text
        assert listed["state"]["state"] == "silent"

    def test_how_old_a_silent_stations_readings_are_is_news_too(self, other):
        other.now = other.now.replace(hour=17)
        first = other.client.get("/stations/jena")
        other.now = other.now.replace(hour=21)
        later = other.client.get("/stations/jena", headers={"If-None-Match": first.headers["etag"]})

        assert "made from is 8 h old" in first.text
        assert "made from is 12 h old" in later.text

    def test_whoever_asks_for_a_few_rows_at_a_time_comes_to_the_end(self, other):
        """Of 24 leads an hour ten at a time were asked for again and again, and the rest was never seen."""
        write_forecasts(other.home, STATIONS[0], 0, NOW, 1, range(1, 25))
        asked, seen = {"start": "2026-11-26T06:00", "limit": 10}, []
        for _ in range(4):
            answer = other.client.get("/api/stations/jena/forecasts", params=asked).json()
            seen += [(row["issue_time"], row["lead_hours"]) for row in answer["forecasts"]]
            asked["start"] = seen[-1][0].replace(":00Z", ":01Z")

        assert answer["complete"]
        assert len(seen) == len(set(seen)) == 4 * 24

    def test_nothing_is_written(self, other):
        def files() -> dict:
            # Beside the database SQLite keeps what its readers tell each other, readers that write nothing too.
            found = [path for path in other.home.rglob("*") if path.is_file() and path.suffix != ".db-shm"]
            return {path: path.stat().st_mtime_ns for path in found}

        before = files()
        for address in ("/", "/stations/jena", "/api/stations", "/metrics", "/api/stations/jena/forecasts"):
            assert other.client.get(address).status_code == 200
        other.watch.look()

        assert files() == before
