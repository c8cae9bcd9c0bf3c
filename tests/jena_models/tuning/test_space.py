"""What a search looks for: said beside each hyper-parameter, and nowhere else."""

from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jena_models.architectures import ARCHITECTURES
from jena_models.frozen import Frozen
from jena_models.tuning.ranges import Between, OneOf
from jena_models.tuning.space import space, with_values

TUNABLE = [name for name, entry in ARCHITECTURES.items() if entry.is_trained and not entry.combines]


class Inner(Frozen):
    sun: Annotated[bool, OneOf(True, False)] = True
    wind: bool = True


class Some(Frozen):
    units: Annotated[int, Between(8, 64, log=True)] = 16
    rate: Annotated[float, Between(0.0, 0.5)] = 0
    shape: Annotated[tuple[int, ...], OneOf((8,), (8, 4))] = (8,)
    title: str = ""
    features: Inner = Inner()


def names(dimensions):
    return [each.name for each in dimensions]


@pytest.mark.parametrize("name", TUNABLE)
def test_every_architecture_that_is_trained_can_be_tuned_from_its_own_values_on(name):
    hyperparameters = ARCHITECTURES[name].hyperparameters
    dimensions = space(hyperparameters)

    assert dimensions
    for each in dimensions:
        assert each.range.reaching(each.start) == each.range
        declared = type(hyperparameters).model_fields[each.name.split(".")[0]].metadata
        assert "." in each.name or each.range in declared, "the default lies outside the range that it says"


def test_what_says_nothing_is_not_searched_and_what_is_set_stays():
    assert names(space(Some())) == ["units", "rate", "shape", "features.sun"]
    assert names(space(Some(), {"units", "features.sun"})) == ["rate", "shape"]
    assert names(space(Some(), {"features", "unit"})) == ["units", "rate", "shape"]


def test_a_number_is_whole_where_its_field_is():
    assert [each.is_whole for each in space(Some())] == [True, False, False, False]


def test_a_range_reaches_to_where_the_search_starts():
    units, rate, shape, _ = space(Some(units=100, rate=0.7, shape=(3,)))

    assert (units.range.low, units.range.high, units.range.log) == (8, 100, True)
    assert rate.range == Between(0.0, 0.7)
    assert shape.range.values == ((8,), (8, 4), (3,))


def test_a_range_that_reaches_to_zero_is_no_longer_logarithmic():
    assert Between(0.1, 1, log=True).reaching(0.0) == Between(0.0, 1, log=False)


@given(
    st.fixed_dictionaries(
        {
            "units": st.integers(8, 64),
            "rate": st.floats(0, 0.5),
            "shape": st.sampled_from([(8,), (8, 4)]),
            "features.sun": st.booleans(),
        }
    )
)
def test_values_that_are_put_in_are_there_and_nothing_else_changed(values):
    changed = with_values(Some(title="a"), values)

    assert {each.name: each.start for each in space(changed)} == values
    assert changed.title == "a"
    assert changed.features.wind


@given(st.sampled_from([(8,), (8, 4)]))
def test_a_label_leads_back_to_its_value(value):
    where = OneOf((8,), (8, 4))

    assert where.labelled(where.label(value)) == value
    assert len(set(where.labels)) == 2
