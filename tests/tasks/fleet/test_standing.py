"""How a fleet stands: all of its stations in a few figures."""

import pytest

from tasks.fleet import Outcome, entries_of, fleet_standing, keep_outcome, overall_sentence, study_figures
from tasks.workspace import LeaderboardRow, Promoted, StudyResult


def row(architecture, test_mae, test_skill):
    return LeaderboardRow(
        architecture=architecture,
        val_mae=test_mae,
        test_mae=test_mae,
        val_rmse=1.0,
        test_rmse=1.0,
        val_skill=test_skill,
        test_skill=test_skill,
        parameters=1,
        best_epoch=1,
        seconds_per_epoch=0.0,
        version=None,
        standing="",
        run_id="r",
        study="s",
    )


def result(*rows):
    promoted = Promoted(model="m", challenger=None, champion=None, promoted=False, gates=(), sentence="")
    return StudyResult(study="s", run_id="r", leaderboard=rows, promotion=promoted)


@pytest.fixture
def trained(fleet):
    """A function that gives the standing of four stations of which these are the studies."""

    def made(**studies):
        station = fleet.stations[0]
        many = tuple(station.model_copy(update={"name": name, "source": "x.csv"}) for name in ("a", "b", "c", "d"))
        for name, study in studies.items():
            keep_outcome(Outcome(name=name, work="train", done=True, sentence="", figures=study_figures(study)))
        return fleet_standing(entries_of(fleet.model_copy(update={"stations": many}))).overall

    return made


def test_the_weather_service_is_beaten_where_the_best_errs_less_on_the_test(trained):
    overall = trained(
        a=result(row("ridge", 1.0, 0.4), row("weather_service", 1.2, 0.3), row("persistence", 2.0, 0.0)),
        b=result(row("weather_service", 1.2, 0.3), row("ridge", 1.4, 0.2), row("persistence", 2.0, 0.0)),
        c=result(row("ridge", 2.1, -0.05), row("persistence", 2.0, 0.0)),
    )

    assert (overall.stations, overall.trained) == (4, 3)
    assert (overall.median_skill, overall.worst_skill, overall.worst_station) == (0.3, -0.05, "c")
    assert overall.beat_persistence == pytest.approx(2 / 3)
    assert (overall.with_service, overall.beat_service) == (2, 0.5)
    assert "67% beat persistence, and 50% of the 2 with a weather service beat that." in overall_sentence(overall)


def test_where_no_station_has_a_service_nothing_is_said_of_one(trained):
    overall = trained(a=result(row("ridge", 1.0, 0.4), row("persistence", 2.0, 0.0)))

    assert (overall.with_service, overall.beat_service) == (0, None)
    assert "service" not in overall_sentence(overall)
