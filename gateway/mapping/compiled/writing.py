"""The function that writes documents of one map, out of the steps that its sets have shown: the
twin of `gateway.mapping.emitting`.

It goes from rule to rule in the order of the structure and writes each segment as one text. What a
rule cannot be compiled for it does not write, so that the document does not come back and is
declined; only what is written without any data must be known beforehand.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

from gateway.guide.dictionary import SegmentDef
from gateway.guide.structure import Loop
from gateway.guide.structure import SegmentUse
from gateway.guide.structure import first_use
from gateway.mapping.compiled.cells import Marks
from gateway.mapping.compiled.drawing import Opened
from gateway.mapping.compiled.drawing import Supplies
from gateway.mapping.compiled.drawing import value_at
from gateway.mapping.compiled.objects import indented
from gateway.mapping.compiled.profiles import Profile
from gateway.mapping.compiled.segments import SegmentWriter
from gateway.mapping.compiled.segments import speaks_unasked
from gateway.mapping.compiled.steps import Steps
from gateway.mapping.compiled.texts import Texts
from gateway.mapping.compiled.values import Names
from gateway.mapping.compiled.values import two_ways
from gateway.mapping.load import Map
from gateway.mapping.path import Scope
from gateway.mapping.plan import Level
from gateway.mapping.plan import RulePlan

Write = Callable[[Scope], list[str] | None]
"""The segments' texts of a document, None where it is declined."""


class UnwritableError(Exception):
    """The map cannot be compiled for writing."""


