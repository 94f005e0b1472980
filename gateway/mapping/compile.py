"""Ties rules to a guide: finds their nodes, resolves elements, codecs and slots, reports what does
not fit."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.definition import Node
from gateway.definition import suggestion
from gateway.guide.dictionary import CompositeDef
from gateway.guide.dictionary import ElementDef
from gateway.guide.dictionary import SegmentDef
from gateway.guide.guide import Guide
from gateway.guide.structure import Loop
from gateway.guide.structure import SegmentUse
from gateway.mapping import codec
from gateway.mapping import dates
from gateway.mapping.attach import attach
from gateway.mapping.attach import check_nodes
from gateway.mapping.codec import Codec
from gateway.mapping.plan import Field
from gateway.mapping.plan import Fixed
from gateway.mapping.plan import Level
from gateway.mapping.plan import Place
from gateway.mapping.plan import RowPlan
from gateway.mapping.plan import RulePlan
from gateway.mapping.plan import Slot
from gateway.mapping.plan import Test
from gateway.mapping.plan import Total
from gateway.mapping.rules import Binding
from gateway.mapping.rules import Condition
from gateway.mapping.rules import Constant
from gateway.mapping.rules import Reference
from gateway.mapping.rules import Rows
from gateway.mapping.rules import Rule
from gateway.mapping.scopes import item_names
from gateway.mapping.scopes import last_takers
from gateway.mapping.scopes import own_lists
from gateway.mapping.scopes import root_names
from gateway.mapping.source import Faults
from gateway.mapping.tables import CodeTable

TEXT_ELEMENT = ElementDef("", "", "AN", 1, 1)
"""Stands in for an element that is not there, so that one fault does not hide the next."""


@dataclass(frozen=True, slots=True)
class Definitions:
    """What rules are resolved against."""

    guide: Guide
    tables: dict[str, CodeTable]
    last: dict[str, frozenset[str]]
    faults: Faults


def compile_rules(
    rules: tuple[Rule, ...], guide: Guide, tables: dict[str, CodeTable], faults: Faults
) -> Level:
    """The plan of a map's rules at the root of its set."""
    check_nodes(rules, [guide.root], faults)
    definitions = Definitions(guide, tables, last_takers(rules), faults)
    return compile_level(definitions, rules, guide.root)


def compile_level(definitions: Definitions, rules: tuple[Rule, ...], loop: Loop) -> Level:
    """The rules at one level of nesting."""
    plans: dict[int, list[RulePlan]] = {}
    steps: list[tuple[int, RulePlan]] = []
    for rule, indexes in attach(rules, loop):
        for index in indexes:
            node = loop.items[index]
            plan = _RuleCompiler(definitions, rule).plan(node)
            plans.setdefault(id(node), []).append(plan)
            if index == indexes[0]:
                steps.append((index, plan))
    ordered = {
        node: tuple(sorted(found, key=lambda plan: -len(plan.tests)))
        for node, found in plans.items()
    }
    return Level(loop, ordered, tuple(steps))


