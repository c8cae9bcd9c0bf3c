"""The sets of the weather service's benchmark: holes are hidden, parts keep to their times, series stay apart."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from click.testing import CliRunner

from benchmarks.weather_service.__main__ import main
from benchmarks.weather_service.described_sets import DescribedSet, described
from benchmarks.weather_service.late_runs import made_late, trained_twice
from benchmarks.weather_service.records import GREGORIAN_CYCLE, pooled, record_of, windows_of
from benchmarks.weather_service.trials import Forecasts, blended_crosswise, blocks, retrainings, scores, tried
from jena_models.errors import SettingsError

TIMES = pd.date_range("2020-01-01", periods=24 * 60, freq="h")


@pytest.fixture
def told(tmp_path):
    generator = np.random.default_rng(1)
    truth = np.clip(0.5 + 0.4 * np.sin(np.arange(len(TIMES) + 48) / 9), 0, 1)
    hole = (TIMES >= "2020-02-20 01:00") & (TIMES < "2020-02-22 01:00")
    power = pd.DataFrame({"time": TIMES, "set": np.where(hole, "hole", "given")})
    rows = []
    for name in ("a", "b"):
        power[name] = truth[: len(TIMES)].round(4)
        for at in range(0, len(TIMES), 12):
            for lead in range(1, 49, 3):
                rows.append((name, TIMES[at], lead, 10 * truth[at + lead] + generator.normal(0, 0.5)))
    power.to_csv(tmp_path / "power.csv", index=False)
    pd.DataFrame(rows, columns=["farm", "issued", "lead", "speed"]).to_csv(tmp_path / "runs.csv", index=False)
    column = {"name": "power (1)", "quantity": "power", "minimum": 0, "maximum": 1, "kind": "required"}
    source = {"name": "s", "source": "{data}/runs.csv", "issue_time": "issued", "lead": "lead"}
    own = {"select": {"farm": ["{series}"]}, "available_after_hours": 0}
    source |= own | {"columns": [{"name": "speed", "source": "speed"}]}
    station = {"name": "farm", "title": "f", "credit": "c", "latitude": 0, "longitude": 0, "clock": "UTC"}
    station |= {"cadence_minutes": 60, "target": "power (1)", "target_name": "power", "time_columns": ["time"]}
    told = {
        "title": "t",
        "series": ["a", "b"],
        "station": station | {"columns": [column | {"source": "{series}", "unit": "1"}], "forecasts": [source]},
        "readings": {"source": "{data}/power.csv", "holes": {"set": "hole"}},
        "leads_hours": [6, 24],
        "issue_hours": [0, 12],
        "history_hours": 24,
        "sampling_minutes": 60,
        "validation": ["2020-02-01", "2020-02-10"],
        "test": "holes",
        "score": "rmse",
        "candidates": [{"name": "service", "architecture": "weather_service"}, {"name": "r", "architecture": "ridge"}],
    }
    (tmp_path / "set.yaml").write_text(yaml.safe_dump(told))
    return described(str(tmp_path / "set.yaml"))


def test_parts_keep_to_their_times_and_holes_are_hidden(told, tmp_path):
    record = record_of(told, "a", tmp_path)

    train, validation, test = (windows_of(record, told, part) for part in ("train", "validation", "test"))
    before = windows_of(record, told, "train", 0)

    hidden = record.seconds[record.hidden]
    assert len(hidden) == 48
    assert np.isnan(record.measured[record.hidden]).all()
    assert not np.isin(train.histories.valid_seconds, hidden).any()
    assert np.isin(test.histories.valid_seconds, hidden).all()
    assert len(test) == 2
    assert (test.histories.issue_seconds == hidden[0] - 3600).all()
    assert before.histories.valid_seconds.max() < validation.histories.valid_seconds.min()
    assert not np.isin(before.histories.valid_seconds, validation.histories.valid_seconds).any()


def test_more_hours_may_be_trained_on_than_forecasts_are_issued_at(told, tmp_path):
    record = record_of(told, "a", tmp_path)
    often = told.model_copy(update={"training_issue_hours": (0, 3, 6, 9, 12, 15, 18, 21)})

    train, validation = (windows_of(record, often, part, 0).histories for part in ("train", "validation"))

    assert set(train.issue_seconds % 86_400 // 3600) == {0, 3, 6, 9, 12, 15, 18, 21}
    assert set(validation.issue_seconds % 86_400 // 3600) == {0, 12}
    assert len(windows_of(record, often.at_issue_times, "train", 0)) == len(windows_of(record, told, "train", 0))


def test_late_runs_are_learnt_at_the_issue_times_alone(told, tmp_path):
    record = record_of(told, "a", tmp_path)
    often = told.model_copy(update={"training_issue_hours": (0, 3, 6, 9, 12, 15, 18, 21)})
    test = windows_of(record, told, "test").histories

    said, plain = (trained_twice(record, each, told.candidates[1])[1].forecast(test) for each in (often, told))

    np.testing.assert_array_equal(said, plain)


def test_what_is_chosen_and_scored_is_better_than_the_curve_alone(told, tmp_path):
    found = tried(record_of(told, "a", tmp_path), told)

    assert set(found.test.by_name) == {"service", "r", "blend", "mean of learners"}
    assert scores(found.validation, "blend")["rmse"] <= scores(found.validation, "service")["rmse"] + 1e-6
    assert scores(found.test, "service")["windows"] == 2


def test_a_blend_of_the_best_is_their_mean_and_leaves_the_others_out(told, tmp_path):
    record = record_of(told, "a", tmp_path)

    found = [tried(record, told.model_copy(update={"blend_of": many})) for many in (1, 2)]

    best = min(("service", "r"), key=lambda name: scores(found[0].validation, name)["rmse"])
    assert found[0].weights == {name: float(name == best) for name in ("service", "r")}
    assert found[1].weights == {"service": 0.5, "r": 0.5}
    for each, expected in zip(found, (best, "both"), strict=True):
        by_name = each.test.by_name
        of = by_name[best] if expected == best else (by_name["service"] + by_name["r"]) / 2
        np.testing.assert_allclose(by_name["blend"], of)


def test_a_blend_is_judged_by_weights_that_have_not_seen_what_it_is_judged_by(told, tmp_path):
    """Else it would be chosen over candidates that have not seen it either."""
    record = record_of(told, "a", tmp_path)
    windows = windows_of(record, told, "validation", 0)
    noise = np.random.default_rng(2).normal(0, 0.1, (2, len(windows)))
    by_name = {"service": windows.target + noise[0], "r": windows.target + noise[1]}
    stretches = blocks([windows])

    said = blended_crosswise(Forecasts(windows, by_name, None), told, stretches)
    other = replace(windows, target=np.where(stretches == 3, 1 - windows.target, windows.target))
    judged = blended_crosswise(Forecasts(other, by_name, None), told, stretches)

    within = stretches == 3
    np.testing.assert_array_equal(judged[within], said[within])
    assert np.any(judged[~within] != said[~within])


def test_blocks_to_judge_by_are_the_stretches_and_of_a_single_one_eighths_of_its_time(told, tmp_path):
    both = pooled([record_of(told, name, tmp_path, number) for number, name in enumerate(told.series)])
    windows = windows_of(both, told, "validation", 0)

    found = blocks([windows])

    times = windows.histories.valid_seconds % GREGORIAN_CYCLE
    assert set(found) == set(range(8))
    assert all(times[found == each].max() <= times[found == each + 1].min() for each in range(7))
    np.testing.assert_array_equal(blocks([windows, windows]), np.repeat([0, 1], len(windows)))


def test_pooled_series_keep_their_calendar_and_their_runs(told, tmp_path):
    records = [record_of(told, name, tmp_path, number) for number, name in enumerate(told.series)]
    both = pooled(records)

    windows = windows_of(both, told, "validation", 0)
    single = windows_of(records[1], told, "validation", 0)
    second = windows.series == 1

    assert second.sum() == len(single) == len(windows) / 2
    ahead = windows.histories.valid_seconds[second] - single.histories.valid_seconds
    assert (ahead == GREGORIAN_CYCLE).all()
    assert all(len(runs.held) == len(runs.columns) == runs.values.shape[2] for runs in both.service.sources)
    apart = [runs.values[..., :1] for runs in (records[1].service.sources[0], both.service.sources[0])]
    np.testing.assert_array_equal(apart[1][len(apart[0]) :], apart[0])


def test_a_set_that_is_not_there_is_refused_in_a_sentence():
    with pytest.raises(SettingsError, match="hannover"):
        described("atlantis")


def test_a_training_every_month_sees_only_what_was_measured_when_its_first_forecast_was_issued(told, tmp_path):
    borders = {"validation": told.validation, "test": (told.validation[1], told.validation[1] + timedelta(days=12))}
    monthly = told.model_copy(update=borders | {"retrained_months": 1})
    record = record_of(monthly, "a", tmp_path)

    validation, test = retrainings(record, monthly)
    found = tried(record, monthly)

    for before, after in (*validation, *test):
        assert before.histories.valid_seconds.max() < after.histories.issue_seconds.min()
    assert len(test) == 1
    last = validation[-1][0].histories.valid_seconds
    assert test[-1][0].histories.valid_seconds.max() > last.max()
    assert len(found.validation.by_name["r"]) == sum(len(after) for _, after in validation)
    assert len(found.test.by_name["blend"]) == len(found.test.windows) == sum(len(after) for _, after in test)


def test_holes_cannot_be_trained_again_month_by_month(told):
    with pytest.raises(ValueError, match="retrained_months"):
        type(told).model_validate(told.model_dump() | {"retrained_months": 1})


def test_farms_of_another_folder_are_each_forecast_by_all_that_are_named(tmp_path):
    farms = described("gefcom").of_series(("5", "6"))

    sources = [[each.name for each in farms.of(name, tmp_path)[0].forecasts] for name in farms.series]
    own = described("gefcom").of_series(("2",)).of("2", tmp_path)[0].forecasts

    assert sources == [["own", "farm5", "farm6"]] * 2
    assert [each.select["farm"] for each in own] == [("2",), ("1",), ("2",), ("3",), ("4",)]


def test_another_stations_files_are_found_by_its_name(tmp_path):
    station, source = described("hannover").of_series(("bremen",)).of("bremen", tmp_path)

    assert source == str(tmp_path / "bremen_ecmwf_24h_ten_variables.csv")
    assert all(Path(each.source).name.startswith("bremen_") for each in station.forecasts)


def test_holes_are_hidden_where_the_readings_clock_and_shift_place_them(told, tmp_path):
    power = pd.read_csv(tmp_path / "power.csv", parse_dates=["time"])
    power["time"] += pd.Timedelta(hours=2)
    power.rename(columns={"time": "stamp"}).to_csv(tmp_path / "power.csv", index=False)
    station = told.station | {"clock": "UTC+02:00", "time_columns": ["stamp"]}
    readings = told.readings.model_copy(update={"shift_hours": 5})
    moved = record_of(told.model_copy(update={"station": station, "readings": readings}), "a", tmp_path)

    hidden = pd.to_datetime(moved.seconds[moved.hidden], unit="s")

    assert (hidden[0], hidden[-1]) == (pd.Timestamp("2020-02-20 06:00"), pd.Timestamp("2020-02-22 05:00"))
    assert len(hidden) == 48


def test_borders_with_a_zone_are_the_same_times_in_utc(told):
    given = told.model_dump() | {"validation": ["2020-02-01T02:00+02:00", "2020-02-10T00:00Z"]}

    assert type(told).model_validate(given).validation == told.validation


@pytest.mark.parametrize("setting", [{"leads_hours": (0.4,)}, {"leads_hours": (1.5,)}, {"history_hours": 24.5}])
def test_what_is_no_whole_number_of_steps_is_refused(told, tmp_path, setting):
    record = record_of(told, "a", tmp_path)

    with pytest.raises(SettingsError, match=f"'{next(iter(setting))}' of the set"):
        windows_of(record, told.model_copy(update=setting), "train")


def test_a_set_without_windows_is_refused_with_what_to_look_at(told, tmp_path):
    never = told.model_copy(update={"issue_hours": (0.5,)})

    with pytest.raises(SettingsError, match=r"no window for 'train', before stretch 1 .* 'issue_hours' \(in UTC\)"):
        tried(record_of(never, "a", tmp_path), never)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"candidates": [{"name": "n", "architecture": "lstm"}]}, "'lstm' does not learn from histories"),
        ({"candidates": [{"name": "r", "architecture": "ridge"}] * 2}, "two candidates are called 'r'"),
        ({"validation": ["2020-02-10", "2020-02-01"]}, "do not follow one another"),
        ({"test": ["2020-02-01", "2020-02-20"]}, "does not come after validation"),
        ({"station": {"name": "farm"}}, "does not describe the station a"),
        ({"readings": {"source": "{data}/nothing.csv"}}, "There is no file"),
        ({"lead_hours": [6]}, "lead_hours: there is no such key; did you mean 'leads_hours'?"),
    ],
)
def test_a_set_that_cannot_be_ends_in_a_sentence(tmp_path, told, wrong, sentence):
    set_file = tmp_path / "wrong.yaml"
    set_file.write_text(yaml.safe_dump(yaml.safe_load((tmp_path / "set.yaml").read_text()) | wrong))

    result = CliRunner().invoke(main, ["--data", str(tmp_path), "--set", str(set_file)])

    assert result.exit_code == 1
    assert sentence in result.output
    assert isinstance(result.exception, SystemExit)


def test_a_set_may_name_a_station_file(told, tmp_path):
    station, _ = told.of("a", tmp_path)
    (tmp_path / "a.yaml").write_text(yaml.safe_dump(station.model_dump(mode="json", exclude_unset=True)))

    named, _ = told.model_copy(update={"station": "{data}/{series}.yaml"}).of("a", tmp_path)

    assert named == station


def test_the_set_that_the_page_shows_is_one():
    page = (Path(__file__).parents[2] / "docs" / "weather-service.md").read_text(encoding="utf-8")
    shown = next(text for text in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL) if "candidates:" in text)

    mine = DescribedSet.model_validate(yaml.safe_load(shown))

    assert mine.series == ("north", "south")
    assert len(mine.validation) == 3


def test_what_cannot_do_without_a_service_is_not_asked_to_where_runs_are_late(told, tmp_path):
    emos = {"name": "emos", "architecture": "emos"}
    given = told.model_dump()
    first = type(told).model_validate(given | {"candidates": [emos, *given["candidates"]]})
    alone = type(told).model_validate(given | {"candidates": [emos]})
    record = record_of(told, "a", tmp_path)

    found, expected = (made_late(record, each, (12.0,)) for each in (first, told))

    assert found == expected
    with pytest.raises(SettingsError, match="from history alone"):
        made_late(record, alone, (12.0,))
