"""Results are kept under the version of what made them: changed code under an old version brings back old results."""

import ast

import pytest
from small_study import SETTINGS, small_prepared
from stage_versions import ROOT, STAGES, changed_files, current, recorded, version_of

from tasks.backtesting import backtest_runs
from tasks.tracking import run_contents
from tasks.tuning import search_runs


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_whose_code_changes_has_another_version(name):
    now, before = current()[name], recorded()[name]
    changed = changed_files(now, before)

    assert not changed or now["version"] != before["version"], (
        f"the code of '{name}' is not what its version {now['version']} was recorded with, in {', '.join(changed)}; "
        f"raise {STAGES[name].version} if its results come out otherwise, and run `python tests/stage_versions.py`; "
        f"where they stay as they were to the digit, run `python tests/stage_versions.py --same {name}`"
    )
    assert not changed, f"'{name}' has a new version; record it with `python tests/stage_versions.py`"


def test_every_version_that_results_are_kept_under_is_watched():
    declared = set()
    for path in (ROOT / "tasks").rglob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "").endswith("VERSION"):
                module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
                declared.add(f"{module}:{node.target.id}")

    simulated = {
        "tasks.readings.locating.official_file:VERSION",
        "tasks.forecasting.tables.forecast_rows:PERSISTENCE_VERSION",
    }
    assert declared - simulated <= {stage.version for stage in STAGES.values()}
    assert all(version_of(stage) >= 1 for stage in STAGES.values())


@pytest.mark.parametrize(("module", "name"), [(run_contents, "FIT_VERSION"), (run_contents, "STUDY_VERSION")])
def test_a_study_has_another_id_once_what_made_it_changed(tmp_path, monkeypatch, module, name):
    prepared = small_prepared(tmp_path)
    before = run_contents.study_id(prepared, SETTINGS)

    monkeypatch.setattr(module, name, getattr(module, name) + 1)

    assert run_contents.study_id(prepared, SETTINGS) != before


@pytest.mark.parametrize("name", ["FIT_VERSION", "VERSION"])
def test_a_backtest_and_a_search_have_other_ids_too(tmp_path, monkeypatch, name):
    prepared = small_prepared(tmp_path)

    def ids() -> tuple[str, str]:
        return (
            backtest_runs.backtest_id([], ["ridge"], SETTINGS),
            search_runs.search_id("dense", (), prepared, SETTINGS),
        )

    before = ids()
    for module in (backtest_runs, search_runs):
        monkeypatch.setattr(module, name, getattr(module, name) + 1)

    assert all(one != other for one, other in zip(before, ids(), strict=True))
