"""Each registered version holds a script that imports the library of the process that loads it, years later too."""

import ast
from importlib import import_module
from pathlib import Path

import pytest

import tasks.registry.registering

IMPORTED = {
    ("jena_models.forecaster", "Forecaster"),
    ("jena_models.curves.asked_leads", "HEADLINE"),
    ("jena_models.curves.asked_leads", "with_leads"),
    ("jena_models.reading.user_tables", "in_station_clock"),
    ("jena_models.reading.user_tables", "user_readings"),
    ("jena_models.weather_service.service", "Service"),
    ("jena_models.weather_service.service_files", "StationFiles"),
}
"""What scripts of versions that are there import; a name may be added, and none can move or go."""


@pytest.mark.parametrize(("module", "name"), sorted(IMPORTED))
def test_what_scripts_of_earlier_versions_import_is_where_it_was(module, name):
    assert hasattr(import_module(module), name)


def test_the_script_of_today_imports_nothing_that_is_not_kept_for_it():
    script = Path(tasks.registry.registering.__path__[0]) / "registered_model.py"
    found = {
        (node.module, each.name)
        for node in ast.walk(ast.parse(script.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("jena_models")
        for each in node.names
    }

    assert found <= IMPORTED
