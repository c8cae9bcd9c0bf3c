"""How a fleet stands: all of its stations in a few figures."""

import pytest

from jena_models.errors import StoreUnreachableError
from tasks.fleet import (
    Outcome,
    entries_of,
    fleet_standing,
    keep_outcome,
    overall_sentence,
    render_standing,
    standing,
    study_figures,
)
from tasks.registry import ChampionInBrief
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


def test_the_champion_is_the_registrys_and_not_what_the_last_training_left(fleet, monkeypatch):
    # Given a station whose training left version 3, and of which a person made version 2 the champion
    first, second = entries_of(fleet)
    left = {"champion": 3.0, "champion_architecture": "ridge"}
    for each in (first, second):
        keep_outcome(Outcome(name=each.name, model=each.model, work="train", done=True, sentence="", figures=left))
    champion = ChampionInBrief(
        model=first.model, version=2, architecture="lstm", val_mae=None, study="", run_id="", gates=(), change=None
    )
    monkeypatch.setattr(standing, "champions_in_brief", lambda _uri: {first.model: champion})

    # Then the table has what the registry has
    shown = {
        each.name: (each.champion, each.champion_architecture) for each in fleet_standing([first, second]).stations
    }
    assert shown == {first.name: (2, "lstm"), second.name: (None, None)}

    # And what training left where the registry cannot be read
    def unreachable(_uri):
        raise StoreUnreachableError("The store does not answer.")

    monkeypatch.setattr(standing, "champions_in_brief", unreachable)
    assert fleet_standing([first]).stations[0].champion == 3


def test_when_a_forecast_was_issued_is_told_with_its_offset(fleet):
    entry, _ = entries_of(fleet)
    figures = {"issue_time": "2026-11-27T18:00:00-06:00", "forecast": 9.4, "unit": "°C"}
    keep_outcome(Outcome(name=entry.name, model=entry.model, work="forecast", done=True, sentence="", figures=figures))

    assert "2026-11-27 18:00 -0600" in render_standing(fleet_standing([entry]))
