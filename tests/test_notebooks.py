"""The notebooks run from top to bottom, and are kept without what they printed."""

from pathlib import Path

import nbformat
import pytest
from made_once import prefect_address

ROOT = Path(__file__).resolve().parents[1]
BRIEF = {
    "JENA_TRACKING__REPORT": "false",
    "JENA_TRACKING__DATA_DOCS": "false",
    "JENA_TRACKING__FALLBACK": "false",
    "JENA_CURVE_BOOSTING__ROUNDS": "20",
    "JENA_LEADS_HOURS": "[6, 24]",
}
"""What no cell shows is left out, and a curve is learnt in a second."""
NOTEBOOKS = sorted((ROOT / "docs" / "notebooks").glob("*.ipynb"))


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_from_top_to_bottom(path: Path, monkeypatch, tmp_path):
    from nbclient import NotebookClient

    monkeypatch.delenv("JENA_SOURCE", raising=False)
    monkeypatch.setenv("TMPDIR", str(tmp_path))  # what it makes goes with the test
    monkeypatch.setenv("PREFECT_API_URL", prefect_address())
    for name, value in BRIEF.items():
        monkeypatch.setenv(name, value)
    notebook = nbformat.read(path, as_version=4)

    NotebookClient(notebook, timeout=500, resources={"metadata": {"path": str(ROOT)}}).execute()

    assert all(cell["outputs"] or cell["execution_count"] for cell in notebook.cells if cell["cell_type"] == "code")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_what_it_printed(path: Path):
    code = [cell for cell in nbformat.read(path, as_version=4).cells if cell["cell_type"] == "code"]

    assert code
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
