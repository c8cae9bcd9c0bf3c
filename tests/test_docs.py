"""What the pages say is so."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from pydantic import BaseModel

from flows.command_line import jena
from jena_models.architectures import ARCHITECTURES
from jena_models.settings import Settings
from tasks.workspace import parse_changes, resolve

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


def test_the_settings_page_gives_every_default_as_it_would_be_set(tmp_path: Path):
    rows = dict(
        re.findall(r"^\| `([a-z][\w.]*)` \| (.*?) \|", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE)
    )
    of_their_own = ("profile", "architectures", "workers")  # in words, or not to be set
    set_anew = [f"{key}={default}" for key, default in rows.items() if key not in of_their_own]

    (tmp_path / "nothing.yaml").write_text("")
    as_listed = resolve(str(tmp_path / "nothing.yaml"), parse_changes(set_anew), {})

    assert as_listed.model_copy(update={"profile": "quick"}) == Settings()


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


def anchors(page: Path) -> set[str]:
    titles = [
        re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", title)
        for title in re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    ]
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_to_a_section_lead_to_one_that_is_there(page: Path):
    for target, section in re.findall(r"\]\((?!https?://)([^)#]*)#([^)]+)\)", page.read_text()):
        assert section in anchors(page.parent / target if target else page), f"{target}#{section}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_name_only_commands_that_are_there(page: Path):
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


def commands(command: click.Command = jena, name: str = "jena") -> Iterator[tuple[str, set[str]]]:
    """Give each command by its whole name, with the options that its help shows."""
    shown = [each for each in command.params if isinstance(each, click.Option) and not each.hidden]
    yield name, {option for each in shown for option in (*each.opts, *each.secondary_opts)}
    for inner, each in getattr(command, "commands", {}).items():
        yield from commands(each, f"{name} {inner}")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_show_only_options_and_settings_that_are_there(page: Path):
    known = dict(commands())
    for line in re.findall(r"(?<![\w./-])(jena [a-z][^`#\n]*)", re.sub(r"\\\n\s*", " ", page.read_text())):
        words = line.split()
        command = next(name for n in (3, 2, 1) if (name := " ".join(words[:n])) in known)
        options = (
            set() if command == "jena" else set(re.findall(r"(?<!\S)--[a-z-]+", line))
        )  # `jena` alone is in a sentence
        assert options <= known[command], line
        values = ["".join(groups) for groups in re.findall(r"""--set (?:"(.*?)"|'(.*?)'|(\S+))""", line)]
        if not re.search("[A-Z…]", "".join(values)):  # such as KEY=VALUE
            resolve("quick", parse_changes(values), {})


def test_every_command_and_option_stands_on_a_page():
    text = "\n".join(page.read_text() for page in PAGES)
    names = {name for name, _ in commands()} | {option for _, options in commands() for option in options}

    assert [name for name in sorted(names) if not re.search(rf"(?<![\w-]){name}(?![\w-])", text)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_variables_that_pages_name_are_read(page: Path):
    named = set(re.findall(r"\b(JENA_[A-Z_]+)", page.read_text()))
    settings = {f"JENA_{key.replace('.', '__').upper()}" for key in settings_in(Settings())}
    others = re.findall(r"^\| `(JENA_\w+)` \|", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE)

    assert named - settings - {*others, "JENA_SHARED_DATA", "JENA_"} == set()
