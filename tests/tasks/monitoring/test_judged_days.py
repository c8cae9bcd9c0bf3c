"""What was found and decided stays, once a day."""

import os
from datetime import date, timedelta

import pytest
from monitored import DAY, MODEL, a_day

from jena_models.reading.reading import write_simulated
from jena_models.settings import Settings
from jena_models.stations import load_station
from jena_models.stations.simulated import simulate
from tasks.monitoring.day_page import page, render, render_history
from tasks.monitoring.judged_days import days_folder, read_day, read_days, remembered, watched_model, write_day


def test_a_day_is_read_as_it_was_written(home):
    write_day(a_day())

    assert read_day(MODEL, DAY) == a_day()
    assert read_day(MODEL, DAY + timedelta(days=1)) is None


def test_writing_a_day_twice_changes_nothing(home):
    assert write_day(a_day())
    file = next(days_folder(MODEL).rglob("*.json"))
    before = file.stat().st_mtime_ns, file.stat().st_ino

    assert not write_day(a_day())
    assert (file.stat().st_mtime_ns, file.stat().st_ino) == before
    assert [path.name for path in days_folder(MODEL).rglob("*") if path.is_file()] == ["2017-09-10.json"]


def test_earlier_days_come_in_order_over_the_turn_of_the_year(home):
    for day in (date(2018, 1, 1), date(2017, 12, 30), date(2017, 12, 31)):
        write_day(a_day(day))

    assert [each.day for each in read_days(MODEL)] == [date(2017, 12, 30), date(2017, 12, 31), date(2018, 1, 1)]
    assert [each.day for each in read_days(MODEL, before=date(2018, 1, 1), last=1)] == [date(2017, 12, 31)]


@pytest.mark.parametrize(
    ("source", "meant"),
    [
        ("simulated", f"{MODEL}-simulated"),
        ("{folder}/simulated.parquet", f"{MODEL}-simulated"),
        ("roof.csv", MODEL),
        ("auto", f"{MODEL}-simulated"),
    ],
)
def test_the_days_of_a_station_are_those_of_what_its_source_is_of(home, tmp_path, source, meant):
    write_simulated(simulate(load_station("jena"), years=0.02, seed=1), tmp_path / "simulated.parquet")
    write_day(a_day())
    written = next(days_folder(MODEL).rglob("*.json"))
    os.utime(written, (1, 1))
    write_day(a_day().model_copy(update={"model": f"{MODEL}-simulated"}))

    assert watched_model(load_station("jena"), Settings(source=source.format(folder=tmp_path))) == meant


def test_days_of_another_station_are_never_its_own(home):
    write_day(a_day())
    hill = load_station("jena").model_copy(update={"name": "hill"})

    assert read_days(watched_model(hill, Settings())) == []
    assert "No day of this station has been judged yet" in render_history([])
    assert MODEL in render_history([a_day()])


def test_a_file_that_holds_no_day_is_passed_over_and_named(home, caplog):
    write_day(a_day())
    lost = days_folder(MODEL) / "2017" / "2017-09-09.json"
    lost.write_text("")

    assert [each.day for each in read_days(MODEL)] == [DAY]
    assert read_day(MODEL, date(2017, 9, 9)) is None
    assert f"{lost} is no day under watch" in caplog.text


def test_what_later_days_need_to_know_survives(home):
    write_day(a_day())

    known = remembered(read_days(MODEL))[0]

    assert known.day == DAY
    assert known.past_limit == {"scores/forecasts/MAE_30d"}
    assert known.retrained


def test_what_is_shown_says_what_was_decided_and_why(home):
    for text in (page(a_day()), render(a_day()), render_history([a_day(flow_run="a-flow-run")])):
        assert "A retraining is due: MAE" in text
    assert "| MAE |  |  | 3 | 2 | 2.3 |" in page(a_day())
    assert "a-flow-run" in render_history([a_day(flow_run="a-flow-run")])


def test_the_headlines_scores_and_those_of_other_leads_stand_in_rows_of_their_own(home):
    day = a_day()
    of_leads = day.checks[0].model_copy(update={"subject": "forecasts beyond 24 h", "value": 9.0, "limit": None})

    shown = page(day.model_copy(update={"checks": (*day.checks, of_leads)}))

    assert "| MAE |  |  | 3 | 2 | 2.3 |" in shown
    assert "| MAE, beyond 24 h |  |  | 9 |  |  |" in shown
