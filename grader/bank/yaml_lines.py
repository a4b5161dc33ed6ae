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

_TAGS = {"map", "seq", "str", "null", "bool", "int", "float"}
_DEEPEST = 40
_MOST_NODES = 100_000  # a question file has a few hundred; an alias bomb has billions


@dataclass
class LinedData:
    """Plain data with the line (from 1) of every entry, and what is wrong with the text itself."""

    data: Any = None
    lines: dict[EntryPath, int] = field(default_factory=dict)
    faults: list[tuple[int, str, str]] = field(default_factory=list)  # line, what, how to mend it

    def line_of(self, path: EntryPath) -> int:
        """Return the line of the entry at ``path``, or of its nearest ancestor that has one."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return 1


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
    result.data = _Builder(result).build(node, ())
    return result


class _Builder:
    """Turns composed nodes into data, noting lines and duplicate keys on the way."""

    def __init__(self, result: LinedData) -> None:
        self.result = result
        self.visited = 0

    def build(self, node: yaml.Node, path: EntryPath) -> Any:
        self.visited += 1
        if self.visited > _MOST_NODES:
            if self.visited == _MOST_NODES + 1:
                self._fault(node, f"more than {_MOST_NODES} entries", "aliases may not multiply the file")
            return None
        if len(path) > _DEEPEST:
            self._fault(node, f"nested more than {_DEEPEST} deep", "an alias may not hold itself")
            return None
        if node.tag.rpartition(":")[2] not in _TAGS:
            self._fault(node, f"the tag '{node.tag}' is not allowed", "write plain data")
            return None
        self.result.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(child, (*path, index)) for index, child in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, path: EntryPath) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._fault(key_node, "a key must be a word", "write it as plain text")
                continue
            key = key_node.value
            if key in data:
                first = self.result.lines[(*path, key)]
                self._fault(key_node, f"duplicate key '{key}' (first on line {first})", "keep one of the two")
                continue
            self.result.lines[(*path, key)] = key_node.start_mark.line + 1
            data[key] = self.build(value_node, (*path, key))
        return data

    def _scalar(self, node: yaml.Node) -> Any:
        kind = node.tag.rpartition(":")[2]
        text: str = node.value
        if kind == "null":
            return None
        if kind == "bool":
            return text == "true"
        if kind == "int":
            return int(text)
        if kind == "float":
            return float(text.replace(".inf", "inf").replace(".nan", "nan"))
        return text

    def _fault(self, node: yaml.Node, what: str, mend: str) -> None:
        self.result.faults.append((node.start_mark.line + 1, what, mend))
