import pytest

from jena_models.settings import Settings
from jena_models.stations import load_station
from tasks.page.shown_station import ShownStation
from tasks.page.station_files import unreadable


@pytest.mark.parametrize(("minutes", "late", "silent"), [(10, 3, 6), (60, 3, 6), (180, 5, 8), (1440, 26, 29)])
def test_readings_of_longer_steps_are_late_when_the_next_one_should_be_there(minutes, late, silent):
    station = load_station("jena").model_copy(update={"resample_minutes": minutes})

    facts = unreadable(ShownStation("x", "X", "x-temperature-24h", station, Settings()), "nothing").facts

    assert (facts.late_hours, facts.silent_hours) == (late, silent)
