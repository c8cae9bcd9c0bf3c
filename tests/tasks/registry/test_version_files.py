"""What is loaded is what was registered, to the byte; what is fetched for it does not stay."""

from pathlib import Path

import pytest

from jena_models.errors import RescoringError
from tasks.registry.version_files import HASHES_FILE, require_whole, seal


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "artifacts").mkdir()
    (tmp_path / "artifacts" / "ridge.json").write_text('{"weights": [1.25, -3.5]}')
    (tmp_path / "MLmodel").write_text("flavors: {}")
    return tmp_path


def test_untouched_files_are_whole_whatever_mlflow_adds(folder):
    sealed = seal(folder)
    (folder / "registered_model_meta").write_text("version: 1")

    require_whole(folder, sealed, "Version 1")


def test_a_version_of_earlier_times_is_not_checked(folder):
    require_whole(folder, None, "Version 1")


def change_a_digit(folder: Path) -> None:
    path = folder / "artifacts" / "ridge.json"
    path.write_text(path.read_text().replace("1.25", "1.26"))


def remove_a_file(folder: Path) -> None:
    (folder / "artifacts" / "ridge.json").unlink()


def add_a_file(folder: Path) -> None:
    (folder / "artifacts" / "more.json").write_text("{}")


def rewrite_the_hashes(folder: Path) -> None:
    change_a_digit(folder)
    seal(folder)


def remove_the_hashes(folder: Path) -> None:
    (folder / HASHES_FILE).unlink()


@pytest.mark.parametrize("harm", [change_a_digit, remove_a_file, add_a_file, rewrite_the_hashes, remove_the_hashes])
def test_changed_files_are_refused_in_a_sentence(folder, harm):
    sealed = seal(folder)
    harm(folder)

    with pytest.raises(RescoringError, match=r"^Version 1 .*jena registry rollback") as refusal:
        require_whole(folder, sealed, "Version 1")

    assert "\n" not in str(refusal.value)
