"""Definition files are text: YAML without guessing, every value with its line.

`NO`, `01` and `12:30` stay what they look like. Faults are collected, so that a person sees all
mistakes of a file at once, each as `file:line: text`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import yaml

from gateway.edi.finding import DefinitionError

T = TypeVar("T")

_CREDENTIALS = re.compile("//[^/]*@")
"""User and password of an address: faults are printed and logged."""

LARGEST_FILE = 4 << 20


@dataclass(frozen=True, slots=True)
class Node:
    """A text, a list of nodes or an ordered mapping of text to nodes, with its place."""

    value: str | list[Node] | dict[str, Node]
    file: str
    line: int

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}"

    def seen_from(self, other: Node) -> str:
        """Its line, with its file where the other node is in another one."""
        return f"line {self.line}" if self.file == other.file else self.place

    @property
    def text(self) -> str | None:
        return self.value if isinstance(self.value, str) else None

    @property
    def mapping(self) -> dict[str, Node] | None:
        return self.value if isinstance(self.value, dict) else None

    @property
    def items(self) -> list[Node] | None:
        return self.value if isinstance(self.value, list) else None


def load(path: Path, name: str | None = None) -> Node:
    """The file's root node; `name` is how messages call the file. Raises DefinitionError."""
    file = name or str(path)
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise DefinitionError([f"{file}:1: larger than {LARGEST_FILE} bytes"])
        return parse(path.read_text("utf-8"), file)
    except OSError as error:
        raise DefinitionError([f"{file}:1: cannot be read: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        raise DefinitionError([f"{file}:1: is not UTF-8 text"]) from error


def parse(text: str, file: str) -> Node:
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        root = yaml.compose(text, Loader=loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(error, "problem", None) or "not YAML"
        raise DefinitionError([f"{file}:{line}: {problem}"]) from error
    if root is None:
        return Node({}, file, 1)
    faults: list[str] = []
    node = _node(root, file, faults, 0)
    if faults:
        raise DefinitionError(faults)
    return node


def _node(node: yaml.Node, file: str, faults: list[str], depth: int) -> Node:
    line = node.start_mark.line + 1
    if depth > 40:
        faults.append(f"{file}:{line}: nested too deeply")
        return Node("", file, line)
    if isinstance(node, yaml.ScalarNode):
        return Node(str(node.value), file, line)
    if isinstance(node, yaml.SequenceNode):
        return Node([_node(item, file, faults, depth + 1) for item in node.value], file, line)
    entries: dict[str, Node] = {}
    for key, value in node.value:
        where = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            faults.append(f"{file}:{where}: a key must be text")
            continue
        if key.value in entries:
            faults.append(f"{file}:{where}: {key.value} stands here twice")
        entries[str(key.value)] = _node(value, file, faults, depth + 1)
    return Node(entries, file, line)


def suggestion(word: str, known: Iterable[str]) -> str:
    """` (did you mean …?)` for a near miss, else nothing."""
    close = difflib.get_close_matches(word, list(known), n=1)
    return f" (did you mean {close[0]}?)" if close else ""


class Fields:
    """Takes the known keys of one mapping; what is left at `finish` is a fault."""

    def __init__(self, node: Node, what: str, faults: list[str]) -> None:
        self.node = node
        self._what = what
        self._faults = faults
        self._taken: set[str] = set()
        self._entries = node.mapping or {}
        if node.mapping is None:
            self.fault(node, f"{what} must be a mapping of keys to values")

    def fault(self, node: Node, text: str) -> None:
        self._faults.append(f"{node.place}: {text}")

    def node_of(self, key: str) -> Node | None:
        self._taken.add(key)
        return self._entries.get(key)

    def text(self, key: str, default: str | None = None) -> str:
        """The text under a key; a missing key without default is a fault."""
        node = self.node_of(key)
        if node is None:
            if default is None:
                self.fault(self.node, f"{self._what} lacks {key}")
            return default or ""
        if node.text is None:
            self.fault(node, f"{key} must be a text")
            return default or ""
        return node.text

    def read(self, key: str, reader: Callable[[str], T], default: T, expected: str) -> T:
        """A text turned into a value by `reader`, which raises ValueError when it cannot."""
        node = self.node_of(key)
        if node is None:
            return default
        try:
            return reader(node.text or "")
        except ValueError:
            shown = _CREDENTIALS.sub("//...@", node.text or "")
            self.fault(node, f"{key}: {shown!r} is not {expected}")
            return default

    def choice(self, key: str, choices: Iterable[str], default: str | None = None) -> str:
        known = list(choices)
        value = self.text(key, default)
        node = self._entries.get(key)
        if node is not None and value not in known:
            hint = suggestion(value, known)
            self.fault(node, f"{key}: {value!r} is not one of {', '.join(known)}{hint}")
            return default or known[0]
        return value

    def texts(self, key: str) -> list[str]:
        """A list of texts; one text alone counts as a list of one."""
        node = self.node_of(key)
        if node is None:
            return []
        if node.text is not None:
            return [node.text]
        items = node.items
        if items is None or any(item.text is None for item in items):
            self.fault(node, f"{key} must be a list of texts")
            return []
        return [item.text or "" for item in items]

    def fields(self, key: str) -> Fields | None:
        node = self.node_of(key)
        return Fields(node, key, self._faults) if node is not None else None

    def rest(self) -> Iterator[tuple[str, Node]]:
        """Entries not taken yet, which are taken hereby."""
        for key, node in self._entries.items():
            if key not in self._taken:
                self._taken.add(key)
                yield key, node

    def finish(self, known: Iterable[str] = ()) -> None:
        names = self._taken | set(known)
        for key, node in self._entries.items():
            if key not in self._taken:
                self.fault(node, f"{self._what} has no key {key}{suggestion(key, names)}")


def write_line(fields: Mapping[str, str | list[str]]) -> str:
    """A mapping of texts in one line, `{file: own.pem, use: [sign, decrypt]}`."""
    return yaml.safe_dump(
        dict(fields), default_flow_style=True, allow_unicode=True, sort_keys=False, width=10_000
    ).strip()


def edit_list(
    text: str, replaced: Mapping[int, Sequence[str]], added: Sequence[str], file: str
) -> str:
    """The text of a list with items changed, by their place into any number of others, and items
    added at its end. All else stays as someone wrote it, comments too. Raises DefinitionError."""
    parse(text, file)
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if isinstance(root, yaml.SequenceNode) and root.flow_style:
        items = [text[one.start_mark.index : one.end_mark.index] for one in root.value]
        return edit_list("".join(f"- {one}\n" for one in items), replaced, added, file)
    found = root.value if isinstance(root, yaml.SequenceNode) else []
    margin = " " * (root.start_mark.column if root and found else 0) + "- "
    lines = [f"{line}\n" for line in text.splitlines()]
    places = [_lines_of(item, lines) for item in found]
    end = places[-1][1] + 1 if places else len(lines)
    lines[end:end] = [f"{margin}{item}\n" for item in added]
    for place in sorted(replaced, reverse=True):
        first, last = places[place]
        mark, new = found[place].end_mark, [f"{margin}{item}\n" for item in replaced[place]]
        behind = lines[last][mark.column :].strip() if mark.line == last else ""
        if new and behind:
            new[0] = f"{new[0].rstrip()}  {behind}\n"
        lines[first : last + 1] = new
    return "".join(lines)


def _lines_of(item: yaml.Node, lines: Sequence[str]) -> tuple[int, int]:
    """The first and the last line of an item; comments below it are not its own."""
    first, last = item.start_mark.line, item.end_mark.line - (item.end_mark.column == 0)
    while not lines[first].lstrip().startswith("-"):
        first -= 1
    while not lines[last].strip() or lines[last].lstrip().startswith("#"):
        last -= 1
    return first, last
