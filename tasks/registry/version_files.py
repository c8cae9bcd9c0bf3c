"""The files of a registered version: their hashes are kept with it, and what is loaded is what was registered."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit
from urllib.request import url2pathname

from jena_models.errors import RescoringError, StoreUnreachableError, in_one_line
from jena_models.whole_files import whole_folder
from tasks.tracking import impatient, listed, patiently
from tasks.workspace import cache_folder, forget_old, scratch_folder

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.pyfunc import PyFuncModel

HASHES_FILE: Final = "hashes.json"
"""Beside the model's files: the SHA-256 of each, by its path."""
HASHES_TAG: Final = "hashes"
"""The tag of a version that holds the hash of its `hashes.json`; older versions have none, and are not checked."""
WRITTEN_LATER: Final = frozenset({HASHES_FILE, "MLmodel", "registered_model_meta"})
"""What MLflow itself writes or changes when a model is registered or fetched."""

KEPT_SECONDS: Final = 14 * 86_400.0
"""How long a copy of what lies elsewhere is kept after it was last used."""

running_scripts: Final = threading.Lock()
"""Held while MLflow writes or loads a version: it keeps the model that a version's script makes in a global."""


class VersionLostError(RescoringError):
    """The files of a registered version are gone, or not those that were registered."""


def seal(folder: Path) -> str:
    """Write the hashes of a model's files beside them; gives what its version is to be tagged with."""
    text = json.dumps(_hashes_of(folder), indent=1, sort_keys=True)
    (folder / HASHES_FILE).write_text(text, encoding="utf-8")
    return hashlib.sha256(text.encode()).hexdigest()


def require_whole(folder: Path, sealed: str | None, name: str) -> None:
    """Make sure that a version's files are those that were registered.

    Args:
        folder: with the version's files.
        sealed: what `seal` gave; None for a version of earlier times.
        name: of the version, for the sentence.

    Raises:
        VersionLostError: where a file is gone or has changed.
    """
    if sealed is None:
        return
    kept = folder / HASHES_FILE
    text = kept.read_text(encoding="utf-8", errors="replace") if kept.is_file() else ""
    if hashlib.sha256(text.encode()).hexdigest() != sealed:
        raise VersionLostError(f"{name} has no {HASHES_FILE} that says what its files were; {REMEDY}")
    expected, found = json.loads(text), _hashes_of(folder)
    changed = sorted(path for path in expected.keys() | found.keys() if expected.get(path) != found.get(path))
    if changed:
        more = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
        raise VersionLostError(
            f"{name} is not what was registered: {changed[0]}{more} has changed or is gone; {REMEDY}"
        )


def not_loaded(name: str, error: Exception) -> VersionLostError:
    """Give what is said of a version that this process cannot load; one of another time may fail in any way."""
    from pydantic import ValidationError

    faults = error.errors() if isinstance(error, ValidationError) else []
    unknown = dict.fromkeys(str(fault["loc"][-1]) for fault in faults if fault["type"] == "extra_forbidden")
    if not unknown:
        return VersionLostError(f"{name} cannot be loaded: {in_one_line(error)}")
    return VersionLostError(
        f"{name} cannot be loaded: a newer state of this project made it, and this one does not know "
        f"{', '.join(map(repr, unknown))}; run the newer one, or choose another version with `jena registry promote`."
    )


def files_are_gone(client: MlflowClient, model_name: str, version: int) -> bool:
    """Tell whether nothing lies where a version's files should; what cannot be asked may have them."""
    address = patiently(client.get_model_version_download_uri, model_name, str(version))
    parts = urlsplit(address)
    if parts.scheme in {"", "file"}:
        return not Path(url2pathname(parts.path)).is_dir()
    try:
        with impatient():
            return not patiently(listed, address, client.tracking_uri)
    except StoreUnreachableError:
        return False


