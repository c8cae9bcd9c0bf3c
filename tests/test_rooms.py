"""What keeps the house in order; what may import what stands in pyproject.toml, under importlinter."""

import ast
import subprocess
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CODE = ("flows", "tasks", "jena_models")
A_DOZEN = 12


def modules(*folders: str) -> list[Path]:
    return [path.relative_to(ROOT) for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def imported(module: Path) -> list[tuple[str, str]]:
    """Give what a module imports by name, each with the module that it is imported from."""
    nodes = [node for node in ast.walk(ast.parse((ROOT / module).read_text())) if isinstance(node, ast.ImportFrom)]
    return [(node.module or "", each.name) for node in nodes for each in node.names]


def imports(module: Path) -> list[str]:
    return list(dict.fromkeys(place for place, _ in imported(module)))


def test_a_room_of_tasks_is_entered_by_what_it_offers():
    reaching = [
        f"{module} imports {name}"
        for module in modules(*CODE, "benchmarks")
        for name in imports(module)
        if name.startswith("tasks.") and name.count(".") > 1 and module.parts[:2] != tuple(name.split(".")[:2])
    ]

    assert reaching == []


def test_a_room_of_tasks_offers_nothing_that_nobody_takes():
    taken = {pair for module in modules(*CODE, "benchmarks") for pair in imported(module)}
    rooms = [module for module in modules("tasks") if module.name == "__init__.py"]
    offered = {(".".join(room.parent.parts), name) for room in rooms for _, name in imported(room)}

    assert offered - taken == set()


def test_a_room_holds_a_dozen_files_at_most():
    rooms = Counter(
        str(module.parent) for module in modules(*CODE, "benchmarks", "tests") if module.name != "__init__.py"
    )

    assert {room: files for room, files in rooms.items() if files > A_DOZEN} == {}


def test_no_name_stands_in_two_rooms_for_two_things():
    names = Counter(module.stem for module in modules("tasks", "jena_models") if module.name != "__init__.py")

    twice = {name for name, files in names.items() if files > 1}

    assert twice == set()


def test_tests_mirror_the_rooms():
    rooms = {str(module.parent) for module in modules("tasks", "jena_models")}
    beside = {str(test.parent.relative_to("tests")) for test in modules("tests/tasks", "tests/jena_models")}

    assert beside <= rooms


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="this is no clone")
def test_git_ignores_no_file_of_the_project_which_tools_would_pass_over_then():
    told = subprocess.run(
        ["git", "ls-files", "--cached", "--ignored", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert told.stdout.splitlines() == []
