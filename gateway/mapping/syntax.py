"""The map language: YAML nodes to rules. What a rule means is checked later, against the guide."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from gateway.definition import Node
from gateway.definition import suggestion
from gateway.mapping.elements import ElementParser
from gateway.mapping.elements import Part
from gateway.mapping.elements import to_reference
from gateway.mapping.path import Path
from gateway.mapping.rules import Binding
from gateway.mapping.rules import Computed
from gateway.mapping.rules import Condition
from gateway.mapping.rules import Constant
from gateway.mapping.rules import Guard
from gateway.mapping.rules import Reference
from gateway.mapping.rules import Rows
from gateway.mapping.rules import Rule
from gateway.mapping.source import Faults
from gateway.mapping.source import entries_of
from gateway.mapping.source import items_of
from gateway.mapping.source import text_of

RULE_KEYS = (
    "seg",
    "loop",
    "id",
    "where",
    "when",
    "each",
    "set",
    "also",
    "same",
    "rows",
    "inside",
    "always",
)
ROW_KEYS = (
    "over",
    "width",
    "repeats",
    "into",
    "text",
    "keyed",
    "key",
    "shared",
    "order",
    "slots",
    "also",
)

_IN_ROW = re.compile(r"(\d{1,2})(?:-(\d{1,2}))?")
_WRAPPED = re.compile(r"(?P<path>[^|]*?)\s*(?:\|\s*wrap\((?P<wrap>[1-9]\d*)\))?")


def parse_rules(node: Node, faults: Faults) -> tuple[Rule, ...]:
    """The rules of a `segments` or `inside` list, in order."""
    rules = [_RuleParser(item, faults).parse() for item in faults.expect_list(node)]
    return tuple(rule for rule in rules if rule)


def tag_of(node: Node) -> str:
    """The tag a rule is for; "" when it names none."""
    entries = entries_of(node)
    return next((text_of(entries[key]) for key in ("seg", "loop") if key in entries), "")


class _RuleParser(ElementParser):
    """One rule's keys."""

    def __init__(self, node: Node, faults: Faults) -> None:
        super().__init__(tag_of(node), faults)
        self.node = node

    def parse(self) -> Rule | None:
        entries = self.faults.expect_mapping(self.node)
        if ("seg" in entries) == ("loop" in entries) or not self.tag:
            self.faults.add(self.node, "a rule names one seg or one loop")
            return None
        if "inside" in entries and "loop" not in entries:
            self.faults.add(entries["inside"], f"only a loop has inside; write loop: {self.tag}")
        bindings, constants, computed = self.elements()
        return Rule(
            id=text_of(entries["id"]),
            tag=self.tag,
            is_loop="loop" in entries,
            each=self.list_path(entries.get("each")),
            where=self.where(entries.get("where")),
            sets=self.sets(entries.get("set")),
            bindings=bindings,
            constants=constants,
            computed=computed,
            rows=self.rows(entries.get("rows")),
            inside=parse_rules(entries["inside"], self.faults) if "inside" in entries else (),
            always=self.always(entries.get("always")),
            node=self.node,
            when=self.when(entries.get("when")),
        )

    def elements(
        self,
    ) -> tuple[tuple[Binding, ...], tuple[Constant, ...], tuple[Computed, ...]]:
        """Every key that is not a word of the language: the segment's elements."""
        parts: list[Part | None] = [
            self.element(key, entry)
            for key, entry in entries_of(self.node).items()
            if key not in RULE_KEYS
        ]
        also = self.bindings_of(entries_of(self.node).get("also"), "also")
        same = self.bindings_of(entries_of(self.node).get("same"), "same")
        return (
            tuple(part for part in parts if isinstance(part, Binding))
            + tuple(replace(binding, also=True) for binding in also)
            + tuple(replace(binding, same=True) for binding in same),
            tuple(part for part in parts if isinstance(part, Constant)),
            tuple(part for part in parts if isinstance(part, Computed)),
        )

    def element(self, key: str, entry: Node) -> Part | None:
        names = key.split()
        if not names or not all(self.find_reference(name) for name in names):
            hint = (
                suggestion(key, RULE_KEYS) or f"; elements are written {self.tag}01, {self.tag}02-1"
            )
            self.faults.add(entry, f"unknown key {key!r} in a rule for {self.tag}{hint}")
            return None
        return self.find_element(key, entry)

    def bindings_of(self, node: Node | None, what: str) -> tuple[Binding, ...]:
        """A mapping of elements to paths, without constants and totals."""
        entries = self.faults.expect_mapping(node).items() if node else ()
        parts = [self.element(key, entry) for key, entry in entries]
        for part in parts:
            if part and not isinstance(part, Binding):
                self.faults.add(part.node, f"{what} elements are bound to paths")
        return tuple(part for part in parts if isinstance(part, Binding))

    def where(self, node: Node | None) -> tuple[Condition, ...]:
        conditions = []
        for key, entry in self.faults.expect_mapping(node).items() if node else ():
            reference = self.reference(key, entry)
            if reference:
                conditions.append(Condition(reference, self.values(entry), entry))
        return tuple(conditions)

    def values(self, entry: Node) -> tuple[str, ...]:
        """One text or a list of them."""
        nodes = items_of(entry) if entry.text is None else [entry]
        if not nodes:
            self.faults.add(entry, "expected a text here, or a list of them")
        return tuple(self.faults.expect_text(value) for value in nodes)

    def when(self, node: Node | None) -> tuple[Guard, ...]:
        guards = []
        for key, entry in self.faults.expect_mapping(node).items() if node else ():
            path = self.path(key.removeprefix("/"), entry)
            if path and path.listed:
                self.faults.add(entry, f"{path.text!r}: a guard looks at one value, not into lists")
            elif path:
                guards.append(Guard(path, key.startswith("/"), self.values(entry), entry))
        return tuple(guards)

    def sets(self, node: Node | None) -> tuple[tuple[Path, str], ...]:
        entries = self.faults.expect_mapping(node).items() if node else ()
        pairs = [(self.path(key, entry), self.faults.expect_text(entry)) for key, entry in entries]
        return tuple((path, text) for path, text in pairs if path)

    def always(self, node: Node | None) -> bool:
        if node is not None and node.text not in ("true", "false"):
            self.faults.add(node, "always is true or false")
        return node is not None and node.text == "true"

    def rows(self, node: Node | None) -> tuple[Rows, ...]:
        """One mapping, or a list of them."""
        if node is None:
            return ()
        nodes = [node] if node.items is None else node.items
        found = [self.one_rows(item) for item in nodes]
        return tuple(rows for rows in found if rows)

    def one_rows(self, node: Node) -> Rows | None:
        numbered = [key for key in entries_of(node) if all(map(_IN_ROW.fullmatch, key.split()))]
        entries = self.faults.expect_keys(node, (*ROW_KEYS, *numbered))
        over = self.over(entries.get("over"), node)
        kinds = [kind for kind in ("into", "text", "keyed") if kind in entries]
        if len(kinds) != 1:
            self.faults.add(node, "rows need one of into, text and keyed")
        if over is None or len(kinds) != 1:
            return None
        parts = [self.numbered(key, entries[key]) for key in numbered]
        keyed = entries.get("keyed")
        text, wrap = self.wrapped(entries.get("text"))
        order = entries.get("slots", entries.get("order"))
        if "slots" in entries and "order" in entries:
            self.faults.add(entries["order"], "rows have an order, or slots of their own")
        return Rows(
            *over,
            width=self.number(entries, "width", 1, "the number of elements in a row"),
            into=self.list_path(entries.get("into"), in_item=True),
            text=text,
            keyed=self.faults.expect_text(keyed) if keyed else "",
            shared=self.bindings_of(entries.get("shared"), "shared"),
            bindings=tuple(part for part in parts if isinstance(part, Binding)),
            constants=tuple(part for part in parts if isinstance(part, Constant)),
            node=node,
            key=self.number(entries, "key", 1, "the element of a row that has the code"),
            wrap=wrap,
            repeats=self.number(entries, "repeats", 0, "how often the element may stand"),
            order=self.values(order) if order else (),
            fixed="slots" in entries,
            also=tuple(self.coded(entries.get("also"))),
        )

    def coded(self, node: Node | None) -> Iterator[tuple[str, Binding]]:
        """The fields that rows of some codes are second homes of: `also: {PO: order.id}`."""
        for code, entry in self.faults.expect_mapping(node).items() if node else ():
            binding = self.binding((Reference(2),), self.faults.expect_text(entry), entry)
            if binding:
                yield code, replace(binding, also=True)

    def wrapped(self, entry: Node | None) -> tuple[Path | None, int]:
        """`text`, or `text | wrap(264)`."""
        if entry is None:
            return None, 0
        match = _WRAPPED.fullmatch(self.faults.expect_text(entry))
        if match is None:
            self.faults.add(entry, "a text of rows is a path, or a path | wrap(264)")
            return None, 0
        path = self.list_path(Node(match["path"], entry.file, entry.line))
        return path, int(match["wrap"] or 0)

    def over(self, entry: Node | None, node: Node) -> tuple[Reference, Reference] | None:
        """`PO106..PO125`, `FTX04-1..FTX04-5`; one element alone is its own run."""
        if entry is None:
            self.faults.add(node, "rows need over: the first and the last element of the run")
            return None
        first, _, last = self.faults.expect_text(entry).partition("..")
        ends = self.reference(first, entry), self.reference(last or first, entry)
        return (ends[0], ends[1]) if ends[0] and ends[1] else None

    def number(self, entries: dict[str, Node], key: str, default: int, what: str) -> int:
        entry = entries.get(key)
        text = self.faults.expect_text(entry) if entry else str(default)
        if entry and not (text.isdecimal() and int(text)):
            self.faults.add(entry, f"{key} is {what}, not {text!r}")
            return default
        return int(text)

    def numbered(self, key: str, entry: Node) -> Binding | Constant | None:
        found = [_IN_ROW.fullmatch(part) for part in key.split()]
        references = tuple(to_reference(match) for match in found if match)
        text = self.faults.expect_text(entry)
        if not references or text.startswith((":=", "?=")):
            self.faults.add(entry, "a row has bindings and constants only")
            return None
        if text.startswith("="):
            return Constant(references[0], text[1:].strip(), entry)
        return self.binding(references, text, entry)
