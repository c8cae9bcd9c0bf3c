"""What the pages say is so."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from jena_models.architectures import ARCHITECTURES
from jena_models.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def settings_in(branch: BaseModel, prefix: str = "") -> list[str]:
    keys = []
    for name in type(branch).model_fields:
        value = getattr(branch, name)
        if name == "hyperparameters":
            trained = [each for each, entry in ARCHITECTURES.items() if entry.is_trained]
            keys += [key for each in trained for key in settings_in(value[each], f"{each}.")]
        else:
            inside = isinstance(value, BaseModel)
            keys += settings_in(value, f"{prefix}{name}.") if inside else [f"{prefix}{name}"]
    return keys


def test_the_settings_page_lists_every_setting_and_no_other():
    listed = re.findall(r"^\| `([a-z][\w.]*)` \|", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE)

    assert listed == settings_in(Settings())


def test_the_page_of_architectures_lists_each_once():
    rows = re.findall(r"^\| (`.*?`) \|", (ROOT / "docs" / "architectures.md").read_text(), re.MULTILINE)

    listed = [name for row in rows for name in re.findall(r"`(\w+)`", row)]

    assert sorted(listed) == sorted(ARCHITECTURES)


def test_every_setting_says_what_it_is():
    def undescribed(model: type[BaseModel]) -> list[str]:
        return [name for name, field in model.model_fields.items() if not field.description]

    branches = [type(value) for _, value in Settings() if isinstance(value, BaseModel)]
    hyperparameters = [type(entry.hyperparameters) for entry in ARCHITECTURES.values()]
    for model in (Settings, *branches, *hyperparameters):
        assert undescribed(model) == []


@pytest.mark.slow
def test_what_the_page_on_recurrent_layers_shows_is_what_happens():
    page = (ROOT / "docs" / "recurrent-layers.md").read_text()
    names: dict = {}
    shown = 0
    for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
        exec(block, names)  # noqa: S102  (the page's own code)
        for expression, promise in re.findall(r"^(?! )(.*\S)  # (.*)$", block, re.MULTILINE):
            value = eval(expression, names)  # noqa: S307
            flat = str(value).strip("[]") if isinstance(value, list) else str(value)
            assert promise in (flat, flat.strip("()"), flat[1:-1])
            shown += 1

    assert shown == 5


def test_the_site_has_a_place_for_every_page():
    listed = set(re.findall(r"^([a-z/-]+)$", (ROOT / "docs" / "index.md").read_text(), re.MULTILINE))
    pages = {path.relative_to(ROOT / "docs").with_suffix("").as_posix() for path in (ROOT / "docs").glob("**/*.md")}
    notebooks = {f"notebooks/{path.stem}" for path in (ROOT / "docs" / "notebooks").glob("*.ipynb")}
    made = {page for page in pages if page.startswith(("_build/", "api/"))}

    assert listed == (pages | notebooks) - made - {"index"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path):
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text()):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_name_only_commands_that_are_there(page: Path):
    from flows.command_line import jena

    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    text = page.read_text()
    for command in re.findall(r"^(?:\S+=\S+ )*jena ([a-z]+)|`jena ([a-z]+)", text, re.MULTILINE):
        assert "".join(command) in jena.commands
    for target in re.findall(r"^make ([a-z-]+)|`make ([a-z-]+)", text, re.MULTILINE):
        assert "".join(target) in targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_name_only_files_that_are_there(page):
    named = re.findall(r"`((?:flows|tasks|jena_models|tests|profiles)/[\w/.]+\.(?:py|yaml|css))`", page.read_text())

    assert [name for name in named if not (ROOT / name).is_file()] == []
