"""The version that answers is the champion, as long as it can be served."""

import logging
from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest

from jena_models.errors import RequestError, RescoringError, StoreUnreachableError
from jena_models.stations import load_station
from tasks.serving.promotion_follower import FIRST_WAIT_SECONDS, Follower
from tasks.serving.request_readings import Wanted
from tasks.serving.served_champion import asked_leads
from tasks.serving.version_loading import Served, lengthened, prove


def served(number: int, model: object = None, *, takes_issue_times: bool = True) -> Served:
    return Served(
        number=number,
        model=model,
        wanted=Wanted((), (), ()),
        station=load_station("jena"),
        preparation=None,
        takes_issue_times=takes_issue_times,
    )


class Registry:
    """A champion, versions that load or do not, and a clock."""

    def __init__(self) -> None:
        self.champion: int | Exception | None = 1
        self.broken: dict[int, Exception] = {}
        self.loaded: list[int] = []
        self.time = 0.0

    def ask(self) -> int | None:
        if isinstance(self.champion, Exception):
            raise self.champion
        return self.champion

    def load(self, number: int) -> Served:
        self.loaded.append(number)
        if number in self.broken:
            raise self.broken[number]
        return served(number)


@pytest.fixture
def registry() -> Registry:
    return Registry()


@pytest.fixture
def follower(registry, caplog) -> Follower:
    caplog.set_level(logging.INFO, "jena")
    return Follower("model", served(1), registry.ask, registry.load, clock=lambda: registry.time)


def test_a_new_champion_takes_the_place_of_the_old(registry, follower, caplog):
    follower.look()
    assert (follower.current.number, registry.loaded) == (1, [])

    registry.champion = 2
    follower.look()
    follower.look()

    assert (follower.current.number, registry.loaded) == (2, [2])
    assert caplog.messages == ["Version 2 of model answers now, in place of 1."]


def test_a_rollback_needs_no_loading(registry, follower):
    registry.champion = 2
    follower.look()
    registry.champion = 1
    follower.look()
    registry.champion = 2
    follower.look()

    assert (follower.current.number, registry.loaded) == (2, [2])


def test_a_version_that_cannot_be_served_leaves_the_old_one_and_is_tried_again_later(registry, follower, caplog):
    registry.champion, registry.broken = 2, {2: RescoringError("its file is torn.")}
    follower.look()
    follower.look()
    assert (follower.current.number, registry.loaded) == (1, [2])
    assert caplog.messages == ["Version 2 is the champion, but version 1 goes on: its file is torn."]

    registry.time, registry.broken = FIRST_WAIT_SECONDS + 1, {}
    follower.look()

    assert (follower.current.number, registry.loaded) == (2, [2, 2])


def test_each_failure_makes_the_wait_longer(registry, follower):
    registry.champion, registry.broken = 2, {2: ValueError("torn")}
    tries = []
    for second in range(0, 400, 10):
        registry.time = float(second)
        before = len(registry.loaded)
        follower.look()
        tries += [second] if len(registry.loaded) > before else []

    assert tries == [0, 30, 90, 210]


def test_another_champion_need_not_wait_for_the_one_that_was_refused(registry, follower):
    registry.champion, registry.broken = 2, {2: ValueError("torn")}
    follower.look()
    registry.champion = 3
    follower.look()

    assert follower.current.number == 3


@pytest.mark.parametrize("answer", [StoreUnreachableError("The store is away."), RuntimeError("odd"), None])
def test_a_registry_that_is_away_or_empty_changes_nothing_and_is_told_once(registry, follower, caplog, answer):
    registry.champion = answer
    follower.look()
    follower.look()
    assert follower.current.number == 1
    assert len(caplog.messages) == 1
    assert "version 1 goes on answering" in caplog.messages[0]

    registry.champion = 2
    follower.look()

    assert follower.current.number == 2


def test_a_version_that_cannot_be_fetched_is_tried_at_each_look(registry, follower):
    registry.champion, registry.broken = 2, {2: StoreUnreachableError("The store is away.")}
    follower.look()
    follower.look()

    assert (follower.current.number, registry.loaded) == (1, [2, 2])


class Model:
    """Stands for a loaded version: gives as many forecasts as rows are asked for."""

    def __init__(self, value: float = 1.0) -> None:
        self.value = value
        self.asked: list[tuple[int, object]] = []

    def predict(self, readings: pd.DataFrame, params=None) -> pd.DataFrame:
        self.asked.append((len(readings), params))
        return pd.DataFrame({"forecast": [self.value]})


EXAMPLE = pd.DataFrame({"time": pd.date_range("2012-03-01", periods=12, freq="h"), "T (degC)": range(12)})


def test_a_version_is_warmed_with_every_size_of_batch_before_it_answers():
    model = Model()

    prove(served(1, model), EXAMPLE)

    assert model.asked == [(12, None), (75, {"issue_times": "all"}), (1035, {"issue_times": "all"})]


def test_a_version_whose_forecast_is_no_number_does_not_get_to_answer():
    with pytest.raises(RescoringError, match="no number"):
        prove(served(1, Model(float("nan")), takes_issue_times=False), EXAMPLE)


def test_a_longer_example_goes_on_in_time():
    longer = lengthened(EXAMPLE, 20)

    assert longer["time"].diff().dropna().unique().tolist() == [pd.Timedelta(hours=1)]
    assert longer["T (degC)"].tolist() == [*range(12), *range(12), *range(8)]


def test_leads_are_asked_of_a_version_only_where_they_are_wanted_and_it_knows_of_them():
    model = Model()
    today = replace(served(2, model), takes_leads=True)
    before = replace(served(1, model), preparation=SimpleNamespace(horizon_minutes=1440.0))

    today.forecast(EXAMPLE)
    today.forecast(EXAMPLE, every_issue_time=True, leads="all")

    assert model.asked == [(12, None), (12, {"issue_times": "all", "leads": "all"})]
    before.forecast(EXAMPLE)
    with pytest.raises(RequestError, match="Version 1 forecasts 24 hours ahead only; leave 'leads' out"):
        before.forecast(EXAMPLE, leads="6")


@pytest.mark.parametrize(
    ("params", "in_address", "asked"),
    [
        (None, None, "headline"),
        ({}, "all", "all"),
        ({"leads": 24}, "all", "24"),
        ({"leads": [1, 6]}, None, "1,6"),
        ({"leads": ""}, None, "headline"),
    ],
)
def test_leads_may_be_a_number_a_text_or_a_list(params, in_address, asked):
    assert asked_leads(params, in_address) == asked
