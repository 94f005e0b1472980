"""Ties rules to a guide: finds their nodes, resolves elements, codecs and slots, reports what does
not fit."""

from __future__ import annotations

from gateway.guide.guide import Guide
from gateway.guide.structure import Loop
from gateway.guide.structure import SegmentUse
from gateway.mapping import codec
from gateway.mapping.attach import attach
from gateway.mapping.attach import check_nodes
from gateway.mapping.codecs import Codecs
from gateway.mapping.hatch import FindHatch
from gateway.mapping.plan import Level
from gateway.mapping.plan import RulePlan
from gateway.mapping.plan import Test
from gateway.mapping.plan import Total
from gateway.mapping.resolve import Definitions
from gateway.mapping.resolve import Elements
from gateway.mapping.rowplans import compile_rows
from gateway.mapping.rules import Condition
from gateway.mapping.rules import Reference
from gateway.mapping.rules import Rows
from gateway.mapping.rules import Rule
from gateway.mapping.scopes import item_names
from gateway.mapping.scopes import last_takers
from gateway.mapping.scopes import own_lists
from gateway.mapping.scopes import root_names
from gateway.mapping.scopes import second_homes
from gateway.mapping.source import Faults
from gateway.mapping.tables import CodeTable


def compile_rules(
    rules: tuple[Rule, ...],
    guide: Guide,
    tables: dict[str, CodeTable],
    find_hatch: FindHatch,
    faults: Faults,
) -> Level:
    """The plan of a map's rules at the root of its set."""
    check_nodes(rules, [guide.root], faults)
    codecs = Codecs(guide.dialect.name, tables, find_hatch, faults)
    last, homes = last_takers(rules), second_homes(rules)
    definitions = Definitions(guide, tables, codecs, last, homes, faults)
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
        node: tuple(sorted(found, key=lambda plan: -plan.rank)) for node, found in plans.items()
    }
    return Level(loop, ordered, tuple(steps), _ranks(steps))


def _ranks(steps: list[tuple[int, RulePlan]]) -> tuple[int, ...]:
    """The rank of each step at its node: rules of one list share the first one's, a rule with
    conditions and no list comes first, or the generic rule's segments would be taken for its."""
    lists: dict[tuple[int, str], int] = {}
    ranks = []
    for number, (index, rule) in enumerate(steps):
        if rule.each:
            ranks.append(lists.setdefault((index, rule.each.text), number))
        else:
            ranks.append(-1 if rule.tests else number)
    return tuple(ranks)


class _RuleCompiler:
    """One rule at one node."""

    def __init__(self, definitions: Definitions, rule: Rule) -> None:
        self.definitions = definitions
        self.faults = definitions.faults
        self.rule = rule
        self.tag = rule.tag
        self.elements = Elements(definitions, rule)

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
            fields=tuple(self.elements.field(binding) for binding in rule.bindings),
            constants=tuple(self.elements.fixed(constant) for constant in rule.constants),
            totals=tuple(self.total(number) for number in range(len(rule.computed))),
            rows=tuple(compile_rows(self.elements, rows) for rows in rule.rows),
            inside=inside,
            always=rule.always,
            roots=root_names(rule, self.definitions.tables),
            lists=own_lists(rule),
            serves=item_names(rule, self.definitions.tables),
            last_for=self.definitions.last.get(rule.id, frozenset()),
            when=rule.when,
        )

    def test(self, condition: Condition) -> Test:
        self.elements.element(condition.reference, condition.node)
        bound = {r for binding in self.rule.bindings for r in binding.references}
        bound |= {_key_of(rows) for rows in self.rule.rows if rows.keyed}
        if len(condition.values) > 1 and condition.reference not in bound:
            name = condition.reference.named(self.tag)
            self.faults.add(condition.node, f"{name} may be several values, so it must be bound")
        constant = condition.values[0] if len(condition.values) == 1 else ""
        return Test(self.elements.place(condition.reference), frozenset(condition.values), constant)

    def total(self, number: int) -> Total:
        computed = self.rule.computed[number]
        element = self.elements.element(computed.reference, computed.node)
        return Total(
            self.elements.place(computed.reference),
            computed.reference.named(self.tag),
            computed.formula,
            computed.presence,
            codec.decimal(element, self.definitions.guide.dialect.name),
        )


def _key_of(rows: Rows) -> Reference:
    """The element that holds the code of the first keyed row."""
    step = rows.key - 1
    if rows.first.component is None:
        return Reference(rows.first.element + step)
    return Reference(rows.first.element, rows.first.component + step)
