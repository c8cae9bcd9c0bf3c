"""The project installed from a wheel, without the folder that it was made in."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from commands import FOREIGN

from tasks.workspace import ROOT

MADE = "from setuptools.build_meta import build_wheel; build_wheel('made')"


@pytest.mark.slow
def test_a_wheel_brings_all_that_commands_need_and_they_keep_what_they_make_where_they_are_called(tmp_path: Path):
    # Given
    project, installed, called = tmp_path / "project", tmp_path / "installed", tmp_path / "called"
    called.mkdir()
    for packages in ("flows", "jena_models", "profiles", "tasks"):
        shutil.copytree(ROOT / packages, project / packages, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / file, project)
    subprocess.run([sys.executable, "-c", MADE], cwd=project, check=True, capture_output=True)
    with zipfile.ZipFile(next((project / "made").glob("*.whl"))) as wheel:
        wheel.extractall(installed)
    there = sorted(installed.iterdir())
    variables = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    rows = [f"2024-01-{1 + hour // 24:02} {hour % 24:02}:00,{hour % 24 / 2}" for hour in range(24 * 30)]
    (called / "readings.csv").write_text("\n".join(["Time,Air temperature (°C)", *rows]))

    # When
    ended = subprocess.run(
        [sys.executable, "-m", "flows.command_line", "describe", "--source", "readings.csv"],
        cwd=called,
        env={**variables, "PYTHONPATH": str(installed), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    # Then
    assert ended.returncode == 0, ended.stderr
    assert "720" in ended.stdout
    assert sorted(installed.iterdir()) == there
    assert (called / ".cache").is_dir()
