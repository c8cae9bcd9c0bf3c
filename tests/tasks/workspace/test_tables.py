"""Tables can be read at any width: nothing is cut off, and no line is longer than the terminal."""

from datetime import UTC, datetime

import pytest

from jena_models.evaluation.gates import GATES, GateVerdict
from tasks.registry.by_hand import Standing, render
from tasks.registry.versions import RegisteredVersion
from tasks.studies.leaderboard import render as render_leaderboard
from tasks.workspace import tables
from tasks.workspace.stage_results import LeaderboardRow
from tasks.workspace.tables import as_text, plain_table

WIDTHS = (60, 80, 120, 200)
LONGEST = "bidirectional_stacked_gru_dropout"


def verdicts(*closed: str) -> tuple[GateVerdict, ...]:
    return tuple(GateVerdict(gate=gate, passed=gate not in closed, evidence="Seen so. " * 20) for gate in GATES)


def shown_registry() -> str:
    versions = (
        ("champion", LONGEST, verdicts()),
        ("challenger", "lstm", verdicts("champion", "groups", "coverage")),
        ("candidate", "dense", ()),
    )
    return render(
        Standing(
            model="jena-temperature-24h-simulated",
            champion=103,
            previous=None,
            history=(),
            versions=tuple(
                RegisteredVersion(
                    version=103 - number,
                    standing=stands,
                    architecture=architecture,
                    val_mae=2.345,
                    created=datetime(2026, 3, 4, 10, 12, tzinfo=UTC),
                    study="s",
                    run_id="r",
                    gates=gates,
                )
                for number, (stands, architecture, gates) in enumerate(versions)
            ),
        )
    )


def shown_leaderboard() -> str:
    row = LeaderboardRow(
        architecture=LONGEST, val_mae=2.345, test_mae=2.456, val_rmse=3, test_rmse=3, val_skill=0.12, test_skill=0.1,
        parameters=1_234_567, best_epoch=3, seconds_per_epoch=12.5, version=103, standing="challenger",
        run_id="r", study="s",
    )  # fmt: skip
    return render_leaderboard([row])


def shown_lines(text: str, width: int) -> str:
    assert "…" not in text
    assert max(map(len, text.splitlines())) <= width
    return " ".join(text.split())


@pytest.mark.parametrize("width", WIDTHS)
def test_the_registry_is_whole_at_every_width(monkeypatch, width):
    monkeypatch.setattr(tables, "WIDTH", width)

    text = shown_lines(shown_registry(), width)

    for said in (
        "version",
        "standing",
        "architecture",
        "val MAE",
        "gates",
        LONGEST,
        "103",
        "2.345",
        f"✓ all {len(GATES)}",
        "✗",
    ):
        assert said in text
    for gate in GATES:
        assert gate in text


@pytest.mark.parametrize("width", WIDTHS)
def test_the_leaderboard_is_whole_at_every_width(monkeypatch, width):
    monkeypatch.setattr(tables, "WIDTH", width)

    text = shown_lines(shown_leaderboard(), width)

    for said in (LONGEST, "2.345", "2.456", "+12.0%", "1,234,567", "12.5", "103", "challenger", "parameters"):
        assert said in text


@pytest.mark.parametrize("width", WIDTHS)
def test_a_reason_of_many_words_goes_on_in_the_next_line(monkeypatch, width):
    monkeypatch.setattr(tables, "WIDTH", width)
    why = "persistence, since the tracking store cannot be used and is to be made a file that can be read " * 3
    table = plain_table(None, {"issued": "left", "forecast": "right", "by": "left"})
    table.add_row("2026-11-23 12:10", "10.34 °C", why.strip())

    text = shown_lines(as_text(table), width)

    assert "10.34 °C" in text
    assert sorted(set(why.split()) - set(text.split())) == []


def test_what_does_not_fit_goes_on_below_beside_what_names_the_rows(monkeypatch):
    monkeypatch.setattr(tables, "WIDTH", 40)
    figures: dict[str, tables.Justify] = {f"figure {n}": "right" for n in range(4)}
    table = plain_table("Title", {"kind": "left", "name": "left"} | figures, "Caption")
    table.add_row("same", "first", *"abcd", style="bold")
    table.add_row("same", "second", *"efgh")

    text = as_text(table)

    lines = text.splitlines()
    assert [line.split()[0] for line in lines if "first" in line] == ["same", "first"]
    assert text.count("Title") == text.count("Caption") == 1
    assert all(f"figure {n}" in text for n in range(4))
