"""The sets of the weather service's benchmark: holes are hidden, parts keep to their times, series stay apart."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
import yaml

from benchmarks.weather_service.described_sets import described
from benchmarks.weather_service.late_runs import trained_twice
from benchmarks.weather_service.records import GREGORIAN_CYCLE, pooled, record_of, windows_of
from benchmarks.weather_service.trials import retrainings, scores, tried
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