@contextmanager
def fetched(client: MlflowClient, model_name: str, version: int) -> Iterator[Path]:
    """Give a folder with a version's files, whole as they were registered, for as long as the block runs.

    What lies elsewhere is fetched once, so that a champion goes on while the store of its files is away.

    Raises:
        VersionLostError: where they are gone, cannot be fetched, or are not what was registered.
        StoreUnreachableError: where the store cannot be used.
    """
    name = f"Version {version} of {model_name}"
    sealed = patiently(client.get_model_version, model_name, str(version)).tags.get(HASHES_TAG)
    address = patiently(client.get_model_version_download_uri, model_name, str(version))
    with _at_hand(address) or _fetched_once(client, address, sealed, name) as folder:
        require_whole(folder, sealed, name)
        yield folder


def load_files(folder: Path) -> PyFuncModel:
    """Load a version from its files, as MLflow does anywhere; one at a time, or one thread would get another's."""
    import mlflow

    with running_scripts:
        loaded: PyFuncModel = mlflow.pyfunc.load_model(str(folder))
    return loaded


def _at_hand(address: str) -> AbstractContextManager[Path] | None:
    """Give the folder itself where it lies on this machine: its hundreds of files need not be copied to be read.

    Unless its name has `%20` or the like: MLflow takes a path for an address, and would look for another one.
    """
    parts = urlsplit(address)
    folder = Path(url2pathname(parts.path))
    return nullcontext(folder) if parts.scheme == "file" and _means_itself(folder) and folder.is_dir() else None


def _means_itself(folder: Path) -> bool:
    return url2pathname(str(folder)) == str(folder)


@contextmanager
def _fetched_once(client: MlflowClient, address: str, sealed: str | None, name: str) -> Iterator[Path]:
    """Give the copy in the cache of the files that have this hash, or fetch them; where they can, they stay there."""
    copy = _copy_in_cache(sealed)
    if sealed and copy and _is_whole(copy, sealed):
        with suppress(OSError):
            os.utime(copy)
        yield copy
        return
    with _downloaded(client, address, name) as folder:
        if sealed and copy and _is_whole(folder, sealed):
            with suppress(OSError):
                _keep(folder, copy, sealed)
        yield folder


def _copy_in_cache(sealed: str | None) -> Path | None:
    """Give where the files with this hash are kept; None where they cannot be."""
    if not re.fullmatch("[0-9a-f]{64}", sealed or ""):  # a tag, in which anybody may write anything
        return None
    copy = cache_folder() / "versions" / str(sealed)
    return copy if _means_itself(copy) else None


def _keep(folder: Path, copy: Path, sealed: str) -> None:
    forget_old(copy.parent.glob("[!.]*"), 0, KEPT_SECONDS)
    if copy.is_dir() and not _is_whole(copy, sealed):  # a whole one was fetched meanwhile, and may be being read
        shutil.rmtree(copy)
    with whole_folder(copy) as beside:
        shutil.copytree(folder, beside, dirs_exist_ok=True)


def _is_whole(folder: Path, sealed: str) -> bool:
    try:
        require_whole(folder, sealed, folder.name)
    except VersionLostError:
        return False
    return True


@contextmanager
def _downloaded(client: MlflowClient, address: str, name: str) -> Iterator[Path]:
    import mlflow

    store = client.tracking_uri
    with scratch_folder() as scratch:
        try:
            if not patiently(listed, address, store):  # asked for nothing, MLflow's server would seem to be away
                raise VersionLostError(f"{name} cannot be loaded, its files are gone from {address}; {REMEDY}")
            local = patiently(
                mlflow.artifacts.download_artifacts,
                artifact_uri=address,
                dst_path=str(scratch),
                tracking_uri=store,
                registry_uri=store,
            )
        except (StoreUnreachableError, VersionLostError):
            raise
        except Exception as error:  # stores of artifacts fail in ways of their own
            raise VersionLostError(
                f"{name} cannot be loaded, its files cannot be had: {in_one_line(error, 200)}"
            ) from error
        yield Path(local)


REMEDY: Final = (
    "put its files back, or choose another version with `jena registry rollback` or `jena registry promote`."
)


def _hashes_of(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in WRITTEN_LATER and "__pycache__" not in path.parts
    }
