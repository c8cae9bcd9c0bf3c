"""What is tried again, and what has been waited for already."""

from types import SimpleNamespace

import pytest

from jena_models.errors import StoreStaysAwayError, StoreUnreachableError
from tasks.studies.study import begin_study
from tasks.workspace import only_after


@pytest.mark.parametrize(
    ("error", "again"), [(StoreUnreachableError, True), (StoreStaysAwayError, False), (KeyError, False)]
)
def test_a_store_that_was_waited_for_is_not_waited_for_three_times_more(error, again):
    state = SimpleNamespace(data=error("It is away."))

    assert only_after(StoreUnreachableError)(None, None, state) is again


def test_a_study_that_cannot_be_begun_is_begun_again_unless_the_store_stays_away():
    """With its object store away, a training said nothing for twenty minutes."""
    again = begin_study.retry_condition_fn

    assert again(None, None, SimpleNamespace(data=ConnectionError("lost")))
    assert not again(None, None, SimpleNamespace(data=StoreStaysAwayError("It is away.")))
