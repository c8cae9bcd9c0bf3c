"""A study's order: what every version has beside it first, then the longest training."""

from contextlib import nullcontext
from types import SimpleNamespace

from flows import compare
from jena_models.settings import Settings
from tasks.training import longest_first


def test_what_every_version_has_beside_it_is_trained_before_any_asks_for_it(monkeypatch):
    # Given a study whose tasks note when they are submitted
    order, settings = [], Settings(profile="quick", architectures=("dense", "lstm", "persistence"))

    def noting(name=None):
        def submit(*arguments, **_options):
            order.append(name or arguments[0])
            return SimpleNamespace(wait=lambda: order.append("waited"), result=lambda: name)

        return SimpleNamespace(submit=submit, with_options=lambda **_options: noting(name))

    monkeypatch.setattr(compare, "begin_study", lambda *_: "begun")
    monkeypatch.setattr(compare, "studying", lambda _: nullcontext())
    monkeypatch.setattr(compare, "train_beside", noting("beside"))
    monkeypatch.setattr(compare, "train_architecture", noting())
    monkeypatch.setattr(compare, "wait", lambda _: None)
    monkeypatch.setattr(compare, "conclude_study", lambda *_: order.append("concluded"))

    # When
    compare.study.fn("prepared", "station", settings)

    # Then
    assert order == ["beside", *longest_first(settings)[0], "waited", "concluded"]