class _RuleCompiler:
    """One rule at one node."""

    def __init__(self, definitions: Definitions, rule: Rule) -> None:
        self.definitions = definitions
        self.faults = definitions.faults
        self.dialect = definitions.guide.dialect.name
        self.rule = rule
        self.tag = rule.tag
        segment = definitions.guide.dictionary.segment(rule.tag)
        self.segment = segment or SegmentDef(rule.tag, "", ())

    def plan(self, node: SegmentUse | Loop) -> RulePlan:
        rule = self.rule
        inside = (
            compile_level(self.definitions, rule.inside, node)
            if isinstance(node, Loop) and rule.inside
            else None
        )
        return RulePlan(
            id=rule.id,
            tag=rule.tag,
            each=rule.each,
            tests=tuple(self.test(condition) for condition in rule.where),
            sets=rule.sets,
            fields=tuple(self.field(binding) for binding in rule.bindings),
            constants=tuple(self.fixed(constant) for constant in rule.constants),
            totals=tuple(self.total(number) for number in range(len(rule.computed))),
            rows=tuple(self.rows(rows) for rows in rule.rows),
            inside=inside,
            always=rule.always,
            roots=root_names(rule, self.definitions.tables),
            lists=own_lists(rule),
            serves=item_names(rule, self.definitions.tables),
            last_for=self.definitions.last.get(rule.id, frozenset()),
        )

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

    def test(self, condition: Condition) -> Test:
        self.element(condition.reference, condition.node)
        bound = {r for binding in self.rule.bindings for r in binding.references}
        if len(condition.values) > 1 and condition.reference not in bound:
            name = condition.reference.named(self.tag)
            self.faults.add(condition.node, f"{name} may be several values, so it must be bound")
        constant = condition.values[0] if len(condition.values) == 1 else ""
        return Test(self.place(condition.reference), frozenset(condition.values), constant)

    def fixed(self, constant: Constant) -> Fixed:
        self.element(constant.reference, constant.node)
        return Fixed(self.place(constant.reference), constant.value)

    def total(self, number: int) -> Total:
        computed = self.rule.computed[number]
        element = self.element(computed.reference, computed.node)
        return Total(
            self.place(computed.reference),
            computed.reference.named(self.tag),
            computed.formula,
            computed.optional,
            codec.decimal(element, self.dialect),
        )

    def field(self, binding: Binding) -> Field:
        elements = [self.element(reference, binding.node) for reference in binding.references]
        return Field(
            tuple(self.place(reference) for reference in binding.references),
            tuple(reference.named(self.tag) for reference in binding.references),
            self.codec(binding, elements[0]),
            binding.paths,
        )

    def codec(self, binding: Binding, element: ElementDef) -> Codec:
        match binding.codec:
            case "decimal":
                return codec.decimal(element, self.dialect)
            case "date":
                return dates.date(element)
            case "time":
                return dates.TIME
            case "period":
                return dates.PERIOD
            case "code":
                table = self.table(binding.arguments[0] if binding.arguments else "", binding.node)
                return codec.code(table, element, self.dialect, len(binding.arguments) > 1)
            case _:
                return codec.TEXT

    def table(self, name: str, node: Node) -> CodeTable:
        tables = self.definitions.tables
        if name and name not in tables:
            self.faults.add(node, f"no code table {name!r}{suggestion(name, tables)}")
        return tables.get(name, CodeTable(name, {}, {}))

    def rows(self, rows: Rows) -> RowPlan:
        runs = self.runs(rows)
        keyed = self.table(rows.keyed, rows.node) if rows.keyed else None
        self.check_kind(rows)
        return RowPlan(
            slots=tuple(self.slot(rows, run) for run in runs),
            shared=tuple(self.field(binding) for binding in rows.shared),
            into=rows.into,
            text=rows.text,
            keyed=keyed,
        )

    def check_kind(self, rows: Rows) -> None:
        """What the bindings and the width must be for `into`, `text` and `keyed`."""
        bound = bool(rows.bindings or rows.constants or rows.shared)
        if rows.into is None and bound:
            self.faults.add(rows.node, "only rows with into have bindings, constants and shared")
        if rows.into and rows.shared and not rows.bindings:
            self.faults.add(rows.node, "shared needs rows of objects; bind 1: value")
        if rows.keyed and rows.width != 2:
            self.faults.add(rows.node, "keyed rows are a code and its value; write width: 2")
        if rows.text and rows.width != 1:
            self.faults.add(rows.node, "text rows have width 1")

    def runs(self, rows: Rows) -> list[tuple[Reference, ...]]:
        """The range cut into rows of references."""
        first, last, width = rows.first, rows.last, rows.width
        for reference in (first, last):
            self.exists(reference, rows.node)
        if first.component and last.component and first.element == last.element:
            numbers = range(first.component, last.component + 1)
            run = [Reference(first.element, number) for number in numbers]
        else:
            run = [Reference(number) for number in range(first.element, last.element + 1)]
            if first.component or last.component:
                self.faults.add(rows.node, "over runs through elements, or components of one")
        if not run or len(run) % width:
            count = f"{len(run)} element(s) do not make rows of {width}"
            self.faults.add(rows.node, f"over: {count}")
        whole = range(0, len(run) - width + 1, width)
        return [tuple(run[start : start + width]) for start in whole] or [(first,) * width]

    def exists(self, reference: Reference, node: Node) -> None:
        """Like `element`, but a composite may stand for all its components."""
        uses = self.segment.elements
        inside = 0 < reference.element <= len(uses)
        whole = inside and isinstance(uses[reference.element - 1].definition, CompositeDef)
        if not (whole and reference.component is None):
            self.element(reference, node)

    def slot(self, rows: Rows, run: tuple[Reference, ...]) -> Slot:
        fields = tuple(self.row_field(binding, run) for binding in rows.bindings)
        constants = tuple(
            Fixed(self.place(self.in_row(constant.reference, run, constant.node)), constant.value)
            for constant in rows.constants
        )
        places = tuple(self.place(reference) for reference in run)
        return Slot(run[0].named(self.tag), places, fields, constants)

    def row_field(self, binding: Binding, run: tuple[Reference, ...]) -> Field:
        references = tuple(self.in_row(r, run, binding.node) for r in binding.references)
        return self.field(
            Binding(references, binding.paths, binding.codec, binding.arguments, binding.node)
        )

    def in_row(self, reference: Reference, run: tuple[Reference, ...], node: Node) -> Reference:
        """`1`, `2` or `1-2` of a row as an element of the segment."""
        if reference.element > len(run):
            self.faults.add(node, f"a row has {len(run)} element(s), not {reference.element}")
            return run[0]
        target = run[reference.element - 1]
        if reference.component is None:
            return target
        return Reference(target.element, reference.component)
