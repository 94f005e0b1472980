"""The map language: YAML nodes to rules. What a rule means is checked later, against the guide."""

from __future__ import annotations

import re

from gateway.definition import Node
from gateway.definition import suggestion
from gateway.mapping.formula import FUNCTIONS
from gateway.mapping.formula import parse_formula
from gateway.mapping.path import Path
from gateway.mapping.path import parse_path
from gateway.mapping.rules import Binding
from gateway.mapping.rules import Computed
from gateway.mapping.rules import Condition
from gateway.mapping.rules import Constant
from gateway.mapping.rules import Reference
from gateway.mapping.rules import Rows
from gateway.mapping.rules import Rule
from gateway.mapping.source import Faults
from gateway.mapping.source import entries_of
from gateway.mapping.source import text_of

RULE_KEYS = ("seg", "loop", "id", "where", "each", "set", "rows", "inside", "always")
ROW_KEYS = ("over", "width", "into", "text", "keyed", "shared")
CODECS = {"text": (1, 1), "decimal": (1, 1), "date": (1, 1), "time": (1, 1), "period": (2, 2)}
"""Elements and paths of each codec; `code(table[, source_path])` besides."""

_NUMBERS = re.compile(r"(\d\d)(?:-(\d{1,2}))?")
_IN_ROW = re.compile(r"(\d{1,2})(?:-(\d{1,2}))?")
_CALL = re.compile(r"(?P<name>[a-z_]+)(?:\((?P<arguments>[^()]*)\))?")


def parse_rules(node: Node, faults: Faults) -> tuple[Rule, ...]:
    """The rules of a `segments` or `inside` list, in order."""
    rules = [_RuleParser(item, faults).parse() for item in faults.expect_list(node)]
    return tuple(rule for rule in rules if rule)


def tag_of(node: Node) -> str:
    """The tag a rule is for; "" when it names none."""
    entries = entries_of(node)
    return next((text_of(entries[key]) for key in ("seg", "loop") if key in entries), "")


