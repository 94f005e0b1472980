"""Faults of definition files, gathered until all of them are known."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from gateway.definition import Node
from gateway.definition import load
from gateway.definition import suggestion
from gateway.edi.finding import DefinitionError


def text_of(node: Node) -> str:
    return node.text or ""


def items_of(node: Node) -> list[Node]:
    return node.items or []


def entries_of(node: Node) -> dict[str, Node]:
    return node.mapping or {}


class Faults:
    """What is wrong with our definitions; each fault once, with the node it stands at."""

    def __init__(self) -> None:
        self._faults: dict[tuple[str, int, str], None] = {}

    def add(self, node: Node, text: str) -> None:
        self._faults[(node.file, node.line, f"{node.place}: {text}")] = None

    def raise_any(self) -> None:
        """Raises DefinitionError listing every fault in the order of the files' lines."""
        if self._faults:
            faults = sorted(self._faults, key=lambda fault: fault[:2])
            raise DefinitionError([text for _, _, text in faults])

    def load(self, path: Path) -> Node:
        """The file's top mapping; a file that cannot be read is a fault and an empty mapping."""
        try:
            node = load(path)
        except DefinitionError as error:
            self._faults |= {(str(path), 0, fault): None for fault in error.faults}
            return Node({}, str(path), 1)
        self.expect_mapping(node)
        return node

    def expect_text(self, node: Node) -> str:
        if node.text is None:
            self.add(node, "expected text here")
        return text_of(node)

    def expect_list(self, node: Node) -> list[Node]:
        if node.items is None:
            self.add(node, "expected a list here (lines starting with '- ')")
        return items_of(node)

    def expect_mapping(self, node: Node) -> dict[str, Node]:
        if node.mapping is None:
            self.add(node, "expected keys and values here")
        return entries_of(node)

    def expect_keys(self, node: Node, known: Iterable[str]) -> dict[str, Node]:
        """The mapping's entries; keys that are not `known` are faults."""
        entries = self.expect_mapping(node)
        known = tuple(known)
        for key in (key for key in entries if key not in known):
            self.add(entries[key], f"unknown key {key!r}{suggestion(key, known)}")
        return entries
