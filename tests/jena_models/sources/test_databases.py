"""What a driver is told of a server that may fall silent; that it heeds it is a PostgreSQL server's own test."""

import pytest

from jena_models.errors import RequestError
from jena_models.sources.databases import connected, connection_options, place_of


@pytest.mark.parametrize(
    ("address", "part", "seconds"),
    [
        ("postgresql://u@h/d::t", "answer_seconds", 300),
        ("postgresql://u@h/d?answer_seconds=0.5::t", "answer_seconds", 0.5),
        ("mysql://u@h/d::t", "read_timeout", 300),
        ("mysql://u@h/d?answer_seconds=0.5::t", "read_timeout", 1),
        ("mariadb+pymysql://u@h/d?answer_seconds=20::t", "read_timeout", 20),
        ("mariadb://u@h/d::t", "read_timeout", 300),
    ],
)
def test_a_server_that_says_nothing_is_given_up_whichever_it_is(address, part, seconds):
    told = connection_options(place_of(address))["connect_args"]

    assert told[part] == seconds
    assert told["connect_timeout"] == 10


def test_a_drivers_own_options_are_left_alone_where_it_has_none_for_silence():
    assert not connection_options(place_of("mysql+mysqlconnector://u@h/d::t"))


@pytest.mark.parametrize("said", ["soon", "0", "inf"])
def test_silence_is_counted_in_seconds(said):
    with (
        pytest.raises(RequestError, match="has no number of seconds"),
        connected(place_of(f"mysql://u@h/d?answer_seconds={said}::t")),
    ):
        pass


@pytest.mark.parametrize("kind", ["mysql", "mariadb"])
def test_both_kinds_of_mysql_take_the_driver_that_pip_installs_under_its_name(kind):
    """MariaDB's was one that no package is called after, and that has to be compiled."""
    assert place_of(f"{kind}://u@h/d::t").url.get_driver_name() == "pymysql"
