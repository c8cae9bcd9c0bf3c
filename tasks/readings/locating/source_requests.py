"""What may be asked for as a source, and what of it cannot be."""

from __future__ import annotations

import difflib
from contextlib import suppress
from typing import Final

from jena_models.errors import SourceNotFoundError
from jena_models.named_files import named_path
from jena_models.sources.credentials import refuse_secrets
from jena_models.sources.databases import check_database, is_database
from jena_models.sources.several_files import files_of, is_pattern

WORDS: Final = ("auto", "simulated")


def check_request(source: str) -> None:
    """Refuse at once a source that cannot be: a path that is not there, an address with a password or of another kind.

    Raises:
        SourceNotFoundError: with the nearest name, where one is near.
        RequestError: for an address that holds a password, or is none.
    """
    if source in WORDS:
        return
    if not source.strip():
        raise SourceNotFoundError(
            "The source is empty; name a file, a folder, an address, a database, 'simulated' or 'auto'."
        )
    if is_database(source):
        check_database(source)
        return
    if is_address(source):
        refuse_secrets(source)
        return
    if "://" in source:
        raise SourceNotFoundError(
            f"The address '{source.partition('://')[0]}://…' is not one that is read; it is to begin with http://, "
            "https://, sqlite:/// or postgresql://."
        )
    path = named_path(source)
    if path.is_file():
        return
    if path.is_dir() or is_pattern(path):
        files_of(path)
        return
    beside: list[str] = []
    with suppress(OSError):
        beside = [p.name for p in path.parent.iterdir() if p.is_file()]
    close = difflib.get_close_matches(path.name, [*WORDS, *beside], n=1, cutoff=0.5)
    advice = (
        f"did you mean '{close[0]}'?"
        if close
        else "name a file, a folder, an address, a database, 'simulated' or 'auto'."
    )
    raise SourceNotFoundError(f"There is no file {source}; {advice}")


def is_address(source: str) -> bool:
    """Tell whether a source is to be fetched."""
    return source.startswith(("http://", "https://"))
