"""Figures for Prometheus: what its format asks for, and no sample of what is not known."""

import re

from facts import NOW, facts, place, said

from jena_models.page.exposition import HELP, exposition

SAMPLE = re.compile(r'^[a-z_]+(\{[a-z]+="(?:[^"\\]|\\.)*"(,[a-z]+="(?:[^"\\]|\\.)*")*\})? -?[\d.e+-]+$')


def samples(text: str) -> dict[str, float]:
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_every_line_is_a_comment_or_a_sample_and_each_name_is_explained_once():
    text = exposition([facts(), facts(place('o"d\\d\n', "Odd"))], NOW)

    lines = text.splitlines()
    assert text.endswith("\n")
    assert all(SAMPLE.match(line) for line in lines if not line.startswith("# "))
    assert [line.split()[2] for line in lines if line.startswith("# TYPE")] == list(HELP)


def test_ages_errors_rungs_and_verdicts_are_told():
    found = samples(exposition([facts(latest=said(rung="fallback"))], NOW))
    at = 'station="jena",model="jena-temperature-24h"'

    assert found["jena_stations"] == 1
    assert found[f"jena_station_reading_age_seconds{{{at}}}"] == 1200
    assert found[f"jena_station_forecast_age_seconds{{{at}}}"] == 300
    assert found[f"jena_station_last_week_mae{{{at}}}"] == 1.5
    assert found[f'jena_station_rung{{{at},rung="fallback"}}'] == 1
    assert found[f'jena_station_rung{{{at},rung="champion"}}'] == 0
    assert found[f'jena_station_monitoring{{{at},action="nothing"}}'] == 1
    assert found[f'jena_station_state{{{at},state="fallback"}}'] == 1


def test_what_is_not_known_has_no_sample():
    bare = facts(
        reading_time=None, newest=None, written=None, latest=None, upcoming=(), scores=None, champion=None, verdict=None
    )

    found = samples(exposition([bare], NOW))

    assert {name.partition("{")[0] for name in found} == {"jena_stations", "jena_station_state"}
