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
def test_a_run_without_a_source_is_called_after_what_it_takes(flow, parameters, name):
    with FlowRunContext.model_construct(flow_run=SimpleNamespace(id=uuid4()), parameters=parameters):
        assert flow.flow_run_name() == name
