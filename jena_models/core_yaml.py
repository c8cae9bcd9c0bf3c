"""YAML as people mean it: the core schema of YAML 1.2, in which a name that is given twice is refused.

PyYAML reads YAML 1.1, in which `12:00` is 720, `010` is 8, `no` is false and the first of two equal names is forgotten.
"""

from __future__ import annotations

import re
from typing import Any, Final

import yaml

from jena_models.errors import in_one_line

CORE: Final = (
    ("null", r"~|null|Null|NULL|", [*"~nN", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", [*"tTfF"]),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)|0x[0-9a-fA-F]+", [*"-+0123456789"]),
    (
        "float",
        r"[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
        r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
        [*"-+.0123456789"],
    ),
    ("merge", r"<<", ["<"]),
)
"""What a plain word stands for, and what it may begin with. A number with a leading zero is a word, such as an id."""
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


class CoreLoader(yaml.SafeLoader):
    """Loads what is plain, and nothing that runs."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012  (PyYAML keeps it so)

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        """Give a mapping each of whose names is given once; those that are merged in may be given anew."""
        node: yaml.MappingNode = super().compose_mapping_node(anchor)
        seen = set[tuple[str, str]]()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag.endswith(":merge"):
                continue
            if (key.tag, key.value) in seen:
                raise yaml.constructor.ConstructorError(None, None, f"'{key.value}' is given twice", key.start_mark)
            seen.add((key.tag, key.value))
        return node

    def construct_yaml_float(self, node: yaml.ScalarNode) -> float:
        """Give a number; PyYAML knows `1e3` for none."""
        word = str(self.construct_scalar(node)).lower()
        return float(word.replace(".inf", "inf").replace(".nan", "nan"))


for kind, words, beginnings in CORE:
    CoreLoader.add_implicit_resolver(f"tag:yaml.org,2002:{kind}", re.compile(f"(?:{words})$"), beginnings)
CoreLoader.add_constructor("tag:yaml.org,2002:float", CoreLoader.construct_yaml_float)


class CoreDumper(yaml.SafeDumper):
    """Puts in quotes what either version of YAML would read as something else: `1e3` is a number in 1.2 alone."""


for kind, words, beginnings in CORE:
    CoreDumper.add_implicit_resolver(f"tag:yaml.org,2002:{kind}", re.compile(f"(?:{words})$"), beginnings)


def core_text(value: Any, **form: Any) -> str:
    """Give a value as YAML that is read as it is.

    Args:
        value: of plain mappings, lists, texts and numbers.
        form: as of `yaml.dump`.
    """
    return str(yaml.dump(value, Dumper=CoreDumper, **form))


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
