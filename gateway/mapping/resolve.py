"""The elements of one rule resolved against its guide: places, types and codecs."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.definition import Node
from gateway.guide.dictionary import CompositeDef
from gateway.guide.dictionary import ElementDef
from gateway.guide.dictionary import SegmentDef
from gateway.guide.guide import Guide
from gateway.mapping.codecs import Codecs
from gateway.mapping.plan import Field
from gateway.mapping.plan import Fixed
from gateway.mapping.plan import Place
from gateway.mapping.rules import Binding
from gateway.mapping.rules import Constant
from gateway.mapping.rules import Reference
from gateway.mapping.rules import Rule
from gateway.mapping.source import Faults
from gateway.mapping.tables import CodeTable

TEXT_ELEMENT = ElementDef("", "", "AN", 1, 1)
"""Stands in for an element that is not there, so that one fault does not hide the next."""


@dataclass(frozen=True, slots=True)
class Definitions:
    """What rules are resolved against."""

    guide: Guide
    tables: dict[str, CodeTable]
    codecs: Codecs
    last: dict[str, frozenset[str]]
    homes: dict[str, frozenset[str]]
    faults: Faults


class Elements:
    """The segment a rule is for."""

    def __init__(self, definitions: Definitions, rule: Rule) -> None:
        self.definitions = definitions
        self.faults = definitions.faults
        self.rule = rule
        self.tag = rule.tag
        segment = definitions.guide.dictionary.segment(rule.tag)
        self.segment = segment or SegmentDef(rule.tag, "", ())

    def place(self, reference: Reference) -> Place:
        return reference.element, reference.component or 1

    def element(self, reference: Reference, node: Node) -> ElementDef:
        """The definition at a reference; a fault when the segment has no such element."""
        name = reference.named(self.tag)
        uses = self.segment.elements
        if not 0 < reference.element <= len(uses):
            self.faults.add(node, f"{name}: {self.tag} has {len(uses)} elements")
            return TEXT_ELEMENT
        definition = uses[reference.element - 1].definition
        if isinstance(definition, ElementDef):
            if reference.component is not None:
                self.faults.add(node, f"{name}: the element is simple, write it without -")
            return definition
        return self.component(definition, reference, node)

    def component(self, composite: CompositeDef, reference: Reference, node: Node) -> ElementDef:
        name = reference.named(self.tag)
        count = len(composite.components)
        if reference.component is None:
            self.faults.add(node, f"{name} is the composite {composite.id}; write {name}-1")
        elif not 0 < reference.component <= count:
            self.faults.add(node, f"{name}: {composite.id} has {count} components")
        else:
            definition = composite.components[reference.component - 1].definition
            if isinstance(definition, ElementDef):
                return definition
        return TEXT_ELEMENT

    def fixed(self, constant: Constant) -> Fixed:
        self.element(constant.reference, constant.node)
        return Fixed(self.place(constant.reference), constant.value)

    def field(self, binding: Binding) -> Field:
        elements = [self.element(reference, binding.node) for reference in binding.references]
        return Field(
            tuple(self.place(reference) for reference in binding.references),
            tuple(reference.named(self.tag) for reference in binding.references),
            self.definitions.codecs.codec(binding, elements[0]),
            binding.paths,
            binding.otherwise,
            self.home(binding),
        )

    def home(self, binding: Binding) -> str:
        """`first` or `also` where a path of the binding has two homes; `same` where it has none."""
        if binding.same:
            return "same"
        second = self.definitions.homes.get(self.rule.id, frozenset())
        shared = any(path.text in second for path in binding.paths)
        return "also" if binding.also else "first" if shared else ""
