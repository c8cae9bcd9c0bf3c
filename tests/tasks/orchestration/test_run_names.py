"""A flow run's name says what it does on which source, whether one was named or not."""

from types import SimpleNamespace
from uuid import uuid4

import pytest
from prefect.context import FlowRunContext

from flows.backtest import backtest
from flows.train import train
from flows.tune import tune


@pytest.mark.parametrize(
    ("flow", "parameters", "name"),
    [
        (train, {"profile": "quick", "source": "station.csv"}, "quick on station.csv"),
        (train, {"profile": "quick", "source": None}, "quick on auto"),
        (backtest, {"profile": "best", "source": None}, "best on auto"),
        (tune, {"architecture": "dense", "profile": "quick", "source": None}, "dense on auto"),
    ],
)
def test_a_run_without_a_source_is_called_after_what_it_takes(flow, parameters, name, monkeypatch):
    monkeypatch.delenv("JENA_SOURCE", raising=False)
    with FlowRunContext.model_construct(flow_run=SimpleNamespace(id=uuid4()), parameters=parameters):
        assert flow.flow_run_name() == name


@pytest.mark.parametrize(
    ("settings", "name"),
    [(None, "quick on postgresql://reader:***@host/weather"), ({"source": "later.csv"}, "quick on later.csv")],
)
def test_a_source_that_is_set_elsewhere_is_named_without_its_password(settings, name, monkeypatch):
    monkeypatch.setenv("JENA_SOURCE", "postgresql://reader:hush@host/weather")
    parameters = {"profile": "quick", "source": "auto", "settings": settings}

    with FlowRunContext.model_construct(flow_run=SimpleNamespace(id=uuid4()), parameters=parameters):
        assert train.flow_run_name() == name
