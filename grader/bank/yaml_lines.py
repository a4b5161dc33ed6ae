"""YAML text -> plain data and the line of every entry.

PyYAML reads YAML 1.1, in which ``1e-5`` is a string and ``no`` is false. A question file is full of
small numbers and English words, so the scalars are resolved by the core schema of YAML 1.2 instead.
"""

import re
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeAlias

import yaml

#: Where an entry stands in a document: keys and indices from the root.
EntryPath: TypeAlias = tuple[str | int, ...]

#: The tags that plain data has, with their short names.
_KINDS = {f"tag:yaml.org,2002:{kind}": kind for kind in ("map", "seq", "str", "null", "bool", "int", "float")}
_DEEPEST = 40
_MOST_NODES = 100_000  # a question file has a few hundred; an alias bomb has billions


@dataclass
class LinedData:
    """Plain data, what is wrong with the text itself, and where every entry stands."""

    data: Any = None
    faults: list[tuple[int, str, str]] = field(default_factory=list)  # line (from 1), what, how to mend it
    root: yaml.Node | None = None

    def line_of(self, path: EntryPath) -> int:
        """Return the line (from 1) of the entry at ``path``, or of its nearest ancestor that there is."""
        node, line = self.root, 1 if self.root is None else _line(self.root)
        for part in path:
            if isinstance(node, yaml.MappingNode):
                entry = next(((key, value) for key, value in node.value if key.value == part), None)
                if entry is None:
                    break
                line, node = _line(entry[0]), entry[1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
                node = node.value[part]
                line = _line(node)
            else:
                break
        return line


def _line(node: yaml.Node) -> int:
    line: int = node.start_mark.line + 1
    return line


class _CoreSchemaLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Composes nodes only; scalars are tagged by YAML 1.2's core schema (section 10.3)."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {}


for _tag, _pattern, _first in (
    ("null", r"^(?:null|~|)$", ["n", "~", ""]),
    ("bool", r"^(?:true|false)$", list("tf")),
    ("int", r"^[-+]?[0-9]+$", list("-+0123456789")),
    ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", list("-+.0123456789")),
    ("float", r"^(?:[-+]?\.inf|\.nan)$", list("-+.")),
):
    _CoreSchemaLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), _first)


def read_yaml(text: str) -> LinedData:
    """Parse one document. Faults of the text are collected, not raised."""
    result = LinedData()
    loader = _CoreSchemaLoader(text)
    try:
        node = loader.get_single_node()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        line = mark.line + 1 if mark else 1
        what = getattr(error, "problem", None) or str(error)
        result.faults.append((line, f"not valid YAML: {what}", "mend the text at this line"))
        return result
    finally:
        loader.dispose()
    if node is None:
        result.faults.append((1, "the file is empty", "write the question, or delete the file"))
        return result
    result.root = node
    result.data = _Builder(result.faults).build(node)
    return result


class _Builder:
    """Turns composed nodes into data, noting what is not allowed on the way."""

    def __init__(self, faults: list[tuple[int, str, str]]) -> None:
        self.faults = faults
        self.visited = 0

    def build(self, node: yaml.Node, depth: int = 0) -> Any:
        self.visited += 1
        if self.visited > _MOST_NODES:
            if self.visited == _MOST_NODES + 1:
                self._fault(node, f"more than {_MOST_NODES} entries", "aliases may not multiply the file")
            return None
        if depth > _DEEPEST:
            self._fault(node, f"nested more than {_DEEPEST} deep", "an alias may not hold itself")
            return None
        kind = _KINDS.get(node.tag)
        if kind is None:
            self._fault(node, f"the tag '{node.tag}' is not allowed", "write plain data")
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, depth)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(child, depth + 1) for child in node.value]
        return _scalar(kind, node.value)

    def _mapping(self, node: yaml.MappingNode, depth: int) -> dict[str, Any]:
        data: dict[str, Any] = {}
        first: dict[str, yaml.Node] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._fault(key_node, "a key must be a word", "write it as plain text")
                continue
            key = key_node.value
            if key in data:
                what = f"duplicate key '{key}' (first on line {_line(first[key])})"
                self._fault(key_node, what, "keep one of the two")
                continue
            first[key] = key_node
            data[key] = self.build(value_node, depth + 1)
        return data

    def _fault(self, node: yaml.Node, what: str, mend: str) -> None:
        self.faults.append((_line(node), what, mend))


def _scalar(kind: str, text: str) -> Any:
    if kind == "str":
        return text
    if kind == "null":
        return None
    if kind == "bool":
        return text == "true"
    if kind == "int":
        return int(text)
    return float(text.replace(".inf", "inf").replace(".nan", "nan"))
