"""A study's order: what every version has beside it first, then the longest training."""

from contextlib import nullcontext
from dataclasses import dataclass

import pytest

from flows import compare
from jena_models.settings import Settings
from tasks.training import longest_first


@dataclass(frozen=True)
class Training:
    """One that was submitted."""

    name: str

    def result(self) -> str:
        return self.name


@pytest.fixture
def order(monkeypatch):
    """What happens in a study whose tasks do nothing, and whose trainings end in the order of their start."""
    order = []

    class Noting:
        def __init__(self, name=None):
            self.name = name

        def with_options(self, **_options):
            return self

        def submit(self, *arguments, **_options):
            order.append(self.name or arguments[0])
            return Training(order[-1])

    def ending(trainings):
        for training in trainings:
            order.append(f"{training.name} ended")
            yield training

    monkeypatch.setattr(compare, "begin_study", lambda *_: "begun")
    monkeypatch.setattr(compare, "studying", lambda *_: nullcontext("begun"))
    monkeypatch.setattr(compare, "train_beside", Noting("beside"))
    monkeypatch.setattr(compare, "train_architecture", Noting())
    monkeypatch.setattr(compare, "as_completed", ending)
    monkeypatch.setattr(compare, "get_ready_to_conclude", lambda _: order.append("got ready"))
    monkeypatch.setattr(compare, "wait", lambda trainings: order.append(f"waited for {len(trainings)}"))
    monkeypatch.setattr(compare, "conclude_study", lambda *_: order.append("concluded"))
    return order


def test_what_every_version_has_beside_it_is_trained_before_any_asks_for_it(order):
    settings = Settings(profile="quick", architectures=("dense", "lstm", "persistence"))

    compare.study.fn("prepared", "station", settings)

    assert order[:4] == ["beside", *longest_first(settings)[0]]
    assert order[-2:] == ["waited for 4", "concluded"]


def test_what_a_study_ends_with_is_imported_while_trainings_go_on(order):
    settings = Settings(profile="quick", architectures=("dense", "lstm", "persistence"), workers=2)

    compare.study.fn("prepared", "station", settings)

    assert order[4:] == ["beside ended", "got ready", "waited for 4", "concluded"]


def test_one_worker_has_nothing_imported_beside_a_training(order):
    compare.study.fn("prepared", "station", Settings(profile="quick", architectures=("dense",), workers=1))

    assert order == ["beside", "dense", "waited for 2", "concluded"]
