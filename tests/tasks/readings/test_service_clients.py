"""Runs fetched of services with a ready description, from a server on loopback that answers as they document."""

import io
import json
import threading
import zipfile
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from jena_models.errors import DownloadError, DownloadInterruptedError, SourceUnreadableError
from jena_models.options.readings_options import Ingestion
from jena_models.stations import StationSchema, load_station
from jena_models.weather_service.run_files.run_tables import read_runs
from jena_models.weather_service.service_answers import nearest_of_catalogue
from tasks.readings.forecast_runs.service_clients import fetched_runs

JENA = load_station("jena")
SPAN = (datetime(2025, 3, 20), datetime(2025, 3, 21, 6))
CATALOGUE = """\
ID    ICAO NAME                 LAT    LON     ELEV
----- ---- -------------------- -----  ------- -----
01001 ENJA JAN MAYEN             70.56   -8.40    10
10554 ETAA ERFURT-WEIMAR         50.59   10.58   315
K2675 ---- JENA (STERNWARTE)     50.55   11.35   155
"""
KML = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<kml:kml xmlns:dwd="https://opendata.dwd.de/weather/lib/pointforecast_dwd_extension_V1_0.xsd"
 xmlns:kml="http://www.opengis.net/kml/2.2"><kml:Document><kml:ExtendedData><dwd:ProductDefinition>
