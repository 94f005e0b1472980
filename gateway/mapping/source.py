"""Definition files as text: YAML nodes with their lines, every scalar text, every fault collected.

Nothing is guessed from a scalar: `NO`, `01` and `12:30` stay what was written. Faults are
gathered and raised together, each as `file:line: text`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml

from gateway.edi.finding import DefinitionError

_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True, slots=True)
class Node:
    """A piece of a definition file: text, a list or a mapping, and the line it stands on (for a
    mapping's value the line of its key)."""

    value: str | list[Node] | dict[str, Node]
    file: str
    line: int

    @property
    def text(self) -> str:
        return self.value if isinstance(self.value, str) else ""

    @property
    def list(self) -> list[Node]:
        return self.value if isinstance(self.value, list) else []

    @property
    def mapping(self) -> dict[str, Node]:
        return self.value if isinstance(self.value, dict) else {}


class Faults:
    """What is wrong with our definitions, until all of it is known."""

    def __init__(self) -> None:
        self._faults: dict[tuple[str, int, str], None] = {}

    def add(self, node: Node, text: str) -> None:
        self._faults[(node.file, node.line, text)] = None

    def extend(self, error: DefinitionError) -> None:
        for fault in error.faults:
            self._faults[("", 0, fault)] = None

    def raise_any(self) -> None:
        """Raises DefinitionError listing every fault in the order of the files' lines."""
        if self._faults:
            faults = sorted(self._faults, key=lambda fault: fault[:2])
            raise DefinitionError([f"{f}:{n}: {text}" if f else text for f, n, text in faults])

    def expect_text(self, node: Node) -> str:
        if not isinstance(node.value, str):
            self.add(node, "expected text here")
        return node.text

    def expect_list(self, node: Node) -> list[Node]:
        if not isinstance(node.value, list):
            self.add(node, "expected a list here (lines starting with '- ')")
        return node.list

    def expect_mapping(self, node: Node) -> dict[str, Node]:
        if not isinstance(node.value, dict):
            self.add(node, "expected keys and values here")
        return node.mapping

    def expect_keys(self, node: Node, known: Iterable[str]) -> dict[str, Node]:
        """The mapping's entries; keys that are not `known` are faults."""
        entries = self.expect_mapping(node)
        known = tuple(known)
        for key in entries.keys() - set(known):
            self.add(entries[key], f"unknown key {key!r}{suggest(key, known)}")
        return entries


def suggest(word: str, known: Iterable[str]) -> str:
    """`; did you mean 'each'?` when a known word is near, else nothing."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else ""


def load_source(path: Path, faults: Faults) -> Node:
    """The file's top mapping. A file that is not YAML is a fault and reads as an empty mapping."""
    empty = Node({}, str(path), 1)
    try:
        root = yaml.compose(path.read_text("utf-8"), Loader=_LOADER)
    except UnicodeDecodeError:
        faults.add(empty, "the file is not UTF-8 text")
        return empty
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(error, "problem", None) or "cannot be read"
        faults.add(Node("", str(path), line), f"not valid YAML: {problem}")
        return empty
    if root is None:
        return empty
    node = _convert(root, str(path), root.start_mark.line + 1, faults)
    faults.expect_mapping(node)
    return node


def _convert(raw: yaml.Node, file: str, line: int, faults: Faults) -> Node:
    if isinstance(raw, yaml.ScalarNode):
        return Node(str(raw.value), file, line)
    if isinstance(raw, yaml.SequenceNode):
        items = [_convert(item, file, item.start_mark.line + 1, faults) for item in raw.value]
        return Node(items, file, line)
    entries: dict[str, Node] = {}
    for raw_key, raw_value in raw.value:
        key = str(raw_key.value)
        entry = _convert(raw_value, file, raw_key.start_mark.line + 1, faults)
        if not isinstance(raw_key, yaml.ScalarNode):
            faults.add(entry, "a key must be plain text")
        elif key in entries:
            faults.add(entry, f"{key!r} stands twice here")
        else:
            entries[key] = entry
    return Node(entries, file, line)
