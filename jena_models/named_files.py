"""Files and texts that a person named or wrote: read, or refused for a reason that can be said."""

from __future__ import annotations

import difflib
import json
import os
import reprlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import yaml

from jena_models.core_yaml import CoreLoader, fault_of
from jena_models.errors import RequestError, nearest

LONGEST_SHOWN: Final = 80
LONGEST_SENTENCE: Final = 300


def named_path(text: str) -> Path:
    """Give the path that a person named; `~` stands for a home.

    Raises:
        RequestError: where no path can have this name; the sentence says why.
    """
    try:
        path = Path(text).expanduser()
        os.stat(path)  # noqa: PTH116  (`Path.exists` passes over a name that is too long)
    except (FileNotFoundError, NotADirectoryError):
        return path
    except (OSError, RuntimeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error).rstrip(".")
        raise RequestError(f"The path '{shortened(text)}' cannot be used: {reason[:1].lower()}{reason[1:]}.") from None
    return path


def nearest_or_file(name: str, known: Iterable[str]) -> str:
    """Give the closing remark on a name that is neither known nor a YAML file's: the nearest of both."""
    names = sorted(known)
    beside: list[str] = []
    with suppress(OSError, RuntimeError, ValueError):
        beside = [str(Path(name).with_name(each.name)) for each in Path(name).expanduser().parent.glob("*.y*ml")]
    if difflib.get_close_matches(name, [*names, *beside], n=1):
        return nearest(name, [*names, *beside])
    return f"there is no such file, and known are: {', '.join(names)}."


def parsed_yaml(text: str) -> Any:
    """Give what a text in YAML holds (see `core_yaml`), or in JSON, which is read thirty times as fast.

    Raises:
        ValueError: where it cannot be read, with a reason in one line.
    """
    try:
        return _parsed_json(text) if text.startswith("{") else _parsed(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except Exception as error:  # beside its own errors, PyYAML lets through whatever a value of a wrong form raises
        raise ValueError(fault_of(error)) from None


def read_yaml(path: Path) -> Any:
    """Give what a file in YAML holds.

    Raises:
        OSError: where it cannot be opened.
        ValueError: where it cannot be read, with a reason in one line that names the line of the file.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(fault_of(error)) from None
    return parsed_yaml(text)


def _parsed_json(text: str) -> Any:
    """Give what a text holds that is JSON; one that YAML alone can read is left to it."""
    try:
        return json.loads(text, parse_constant=_no_json, object_pairs_hook=_each_once)
    except ValueError:
        return _parsed(text)


def _parsed(text: str) -> Any:
    return yaml.load(text, Loader=CoreLoader)  # noqa: S506  (it is a safe one)


def _no_json(constant: str) -> None:
    raise ValueError(constant)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name is given twice")
    return found


def shown(value: object) -> str:
    """Give a value as Python writes it, shortened where it is long or deep."""
    try:
        return shortened(_brief.repr(value))
    except (ValueError, RecursionError):  # a whole number of thousands of digits
        return "a value too large to show"


def shortened(text: str) -> str:
    """Give a text in one line, its middle left out where it is long."""
    line = " ".join(text.split())
    half = (LONGEST_SHOWN - 1) // 2
    return line if len(line) <= LONGEST_SHOWN else f"{line[:half]}…{line[-half:]}"


def in_a_line(sentence: str) -> str:
    """Give a sentence in one line, its middle left out where it is far too long to be read."""
    line = " ".join(sentence.split())
    return line if len(line) <= LONGEST_SENTENCE else shortened(line)


_brief = reprlib.Repr()
_brief.maxstring = _brief.maxother = _brief.maxlong = LONGEST_SHOWN
