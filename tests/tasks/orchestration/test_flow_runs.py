"""How flows end, in the states that their bodies give."""

import pytest
from prefect.states import Completed

from jena_models.errors import SourceNotFoundError
from tasks.orchestration.flow_runs import ending_in_a_sentence


@ending_in_a_sentence
def promised(source: str, workers: int = 1):
    """Promise.

    Args:
        source: Where from.
    """
    if source == "nowhere":
        raise SourceNotFoundError("There is no file nowhere.")
    if source == "bug":
        raise ZeroDivisionError
    return Completed(message="Done.", data=workers)


def test_what_the_body_says_is_the_end():
    state = promised("here", workers=3)

    assert (state.name, state.message, state.data) == ("Completed", "Done.", 3)


def test_a_known_reason_is_the_whole_message_and_the_exception_its_data():
    state = promised("nowhere")

    assert state.is_failed()
    assert state.message == "There is no file nowhere."
    assert isinstance(state.data, SourceNotFoundError)


def test_a_bug_stays_one():
    with pytest.raises(ZeroDivisionError):
        promised("bug")


def test_prefect_sees_the_parameters_of_the_body():
    from prefect import flow
    from prefect.utilities.callables import parameter_schema

    schema = parameter_schema(flow(promised))

    assert schema.properties["source"]["description"] == "Where from."
    assert schema.properties["workers"]["type"] == "integer"
