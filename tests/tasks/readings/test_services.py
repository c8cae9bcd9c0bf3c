"""A station's forecast sources: read once with its readings; a study needs them, a forecast can do without."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from jena_models.errors import DataInvalidError, JenaError, SourceNotFoundError, SourceUnreadableError
from jena_models.options.readings_options import Ingestion
from jena_models.settings import Settings
from jena_models.stations import load_station
from jena_models.stations.forecast_sources import ForecastSource
from jena_models.weather_service.service_files import StationFiles
from tasks.readings import describe_services, known_service, service_of, with_services
from tasks.workspace import Checked, Ingested, Source, for_station

TARGET = "T (degC)"
TIMES = pd.date_range("2020-01-01", periods=24 * 40, freq="h", unit="s", name="time")


@pytest.fixture
def checked(home):
    path = home / "readings.parquet"
    pd.DataFrame({TARGET: 5 + np.sin(np.arange(len(TIMES)) / 10)}, index=TIMES).to_parquet(path)
    ingested = Ingested.model_construct(
        readings=path, source=Source(path=path, origin="x", kind="real", key="s"), key="i"
    )
    return Checked.model_construct(readings=path, ingested=ingested, findings=(), key="c")


def station(home, kelvin=273.15, name="runs.csv"):
    rows = ["issued,lead,t"]
    for issued in TIMES[::12]:
        at = TIMES.get_loc(issued)
        generator = np.random.default_rng(at)
        for lead in (0, 24, 48):
            value = 5 + np.sin((at + lead) / 10) + kelvin + generator.normal(0, 0.1 + lead / 24)
            rows.append(f"{issued},{lead},{value:.3f}")
    (home / "runs.csv").write_text("\n".join(rows))
    column = {"name": "t2m", "source": "t", "of": TARGET, "unit": "K"}
    source = {"name": "s", "source": str(home / name), "issue_time": "issued", "lead": "lead"}
    told = ForecastSource.model_validate(source | {"available_after_hours": 6, "columns": [column]})
    return load_station("jena").model_copy(update={"forecasts": (told,)})


def test_runs_come_with_the_readings_and_are_part_of_their_key(home, checked):
    fed = with_services.fn(checked, station(home), Ingestion())

    assert fed.services == ("s",)
    assert fed.key != checked.key
    assert service_of(fed).sources[0].values[0, 0, 0] == pytest.approx(5, abs=1)
    assert fed.findings == ()
    assert with_services.fn(checked, station(home), Ingestion()).key == fed.key
    assert describe_services(fed.ingested, station(home), Ingestion())[0].leads == 3


@pytest.mark.parametrize("steps", [{"resample_minutes": 1440.0}, {"cadence_minutes": 60.0}, {"sentinels": (5.0,)}])
def test_runs_that_were_read_for_other_steps_are_not_taken(home, checked, steps):
    own = station(home)
    other = own.model_copy(update=steps)

    keys = {with_services.fn(checked, each, Ingestion(), all_needed=False).key for each in (own, other)}

    assert len(keys) == 2


def test_a_station_without_forecasts_is_left_as_it_is(checked):
    assert with_services.fn(checked, load_station("jena"), Ingestion()) is checked


def test_kelvin_taken_for_celsius_stops_a_study(home, checked):
    with pytest.raises(DataInvalidError, match="as K taken for °C is"):
        with_services.fn(checked, station(home, kelvin=0), Ingestion())


def test_a_study_needs_its_runs_and_a_forecast_goes_on_without(home, checked, caplog):
    gone = station(home, name="gone.csv")

    with pytest.raises(SourceNotFoundError):
        with_services.fn(checked, gone, Ingestion())
    assert with_services.fn(checked, gone, Ingestion(), all_needed=False) is checked
    assert "goes on without the weather service 's'" in caplog.text


def beside(whole, **other):
    """Two sources: one whose runs are whole, and another."""
    return load_station("jena").model_copy(
        update={"forecasts": (whole.model_copy(update={"name": "other", **other}), whole)}
    )


@pytest.mark.parametrize(
    "place", ["broken.csv", "postgresql://reader:${JENA_NO_SUCH_WORD}@127.0.0.1:1/weather::runs"], ids=["page", "word"]
)
def test_a_source_that_cannot_be_read_costs_a_forecast_no_other(home, checked, caplog, place):
    (whole,) = station(home).forecasts
    (home / "broken.csv").write_text("<html>502 bad gateway</html>")
    both = beside(whole, source=str(home / place) if place.endswith("csv") else place)

    fed = with_services.fn(checked, both, Ingestion(), all_needed=False)

    assert fed.services == ("s",)
    assert "goes on without the weather service 'other'" in caplog.text
    by_files = StationFiles(both)()
    np.testing.assert_array_equal(service_of(fed).sources[0].values, by_files.sources[0].values)
    assert [runs.name for runs in by_files.sources] == ["s"]
    assert [runs.name for runs in known_service.fn(checked.ingested, both, Ingestion()).sources] == ["s"]
    with pytest.raises(JenaError):
        with_services.fn(checked, both, Ingestion())


def in_folder(home, name, content):
    """The runs' file in a folder with another file."""
    (whole,) = station(home).forecasts
    folder = home / "folder"
    folder.mkdir()
    (home / "runs.csv").rename(folder / "runs.csv")
    (folder / name).write_text(content)
    told = whole.model_copy(update={"source": str(folder)})
    return load_station("jena").model_copy(update={"forecasts": (told,)})


NOTHING, BROKEN = ("", "issued,lead,t\n"), ("issued,lead,t\n2020-01-05,0,278\n2020-0", "<html>")


@pytest.mark.parametrize("content", NOTHING + BROKEN)
@pytest.mark.parametrize("name", ["a.csv", "z.csv"])
def test_a_file_that_holds_nothing_or_half_a_run_costs_a_forecast_no_other(home, checked, caplog, content, name):
    asked = in_folder(home, name, content)

    fed = with_services.fn(checked, asked, Ingestion(), all_needed=False)

    assert len(service_of(fed).sources[0]) == len(StationFiles(asked)().sources[0]) == len(TIMES[::12])
    assert caplog.text.count("Runs of the weather service 's' are left out: ") == 2
    assert str(home / "folder" / name) in caplog.text


def test_a_study_does_without_files_that_hold_nothing_and_refuses_broken_ones(home, checked):
    empty, broken = in_folder(home, "a.csv", NOTHING[0]), home / "folder" / "b.csv"
    assert with_services.fn(checked, empty, Ingestion()).services == ("s",)

    broken.write_text(BROKEN[0])
    with pytest.raises(SourceUnreadableError, match=r"b\.csv"):
        with_services.fn(checked, empty, Ingestion())


def test_a_station_with_forecasts_is_compared_with_them(home):
    settings = Settings(architectures=("persistence", "ridge"))

    assert for_station(settings, load_station("jena")) is settings
    asked = (
        SimpleNamespace(forecasts=()),
        settings.model_copy(update={"ingestion": Ingestion(simulated_service=True)}),
    )
    for given, chosen in ((station(home), settings), asked):
        assert for_station(chosen, given).architectures == ("persistence", "ridge", "weather_service", "emos")
