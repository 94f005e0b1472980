"""The map language inside a rule: elements against paths, constants and formulas."""

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
from gateway.mapping.rules import Constant
from gateway.mapping.rules import Reference
from gateway.mapping.source import Faults

CODECS = {
    "text": (1, 1),
    "decimal": (1, 1),
    "fraction": (1, 1),
    "date": (1, 1),
    "days": (1, 1),
    "time": (1, 1),
    "period": (2, 2),
    "cut": (1, 1),
    "sscc": (1, 2),
    "sscc_range": (2, 2),
}
"""Elements and paths of each codec; `code(table[, source_path])` and `python(name)` besides."""

PRESENCE = ("always", "if received", "never")

_NUMBERS = re.compile(r"(\d\d)(?:-(\d{1,2}))?")
_CALL = re.compile(r"(?P<name>[a-z_]+)(?:\((?P<arguments>[^()]*)\))?")
_TOTAL = re.compile(r"(?P<mark>[:?])=(?P<formula>.*?\)|[^)]*?)\s*(?P<presence>[a-z ]*)")

Part = Binding | Constant | Computed


class ElementParser:
    """The elements of one segment, by its tag."""

    def __init__(self, tag: str, faults: Faults) -> None:
        self.tag = tag
        self.faults = faults

    def find_element(self, key: str, entry: Node) -> Part | None:
        """What stands under a key like `BEG03`; a fault when the key names no element."""
        found = [self.find_reference(text) for text in key.split()]
        references = tuple(reference for reference in found if reference)
        if not references or len(references) < len(found):
            return None
        text = self.faults.expect_text(entry)
        if text.startswith("="):
            return Constant(references[0], text[1:].strip(), entry)
        if text.startswith((":=", "?=")):
            return self.computed(references[0], text, entry)
        return self.binding(references, text, entry)

    def computed(self, reference: Reference, text: str, entry: Node) -> Computed | None:
        match = _TOTAL.fullmatch(text)
        formula = parse_formula(match["formula"]) if match else None
        if match is None or formula is None:
            known = " or ".join(f"{name}(path)" for name in FUNCTIONS)
            self.faults.add(entry, f"{text[2:].strip()!r} is no formula; write {known}")
            return None
        presence = match["presence"] or ("always" if match["mark"] == ":" else "if received")
        if presence not in PRESENCE:
            known = ", ".join(PRESENCE)
            self.faults.add(entry, f"{presence!r}: a total is written {known}")
        return Computed(reference, formula, presence, entry)

    def binding(self, references: tuple[Reference, ...], text: str, entry: Node) -> Binding | None:
        text, _, otherwise = (part.strip() for part in text.partition(" else "))
        paths, _, call = (part.strip() for part in text.partition("|"))
        match = _CALL.fullmatch(call or "text")
        if match is None:
            self.faults.add(entry, f"{call!r} is no codec; write code(table) or decimal")
            return None
        found = [self.path(word, entry) for word in paths.split()]
        arguments = [part.strip() for part in (match["arguments"] or "").split(",")]
        arguments = [] if arguments == [""] else arguments
        kept = [path for path in found if path]
        if match["name"] == "code" and len(arguments) > 1:
            source = self.path(arguments[1], entry)
            kept += [source] if source else []
        binding = Binding(
            references, tuple(kept), match["name"], tuple(arguments), entry, otherwise
        )
        if all(found):
            self.count(binding)
        return binding

    def count(self, binding: Binding) -> None:
        """As many elements and paths as the codec takes, and the arguments it needs."""
        name, arguments, entry = binding.codec, binding.arguments, binding.node
        found = (len(binding.references), len(binding.paths))
        if binding.otherwise and found != (1, 1):
            self.faults.add(entry, "else goes with one element and one path")
        if name == "python":
            if len(arguments) != 1 or ":" not in arguments[0]:
                self.faults.add(entry, "python names a module and an object: python(module:name)")
            return
        if name == "code":
            if not 1 <= len(arguments) <= 2:
                self.faults.add(entry, "code needs its table: code(table) or code(table, path)")
            wanted = (1, 2 if len(arguments) > 1 else max(found[1], 1))
        elif name in CODECS:
            wanted = CODECS[name]
        else:
            hint = suggestion(name, (*CODECS, "code", "python"))
            self.faults.add(entry, f"unknown codec {name!r}{hint}")
            return
        if name == "cut" and not (len(arguments) == 1 and arguments[0].isdecimal()):
            self.faults.add(entry, "cut needs the longest text it leaves: cut(35)")
        if name == "sscc" and arguments not in ((), ("20",)):
            self.faults.add(entry, "sscc has 18 digits; sscc(20) writes 00 before them")
        if found != wanted:
            elements, paths = wanted
            self.faults.add(entry, f"{name} takes {elements} element(s) and {paths} path(s)")

    def path(self, text: str, entry: Node) -> Path | None:
        path = parse_path(text)
        if path is None:
            self.faults.add(entry, f"{text!r} is no path; write price.amount or ids[].scheme")
        return path

    def list_path(self, entry: Node | None, *, in_item: bool = False) -> Path | None:
        """A path to a whole list or a plain value, which has no `[]`. `in_item`: it may be inside
        a numbered item of another list."""
        if entry is None:
            return None
        path = self.path(self.faults.expect_text(entry), entry)
        inside = in_item and path and path.index is not None and path.after
        if path and path.listed and not inside:
            self.faults.add(entry, f"{path.text!r}: a list is named without []")
        return path

    def find_reference(self, text: str) -> Reference | None:
        """`BEG03`, `NAD02-1` of this rule's tag."""
        match = _NUMBERS.fullmatch(text[len(self.tag) :]) if text.startswith(self.tag) else None
        return to_reference(match) if match else None

    def reference(self, text: str, entry: Node) -> Reference | None:
        reference = self.find_reference(text)
        if reference is None:
            example = f"{self.tag}01 or {self.tag}02-1"
            self.faults.add(entry, f"{text!r} is no element of {self.tag}; write {example}")
        return reference


def to_reference(match: re.Match[str]) -> Reference:
    return Reference(int(match[1]), int(match[2]) if match[2] else None)
