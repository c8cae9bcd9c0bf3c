"""What is wrong with a text that is no YAML, in a sentence for whoever wrote it: the line, and what to do there."""

from __future__ import annotations

import re
from typing import Final

import yaml

from jena_models.errors import in_one_line

LINES: Final = (
    (
        r"mapping values are not allowed",
        "it has a ':' where none can be: put a text with ': ' into quotes, and begin "
        "names that belong together equally far from the left",
    ),
    (r"found character '\\t'", "it is indented by a tab: use spaces"),
    (r"found character '(.)' that cannot start", "a text begins with '{0}': put it into quotes"),
    (r"expected alphabetic or numeric character, but found .\.", "a text begins with '*' or '&': put it into quotes"),
    (r"undefined alias '(.*?)'", "'*{0}' stands for nothing: put a text that begins with '*' into quotes"),
    (r"unknown escape character '(.*?)'", "in double quotes '\\{0}' is no sign: use single quotes"),
    (r"could not determine a constructor", "a value begins with '!': put it into quotes"),
    (r"found another document", "a second text begins there with '---': a file holds one"),
    (r"unhashable key", "a list or a mapping stands where a name is to stand"),
    (
        r"expected <block end>",
        "it begins at another place than the lines above it that it belongs to: indent them equally",
    ),
    (r"expected the node content|expected <document start>", "a value, or a name with ':', is expected there"),
    (r"(.* is given twice)", "{0}"),
)
"""By what PyYAML says of a place: what is wrong with its line."""
OPENED: Final = (
    (r"while scanning a (double-)?quoted scalar", "the quote that opens there is never closed"),
    (r"while parsing a flow", "the bracket that opens there is not closed, or a comma is missing behind it"),
    (r"while scanning a simple key", "a ':' and a space are missing behind the name"),
)
"""By what PyYAML was about: what is wrong with the line in which that began."""


def fault_of(error: Exception) -> str:
    """Give what is wrong, with the line from 1 where it is known."""
    if isinstance(error, UnicodeDecodeError):
        line = error.object[: error.start].count(b"\n") + 1
        return f"line {line} holds a sign that is not written in UTF-8: save the file in UTF-8"
    if isinstance(error, yaml.reader.ReaderError):
        return f"it holds a sign that no text has (number {error.character}, the {error.position + 1:,}th): take it out"
    if not isinstance(error, yaml.MarkedYAMLError):
        plain = isinstance(error, yaml.YAMLError | ValueError)  # others come from readers of values, in their own words
        return in_one_line(error).rstrip(".") if plain else "a value is not what the '!!' before it says"
    problem, context = error.problem or "", error.context or ""
    for pattern, said in LINES:
        if (found := re.search(pattern, problem)) and error.problem_mark:
            return f"in line {error.problem_mark.line + 1} {said.format(*found.groups())}"
    for pattern, said in OPENED:
        if re.search(pattern, context) and error.context_mark:
            return f"in line {error.context_mark.line + 1} {said}"
    mark = error.problem_mark or error.context_mark
    where = f"in line {mark.line + 1} " if mark else ""
    return f"{where}it cannot be read ({problem or context})"