class Writing:
    """The function of one generation."""

    def __init__(self, map_: Map, marks: Marks, mark: str, steps: Steps) -> None:
        self.map = map_
        self.names = Names()
        self.supplies = Supplies(self.names, Texts(self.names, mark), marks)
        self.profiles = {
            id(rule): profile
            for step in steps.by_key.values()
            for rule, profile in zip(step.rules, step.profiles, strict=False)
        }
        self.source = ""

    def function(self) -> Write:
        root = self.opened("d", self.map.plan, None)
        body = [*self.opening(root), *self.level(self.map.plan, root)]
        lines = [
            "def write(d):",
            "    w = []; add = w.append",
            "    try:",
            *indented(indented(body or ["pass"])),
            "    except KeyError:",
            "        return None",
            "    return w",
        ]
        self.source = "\n".join(lines)
        quick, sure = two_ways(self.source, f"<{self.map.id}>", self.names, "write", {"E": {}})
        return lambda document: quick(document) or sure(document)

    # which rules are written

    def is_used(self, rule: RulePlan) -> bool:
        """Whether a rule has written something, or may do so without being asked."""
        return self.profile(rule).count > 0 or speaks_unasked(rule)

    def profile(self, rule: RulePlan) -> Profile:
        return self.profiles.get(id(rule)) or Profile()

    def compiles(self, rule: RulePlan, node: SegmentUse | Loop) -> bool:
        if not self.is_used(rule):
            return False
        if SegmentWriter(self.supplies, self.definition(node), rule, self.profile(rule)).is_able:
            return True
        if speaks_unasked(rule):
            raise UnwritableError(rule.id)
        return False

    def definition(self, node: SegmentUse | Loop) -> SegmentDef:
        return self.map.guide.segment(first_use(node))

    # scopes

    def opened(self, variable: str, level: Level | None, opener: RulePlan | None) -> Opened:
        """An object being written, and the rules that take items of its lists."""
        takers: dict[str, list[RulePlan]] = {}
        if opener is not None:
            _note(takers, opener, binds=True)
        if level is not None:
            _gather(takers, level)
        return Opened(variable, takers)

    def opening(self, scope: Opened) -> list[str]:
        """Lists of which several rules take items, with those that none has taken yet."""
        return [
            f"{variable} = list({scope.items_of(listed)})"
            for listed, variable in scope.left.items()
        ]

    # levels

    def level(self, level: Level, scope: Opened) -> list[str]:
        """What the rules of a level write, in the order of the structure."""
        entries = []
        for number, (index, rule) in enumerate(level.steps):
            if self.compiles(rule, level.loop.items[index]):
                entries.append((index, level.ranks[number], number, rule))
        entries.sort(key=lambda entry: entry[:3])
        lines: list[str] = []
        for (index, _), group in groupby(entries, key=lambda entry: entry[:2]):
            node = level.loop.items[index]
            rules = [entry[3] for entry in group]
            if rules[0].each is None:
                for rule in rules:
                    lines += self.once(rule, node, scope)
            else:
                lines += self.items(rules, node, scope)
        return lines

    def once(self, rule: RulePlan, node: SegmentUse | Loop, scope: Opened) -> list[str]:
        """A rule that writes from the scope around it."""
        scope.take_turn(rule)
        lines = self.segments(rule, node, scope)
        return under(self.conditions(rule, scope.variable, scope), lines)

    def items(self, rules: list[RulePlan], node: SegmentUse | Loop, scope: Opened) -> list[str]:
        """Rules that write the items of one list; each item goes to the first that can have it."""
        each = rules[0].each
        assert each is not None  # noqa: S101 -- asked before
        left = scope.left.get(each.text)
        item = self.supplies.new("i")
        body: list[str] = []
        for rule in rules:
            body += self.supplies.sooner(scope, rule, each.text, item)
            scope.take_turn(rule)
            inner = self.opened(item, rule.inside, rule)
            lines = [*self.opening(inner), *self.segments(rule, node, inner)]
            lines += ["continue"] if left or rule is not rules[-1] else []
            asked = self.conditions(rule, item, scope)
            asked += self.supplies.carries(rule, each.text, item)
            body += under(asked, lines)
        if not left:
            return [f"for {item} in {scope.items_of(each.text)}:", *indented(body)]
        rest = self.supplies.new("r")
        body.append(f"{rest}.append({item})")
        return [f"{rest} = []", f"for {item} in {left}:", *indented(body), f"{left} = {rest}"]

    def conditions(self, rule: RulePlan, variable: str, scope: Opened) -> list[str]:
        """That the scope or item is what the rule sets, and that its guards hold."""
        found = [
            f"{value_at(variable, path.before)} == {text!r}"
            for path, text in rule.sets
            if not path.listed
        ]
        if rule.when:
            force = self.names.add("G", rule.in_force)
            found.append(f"{force}({scope.variable}, d)")
        return found

    def segments(self, rule: RulePlan, node: SegmentUse | Loop, scope: Opened) -> list[str]:
        """A rule's segment, or as many as its rows fill, with what stands inside its loop."""
        writer = SegmentWriter(self.supplies, self.definition(node), rule, self.profile(rule))
        drawn = writer.draw_segment(scope)
        inside = self.level(rule.inside, scope) if rule.inside else []
        if not drawn.data or not inside:
            lines = [*under([" or ".join(drawn.data)] if drawn.data else [], drawn.writes), *inside]
        else:
            at = self.supplies.new("n")
            nothing = f"len(w) == {at} and not ({' or '.join(drawn.data)})"
            lines = [*drawn.writes, f"{at} = len(w)", *inside, f"if {nothing}: w.pop()"]
        return drawn.asked + under(drawn.guard, drawn.first + under(drawn.admitted, lines))


def under(conditions: list[str], lines: list[str]) -> list[str]:
    """The lines under all of the conditions."""
    return [f"if {' and '.join(conditions)}:", *indented(lines)] if conditions else lines


def _note(takers: dict[str, list[RulePlan]], rule: RulePlan, *, binds: bool) -> None:
    into = [rows.into.text for rows in rule.rows if rows.into]
    each = [rule.each.text] if rule.each else []
    for listed in (*rule.lists, *into) if binds else each:
        takers.setdefault(listed, []).append(rule)


def _gather(takers: dict[str, list[RulePlan]], level: Level) -> None:
    """The rules that take items of each list of a scope, in the order of the map."""
    for _, rule in level.steps:
        _note(takers, rule, binds=rule.each is None)
        if rule.each is None and rule.inside is not None:
            _gather(takers, rule.inside)
