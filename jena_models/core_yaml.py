"""YAML as people mean it: the core schema of YAML 1.2, in which a name that is given twice is refused.

PyYAML reads YAML 1.1, in which `12:00` is 720, `010` is 8, `no` is false and the first of two equal names is forgotten.
"""

from __future__ import annotations

import re
from typing import Any, Final

import yaml

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
