"""Reading: the matched tree of a set becomes a canonical document, by a map's rules.

Faults in the data are findings; what no rule claims is listed, component by component.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from gateway.edi.finding import Code
from gateway.edi.segment import Delimiters
from gateway.edi.segment import Segment
from gateway.guide.check import name_places
from gateway.guide.match import LoopOccurrence
from gateway.guide.match import Occurrence
from gateway.guide.match import head_of
from gateway.mapping.claim import Claim
from gateway.mapping.claim import Opened
from gateway.mapping.form import block_key
from gateway.mapping.form import join_path
from gateway.mapping.levels.fold import fold
from gateway.mapping.levels.homes import Homes
from gateway.mapping.levels.homes import find_home
from gateway.mapping.levels.homes import place
from gateway.mapping.levels.remarks import warn_folded
from gateway.mapping.levels.remarks import warn_unknown
from gateway.mapping.load import Map
from gateway.mapping.path import find
from gateway.mapping.path import find_list
from gateway.mapping.path import open_list
from gateway.mapping.plan import Level
from gateway.mapping.plan import RulePlan
from gateway.mapping.record import Reading
from gateway.mapping.record import Record
from gateway.mapping.record import Unclaimed


def read(
    map_: Map,
    tree: LoopOccurrence,
    delimiters: Delimiters,
    charset: str = "utf-8",
    *,
    trace: bool = False,
) -> Reading:
    """The document of a set that was matched with the map's guide.

    Findings are warnings: a value outside its codec's domain (left unclaimed), a total that does
    not add up, a level of no known kind, a package told again. Positions have no interchange,
    group and set yet. The levels of a hierarchy are folded into the document, and kept in the form.
    """
    reading = read_levels(map_, tree, delimiters, charset, trace=trace)
    if map_.hierarchy is not None:
        homes: Homes = {}
        reading.form.levels = dict(reading.document)
        remarks = fold(map_.hierarchy, reading.document, homes)
        record = Record(delimiters, charset, trace, reading)
        warn_unknown(record, tree, map_.hierarchy)
        warn_folded(record, tree, remarks)
        reading.findings = [place(finding, homes) for finding in reading.findings]
        placed = (replace(one, path=find_home(one.path, homes)) for one in reading.origins)
        reading.origins = [one for one in placed if one.path]
    reading.findings = name_places(map_.guide, tree, reading.findings)
    return reading


def read_levels(
    map_: Map,
    tree: LoopOccurrence,
    delimiters: Delimiters,
    charset: str = "utf-8",
    *,
    trace: bool = False,
) -> Reading:
    """What the rules read: the document, or where the map has a hierarchy, its levels."""
    reader = _Reader(Record(delimiters, charset, trace))
    level = map_.guide.dialect.set
    body = [
        item for item in tree.items if head_of(item).use.tag not in (level.header, level.trailer)
    ]
    reading = reader.record.reading
    reader.read_level(map_.plan, body, Opened(reading.document))
    reader.check_totals()
    reading.unclaimed.sort(key=_wire_order)
    return reading


def _wire_order(unclaimed: Unclaimed) -> tuple[int, int, int, int]:
    at = unclaimed.position
    return at.segment or 0, at.element or 0, at.repetition or 0, at.component or 0


class _Reader:
    """Walks the tree and the plan together; `claims` still have totals to check."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.claims: list[Claim] = []

    def read_level(
        self, level: Level, items: list[Occurrence | LoopOccurrence], scope: Opened
    ) -> None:
        for item in items:
            head = head_of(item)
            node = item.loop if isinstance(item, LoopOccurrence) else item.use
            rules = level.by_node.get(id(node), ())
            rule = next((one for one in rules if self.takes(one, head.segment, scope)), None)
            if rule:
                self.read_item(rule, item, scope)
            else:
                self.leave(item)

    def takes(self, rule: RulePlan, segment: Segment, scope: Opened) -> bool:
        """Whether a segment is the rule's, and its scope can still take it. What one rule cannot
        take falls to the next less specific one."""
        return (
            all(segment.value(*test.place) in test.values for test in rule.tests)
            and rule.in_force(scope.data, self.record.reading.document)
            and _admits(rule, scope)
        )

    def read_item(self, rule: RulePlan, item: Occurrence | LoopOccurrence, scope: Opened) -> None:
        """One occurrence: into the scope around it, or as a new item of the rule's list."""
        inner = scope
        if rule.each:
            index = len(find_list(scope.data, rule.each.before))
            inner = Opened({}, join_path(scope.path, f"{rule.each.text}[{index}]"))
        number = inner.uses[rule.id] + 1
        key = block_key(rule.id, inner.path, number)
        claim = Claim(self.record, rule, head_of(item), inner, key)
        claim.read()
        claimed = self.record.reading.claimed
        if isinstance(item, LoopOccurrence):
            self.read_inside(rule, item.items[1:], inner)
        inside = self.record.reading.claimed > claimed
        claim.settle(carried_inside=inside)
        if claim.carried or inside:
            inner.uses[rule.id] = number
        if claim.totals:
            self.claims.append(claim)
        items = open_list(scope.data, rule.each.before) if rule.each and inner.data else None
        if items is not None:
            items.append(inner.data)
            self.record.reading.form.homes[inner.path] = rule.id

    def read_inside(
        self, rule: RulePlan, items: list[Occurrence | LoopOccurrence], scope: Opened
    ) -> None:
        if rule.inside:
            self.read_level(rule.inside, items, scope)
            return
        for item in items:
            self.leave(item)

    def leave(self, item: Occurrence | LoopOccurrence) -> None:
        """No rule: every component is unclaimed."""
        if isinstance(item, LoopOccurrence):
            for inner in item.items:
                self.leave(inner)
        else:
            self.record.settle(item, set())

    def check_totals(self) -> None:
        """Compares what was received with what the document, now complete, adds up to."""
        for claim in self.claims:
            for number, received in claim.totals:
                total = claim.rule.totals[number]
                scope = claim.scope.data
                found = [Decimal(one.of(scope) or "0") for one in total.formula.choices]
                if Decimal(received) not in found:
                    self.record.warn(
                        Code.TOTAL_MISMATCH,
                        claim.occurrence,
                        total.place,
                        claim.segment.value(*total.place),
                        expected=f"{found[0]:f}",
                        received=received,
                        formula=str(total.formula),
                    )
                elif meant := found.index(Decimal(received)):
                    self.record.reading.form.formulas[(claim.key, total.place)] = meant


def _admits(rule: RulePlan, scope: Opened) -> bool:
    """Whether the scope can take one more occurrence: without `each` there is one, unless all its
    data are rows, and what the rule sets must not contradict what is there."""
    if rule.each:
        return True
    if scope.uses[rule.id] and not rule.repeats:
        return False
    return all(
        path.listed or find(scope.data, path.before) in (None, text) for path, text in rule.sets
    )