class _RuleParser:
    """One rule's keys."""

    def __init__(self, node: Node, faults: Faults) -> None:
        self.node = node
        self.faults = faults
        self.tag = tag_of(node)

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
        )

    def elements(
        self,
    ) -> tuple[tuple[Binding, ...], tuple[Constant, ...], tuple[Computed, ...]]:
        """Every key that is not a word of the language: the segment's elements."""
        parts: list[Binding | Constant | Computed | None] = [
            self.element(key, entry)
            for key, entry in entries_of(self.node).items()
            if key not in RULE_KEYS
        ]
        return (
            tuple(part for part in parts if isinstance(part, Binding)),
            tuple(part for part in parts if isinstance(part, Constant)),
            tuple(part for part in parts if isinstance(part, Computed)),
        )

    def element(self, key: str, entry: Node) -> Binding | Constant | Computed | None:
        found = [self.find_reference(text) for text in key.split()]
        references = tuple(reference for reference in found if reference)
        if not references or len(references) < len(found):
            hint = (
                suggestion(key, RULE_KEYS) or f"; elements are written {self.tag}01, {self.tag}02-1"
            )
            self.faults.add(entry, f"unknown key {key!r} in a rule for {self.tag}{hint}")
            return None
        text = self.faults.expect_text(entry)
        if text.startswith("="):
            return Constant(references[0], text[1:].strip(), entry)
        if text.startswith((":=", "?=")):
            return self.computed(references[0], text, entry)
        return self.binding(references, text, entry)

    def computed(self, reference: Reference, text: str, entry: Node) -> Computed | None:
        formula = parse_formula(text[2:])
        if formula is None:
            known = " or ".join(f"{name}(path)" for name in FUNCTIONS)
            self.faults.add(entry, f"{text[2:].strip()!r} is no formula; write {known}")
            return None
        return Computed(reference, formula, text.startswith("?="), entry)

    def binding(self, references: tuple[Reference, ...], text: str, entry: Node) -> Binding | None:
        paths, _, call = (part.strip() for part in text.partition("|"))
        match = _CALL.fullmatch(call or "text")
        if match is None:
            self.faults.add(entry, f"{call!r} is no codec; write code(table) or decimal")
            return None
        arguments = [part.strip() for part in (match["arguments"] or "").split(",")]
        arguments = [] if arguments == [""] else arguments
        found = [self.path(word, entry) for word in paths.split()]
        binding = Binding(
            references,
            tuple(path for path in found if path),
            match["name"],
            tuple(arguments[:1]),
            entry,
        )
        if binding.codec == "code" and len(arguments) > 1:
            source = self.path(arguments[1], entry)
            paths_ = (*binding.paths, source) if source else binding.paths
            binding = Binding(references, paths_, "code", tuple(arguments), entry)
        if all(found):
            self.count(binding)
        return binding

    def count(self, binding: Binding) -> None:
        """As many elements and paths as the codec takes."""
        name, arguments, entry = binding.codec, binding.arguments, binding.node
        if name == "code":
            if not 1 <= len(arguments) <= 2:
                self.faults.add(entry, "code needs its table: code(table) or code(table, path)")
            wanted = (1, max(len(arguments), 1))
        elif name in CODECS:
            wanted = CODECS[name]
        else:
            hint = suggestion(name, (*CODECS, "code"))
            self.faults.add(entry, f"unknown codec {name!r}{hint}")
            return
        if (len(binding.references), len(binding.paths)) != wanted:
            elements, paths = wanted
            self.faults.add(entry, f"{name} takes {elements} element(s) and {paths} path(s)")

    def path(self, text: str, entry: Node) -> Path | None:
        path = parse_path(text)
        if path is None:
            self.faults.add(entry, f"{text!r} is no path; write price.amount or ids[].scheme")
        return path

    def list_path(self, entry: Node | None) -> Path | None:
        if entry is None:
            return None
        path = self.path(self.faults.expect_text(entry), entry)
        if path and path.listed:
            self.faults.add(entry, f"{path.text!r}: a list is named without []")
        return path

    def find_reference(self, text: str) -> Reference | None:
        """`BEG03`, `NAD02-1` of this rule's tag."""
        match = _NUMBERS.fullmatch(text[len(self.tag) :]) if text.startswith(self.tag) else None
        return _reference(match) if match else None

    def reference(self, text: str, entry: Node) -> Reference | None:
        reference = self.find_reference(text)
        if reference is None:
            example = f"{self.tag}01 or {self.tag}02-1"
            self.faults.add(entry, f"{text!r} is no element of {self.tag}; write {example}")
        return reference

    def where(self, node: Node | None) -> tuple[Condition, ...]:
        conditions = []
        for key, entry in self.faults.expect_mapping(node).items() if node else ():
            reference = self.reference(key, entry)
            nodes = [entry] if entry.items is None else entry.items
            values = tuple(self.faults.expect_text(value) for value in nodes)
            if reference:
                conditions.append(Condition(reference, values, entry))
        return tuple(conditions)

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
        numbered = [key for key in entries_of(node) if _IN_ROW.fullmatch(key)]
        entries = self.faults.expect_keys(node, (*ROW_KEYS, *numbered))
        over = self.over(entries.get("over"), node)
        kinds = [kind for kind in ("into", "text", "keyed") if kind in entries]
        if len(kinds) != 1:
            self.faults.add(node, "rows need one of into, text and keyed")
        if over is None or len(kinds) != 1:
            return None
        parts = [self.numbered(key, entries[key]) for key in numbered]
        keyed = entries.get("keyed")
        return Rows(
            *over,
            width=self.width(entries.get("width")),
            into=self.list_path(entries.get("into")),
            text=self.list_path(entries.get("text")),
            keyed=self.faults.expect_text(keyed) if keyed else "",
            shared=self.shared(entries.get("shared")),
            bindings=tuple(part for part in parts if isinstance(part, Binding)),
            constants=tuple(part for part in parts if isinstance(part, Constant)),
            node=node,
        )

    def over(self, entry: Node | None, node: Node) -> tuple[Reference, Reference] | None:
        """`PO106..PO125`, `FTX04-1..FTX04-5`; one element alone is its own run."""
        if entry is None:
            self.faults.add(node, "rows need over: the first and the last element of the run")
            return None
        first, _, last = self.faults.expect_text(entry).partition("..")
        ends = self.reference(first, entry), self.reference(last or first, entry)
        return (ends[0], ends[1]) if ends[0] and ends[1] else None

    def width(self, entry: Node | None) -> int:
        text = self.faults.expect_text(entry) if entry else "1"
        if entry and not (text.isdecimal() and int(text)):
            self.faults.add(entry, f"width is the number of elements in a row, not {text!r}")
            return 1
        return int(text)

    def numbered(self, key: str, entry: Node) -> Binding | Constant | None:
        match = _IN_ROW.fullmatch(key)
        text = self.faults.expect_text(entry)
        if match is None or text.startswith((":=", "?=")):
            self.faults.add(entry, "a row has bindings and constants only")
            return None
        if text.startswith("="):
            return Constant(_reference(match), text[1:].strip(), entry)
        return self.binding((_reference(match),), text, entry)

    def shared(self, node: Node | None) -> tuple[Binding, ...]:
        entries = self.faults.expect_mapping(node).items() if node else ()
        parts = [self.element(key, entry) for key, entry in entries]
        for part in parts:
            if part and not isinstance(part, Binding):
                self.faults.add(part.node, "shared elements are bound to paths")
        return tuple(part for part in parts if isinstance(part, Binding))


def _reference(match: re.Match[str]) -> Reference:
    return Reference(int(match[1]), int(match[2]) if match[2] else None)
