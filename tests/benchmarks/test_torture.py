"""The short form of the campaign: a round or two of each part, and what the campaign itself promises."""

import json
from random import Random

import pytest
from made_once import empty_prefect, prefect_address

from benchmarks.torture import __main__ as campaign
from benchmarks.torture import crowd, damage, kills, places
from benchmarks.torture.commands import SMALL, Home
from benchmarks.torture.requests import body, fault_of

COLUMNS = {"time": ["2009-01-01 00:00:00", "2009-01-01 01:00:00"], "T (degC)": [1.0, 2.0], "p (mbar)": [990.0, 991.0]}


BRIEF = {"JENA_LEADS_HOURS": "[]", "JENA_TRACKING__REPORT": "false", "JENA_TRACKING__DATA_DOCS": "false"}
"""A study without what takes longest and no part is about."""
QUICK = (*SMALL, "--architectures", "persistence,ridge,gradient_boosting", "--set", "gradient_boosting.rounds=20")
"""No network, which begins in ten seconds each time: tests/end_to_end/test_interruption.py kills one."""


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    """The undisturbed study, beside which all of this file's commands leave out the same, and share a server."""
    whole = Home.environment

    def brief(home, more=None):
        return whole(home, {**BRIEF, "PREFECT_API_URL": prefect_address(), **(more or {})})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Home, "environment", brief)
        for part in (kills, damage, crowd, places):
            patch.setattr(part, "SMALL", QUICK)
        patch.setattr(damage, "OTHER_STUDY", (*QUICK, "--set", "seed=99"))
        folder = tmp_path_factory.mktemp("torture") / "reference"
        kills.prepare(folder, empty_prefect())
        yield folder


@pytest.mark.slow
@pytest.mark.campaign
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", [1, 2])
def test_a_killed_study_comes_to_the_same_end(reference, tmp_path, seed):
    """Of a random moment; tests/end_to_end/test_interruption.py has three that are chosen."""
    assert kills.strike(tmp_path, seed, reference) == ""


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", [1])
def test_a_harmed_version_is_refused_in_a_sentence(reference, tmp_path, seed):
    assert damage.harm(tmp_path, seed, reference) == ""


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", [4, 5])
def test_a_place_where_nothing_can_be_kept_is_refused_in_a_sentence(reference, tmp_path, seed):
    assert places.stay(tmp_path, seed, reference) == ""


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_two_studies_and_a_forecast_at_once_lose_nothing(reference, tmp_path):
    assert crowd.crowd(tmp_path, 1, reference, studies=1, forecasts=1, pause=4) == ""


def test_malformed_requests_are_the_same_for_the_same_seed_and_differ_for_others():
    first, again, other = (body(COLUMNS, Random(seed)) for seed in (3, 3, 4))  # noqa: S311

    assert first == again
    assert first != other


@pytest.mark.parametrize(
    ("status", "text", "fault"),
    [
        (200, '{"predictions": [{"forecast": 3.5}]}', ""),
        (200, '{"predictions": [{"forecast": Infinity}]}', "no JSON"),
        (200, '{"predictions": [{"forecast": 8000.0}]}', "a forecast of"),
        (400, '{"message": "No."}', ""),
        (400, '{"message": "Traceback"}', "a traceback"),
        (500, "{}", "500"),
    ],
)
def test_an_answer_is_a_forecast_or_a_sentence(status, text, fault):
    import httpx

    found = fault_of(httpx.Response(status, text=text))

    assert found.startswith(fault) if fault in ("", "500") else fault in found
    assert bool(found) == bool(fault)


def test_a_campaign_goes_on_where_it_was_and_says_what_did_not_pass(tmp_path, monkeypatch, capsys):
    ran = []

    def play(folder, seed, reference):
        ran.append(seed)
        return "broken" if seed == 2 else ""

    monkeypatch.setattr(campaign, "PARTS", {"part": campaign.Part("a part", 3, "play", needs_reference=False)})
    monkeypatch.setattr(campaign, "resolve_name", lambda name: play if name == "play" else None)
    page = tmp_path / "reliability.md"
    page.write_text(f"before\n{campaign.BEGIN}\nold\n{campaign.END}\nafter\n")
    asked = ["torture", "--folder", str(tmp_path / "kept"), "--output", str(tmp_path)]

    monkeypatch.setattr("sys.argv", [*asked, "--rounds", "2"])
    first = campaign.main()
    monkeypatch.setattr("sys.argv", asked)
    second = campaign.main()

    assert (first, second, ran) == (1, 1, [1, 2, 3])
    told = page.read_text()
    assert told.startswith("before\n")
    assert told.endswith("after\n")
    assert "| `part`: a part | 3 | 2 | 3 | 3 |" in told
    assert "`--only part:2`: broken" in told
    assert "part 2: broken" in capsys.readouterr().err
    kept = [json.loads(line) for line in (tmp_path / "kept" / campaign.ROUNDS_FILE).read_text().splitlines()]
    assert [each["seed"] for each in kept] == [1, 2, 3]
