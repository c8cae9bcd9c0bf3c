"""The notebooks run from top to bottom, and are kept without what they printed."""

from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "docs" / "notebooks").glob("*.ipynb"))


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_from_top_to_bottom(path: Path, monkeypatch):
    from nbclient import NotebookClient

    monkeypatch.delenv("JENA_SOURCE", raising=False)
    notebook = nbformat.read(path, as_version=4)

    NotebookClient(notebook, timeout=500, resources={"metadata": {"path": str(ROOT)}}).execute()

    assert all(cell["outputs"] or cell["execution_count"] for cell in notebook.cells if cell["cell_type"] == "code")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_what_it_printed(path: Path):
    code = [cell for cell in nbformat.read(path, as_version=4).cells if cell["cell_type"] == "code"]

    assert code
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