<dwd:Issuer>Deutscher Wetterdienst</dwd:Issuer><dwd:IssueTime>{issued:%Y-%m-%dT%H:00:00.000Z}</dwd:IssueTime>
<dwd:ForecastTimeSteps>{steps}</dwd:ForecastTimeSteps></dwd:ProductDefinition></kml:ExtendedData>
<kml:Placemark><kml:name>K2675</kml:name><kml:ExtendedData>{values}</kml:ExtendedData></kml:Placemark>
</kml:Document></kml:kml>"""


def mosmix(stamp: str) -> bytes:
    issued = datetime.strptime(stamp, "%Y%m%d%H")
    steps = "".join(
        f"<dwd:TimeStep>{issued + timedelta(hours=h):%Y-%m-%dT%H:00:00.000Z}</dwd:TimeStep>" for h in (1, 2)
    )
    told = {"TTT": "280.15 -", "Td": "275.15 276.15", "PPPP": "101300 -", "N": "50 60", "FF": "3.1 2", "DD": "270 180"}
    values = "".join(
        f'<dwd:Forecast dwd:elementName="{name}"><dwd:value>   {text}</dwd:value></dwd:Forecast>'
        for name, text in told.items()
    )
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"MOSMIX_L_{stamp}_K2675.kml", KML.format(issued=issued, steps=steps, values=values))
    return content.getvalue()


def open_meteo(query: dict[str, list[str]]) -> tuple[int, dict]:
    """Hours and a value for each variable, as /v1/forecast has them: each value tells its run, or days before."""
    if query["models"] == ["no_such_model"]:
        return 400, {"error": True, "reason": "Cannot initialize MultiDomains from invalid String value no_such_model."}
    if "run" in query:
        run = datetime.fromisoformat(query["run"][0])
        if run == datetime(2025, 3, 20, 12):
            return 400, {"error": True, "reason": f"modelRunUnavailable(model: ecmwf_ifs, run: {query['run'][0]})"}
        times = [run + timedelta(hours=hour) for hour in range(96)]
        value = dict.fromkeys(query["hourly"][0].split(","), run.day + run.hour / 100)
    else:
        first, last = (datetime.fromisoformat(query[name][0]) for name in ("start_date", "end_date"))
        times = [first + timedelta(hours=hour) for hour in range(24 * ((last - first).days + 1))]
        value = {name: float(name[-1]) for name in query["hourly"][0].split(",")}
    hourly: dict = {"time": [f"{time:%Y-%m-%dT%H:%M}" for time in times]}
    hourly |= {name: [each, None, *[each] * (len(times) - 2)] for name, each in value.items()}
    return 200, {"latitude": 50.9, "utc_offset_seconds": 0, "hourly_units": {"temperature_2m": "°C"}, "hourly": hourly}


@pytest.fixture
def service(monkeypatch, home):
    """The three services at one address, what they were asked, and a status that they answer with instead."""
    monkeypatch.setenv("NO_PROXY", "*")
    state = SimpleNamespace(asked=[], status=None, stamps=["2025032015", "2025032021"])

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
            state.asked.append((path, query))
            status, content = 200, b""
            if state.status:
                status = state.status
            elif path == "/v1/forecast":
                status, answer = open_meteo(query)
                content = json.dumps(answer).encode()
            elif path == "/catalogue":
                content = CATALOGUE.encode("latin-1")
            elif path.endswith("/K2675/kml/"):
                names = [f"MOSMIX_L_{stamp}_K2675.kmz" for stamp in state.stamps]
                links = "".join(f'<a href="{name}">{name}</a>' for name in [*names, "MOSMIX_L_LATEST_K2675.kmz"])
                content = f"<html>{links}</html>".encode()
            elif path.endswith(".kmz"):
                content = mosmix(path.split("_")[2])
            else:
                status = 404
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    state.address = f"http://127.0.0.1:{server.server_address[1]}"
    yield state
    server.shutdown()
    server.server_close()


def station(name: str, address: str, **changes) -> StationSchema:
    entry = {"service": name, "address": address, **changes}
    return StationSchema.model_validate(JENA.model_dump() | {"forecasts": [entry]})


def runs_of(schema: StationSchema, span=SPAN, all_needed=True):
    (source,) = schema.forecasts
    found = fetched_runs(source, source.service, schema, span, Ingestion(), all_needed=all_needed)
    return read_runs(found.path, source, schema)


def seconds(*time: int) -> int:
    return int(np.datetime64(datetime(*time), "s").astype(np.int64))


def test_ecmwf_is_fetched_run_by_run_for_where_the_station_stands(service):
    runs = runs_of(station("ecmwf", f"{service.address}/v1/forecast", first="2025-03-20"))

    assert runs.issue_seconds.tolist() == [seconds(2025, 3, 20), seconds(2025, 3, 21)]  # that of 12 h is not there
    assert (runs.available_seconds - runs.issue_seconds == 8 * 3600).all()
    assert runs.lead_seconds[-1] == 72 * 3600
    place = runs.place_of("T (degC)")
    np.testing.assert_allclose(runs.values[:, [0, 1, -1], place], [[20, 20, 20], [21, 21, 21]])
    assert runs.lead_seconds[:2].tolist() == [0, 2 * 3600]  # of the hour between, all are null
    assert runs.place_of("wv (m/s)") is not None
    (path, query) = service.asked[0]
    assert (path, query["run"], query["models"]) == ("/v1/forecast", ["2025-03-21T00:00"], ["ecmwf_ifs"])
    assert (query["latitude"], query["longitude"]) == ([f"{JENA.latitude:.4f}"], [f"{JENA.longitude:.4f}"])
    assert (query["timezone"], query["wind_speed_unit"]) == (["GMT"], ["ms"])


def test_a_run_that_is_kept_is_not_asked_for_again_nor_one_that_never_came(service):
    schema = station("gfs", f"{service.address}/v1/forecast", first="2025-03-20")
    runs_of(schema)
    before = len(service.asked)

    runs_of(schema)
    later = runs_of(schema, (SPAN[0], SPAN[1] + timedelta(hours=6)))

    assert len(service.asked) == before + 1
    assert len(later) == 3


def test_previous_runs_are_known_a_day_before_each_hour_and_not_sooner(service):
    runs = runs_of(station("open_meteo", f"{service.address}/v1/forecast", first="2025-03-18", leads_hours=48))

    place = runs.place_of("T (degC)")
    of_a_noon = np.flatnonzero(runs.issue_seconds == seconds(2025, 3, 20, 12))[0]
    assert runs.lead_seconds.tolist() == [24 * 3600, 48 * 3600]
    assert runs.values[of_a_noon, :, place].tolist() == [1.0, 2.0]
    assert runs.available_seconds[of_a_noon] == seconds(2025, 3, 20, 20)
    assert runs.interpolate_seconds == 0
    assert "temperature_2m_previous_day2" in service.asked[0][1]["hourly"][0]


@pytest.mark.parametrize(("name", "fallen"), [("ecmwf", 21.0), ("open_meteo", 1.0)])
def test_rain_that_a_service_tells_by_the_hour_becomes_what_falls_in_a_step_of_the_station(service, name, fallen):
    rain = {"name": "rain (mm)", "quantity": "rain", "kind": "optional", "minimum": 0, "maximum": 500}
    entry = {"service": name, "address": f"{service.address}/v1/forecast", "first": "2025-03-19"}
    told = JENA.model_dump() | {"columns": [*JENA.model_dump()["columns"], rain], "forecasts": [entry]}

    runs = runs_of(StationSchema.model_validate(told))

    of_rain = runs.values[-1, :, runs.place_of("rain (mm)")]
    assert JENA.step_minutes == 10
    assert of_rain[np.isfinite(of_rain)][0] == pytest.approx(fallen / 6)


def test_mosmix_is_read_of_the_nearest_station_and_keeps_what_dwd_deletes(service):
    schema = station("dwd_mosmix", f"{service.address}/mos", catalogue=f"{service.address}/catalogue")

    runs = runs_of(schema)
    service.stamps = ["2025032103"]
    later = runs_of(schema)

    place = runs.place_of("T (degC)")
    assert runs.values[0, 0, place] == pytest.approx(7.0)  # 280.15 K
    assert np.isnan(runs.values[0, 1, place])
    assert [len(runs), len(later)] == [2, 3]
    assert later.issue_seconds[-1] == seconds(2025, 3, 21, 3)
    assert [path for path, _ in service.asked].count("/catalogue") == 1
    east = runs.columns.index("wv east")
    assert runs.values[0, 0, east] == pytest.approx(3.1)  # from the west


def test_a_service_that_does_not_answer_stops_a_study_and_leaves_a_forecast_what_is_kept(service, caplog):
    schema = station("ecmwf", f"{service.address}/v1/forecast", first="2025-03-20")
    runs_of(schema)
    service.status = 503
    longer = (SPAN[0], SPAN[1] + timedelta(days=1))

    with pytest.raises(DownloadInterruptedError, match="answered 503"):
        runs_of(schema, longer)
    assert len(runs_of(schema, longer, all_needed=False)) == 2
    assert "No newer run of the weather service 'ecmwf' can be had" in caplog.text


@pytest.mark.parametrize(
    ("status", "error", "says"), [(429, DownloadInterruptedError, "too often"), (403, DownloadError, "403")]
)
def test_a_refusal_is_told_for_what_it_is(service, status, error, says):
    service.status = status

    with pytest.raises(error, match=says):
        runs_of(station("ecmwf", f"{service.address}/v1/forecast", first="2025-03-20"))


def test_without_a_network_it_fails_at_once_and_says_where(home, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "*")

    with pytest.raises(DownloadInterruptedError, match=r"http://127.0.0.1:9/v1/forecast cannot be reached"):
        runs_of(station("ecmwf", "http://127.0.0.1:9/v1/forecast", first="2025-03-20"))


def test_a_wrong_model_and_a_span_without_runs_are_told(service):
    address = f"{service.address}/v1/forecast"

    with pytest.raises(DownloadError, match="no_such_model"):
        runs_of(station("ecmwf", address, model="no_such_model", first="2025-03-20"))
    with pytest.raises(SourceUnreadableError, match="keeps runs from 2026-01-01 on"):
        runs_of(station("ecmwf", address, first="2026-01-01"))


def test_a_name_that_is_none_is_met_with_the_nearest():
    with pytest.raises(ValueError, match=r"no weather service 'ecmfw' with a ready description.*'ecmwf'"):
        station("ecmfw", "http://x")


def test_minutes_stand_after_the_point_in_the_catalogue():
    assert nearest_of_catalogue(CATALOGUE, 50.92, 11.58) == ("K2675", "JENA (STERNWARTE)", pytest.approx(0.4, abs=0.4))
