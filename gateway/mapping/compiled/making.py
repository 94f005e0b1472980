"""The function that reads sets of one map, written out from the steps that are known.

It goes from segment to segment: the first three characters name the next step, a choice by number
leads to that step's statements, and one pattern tells whether the segment is right and captures
what its rule takes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from itertools import combinations
from typing import Any

from gateway.edi.segment import Delimiters
from gateway.guide.dictionary import UNBOUNDED
from gateway.guide.match import Place
from gateway.guide.pattern import all_spots
from gateway.guide.structure import Loop
from gateway.mapping.compiled.claims import Profile
from gateway.mapping.compiled.claims import Tools
from gateway.mapping.compiled.objects import INDENT
from gateway.mapping.compiled.objects import Paths
from gateway.mapping.compiled.objects import indented
from gateway.mapping.compiled.rule import RuleReader
from gateway.mapping.compiled.shape import Shape
from gateway.mapping.compiled.steps import Frame
from gateway.mapping.compiled.steps import Key
from gateway.mapping.compiled.steps import Step
from gateway.mapping.compiled.steps import Steps
from gateway.mapping.compiled.values import Memo
from gateway.mapping.compiled.values import Names
from gateway.mapping.compiled.values import Values
from gateway.mapping.compiled.values import two_ways
from gateway.mapping.formula import Formula
from gateway.mapping.load import Map
from gateway.mapping.path import Scope
from gateway.mapping.path import find
from gateway.mapping.plan import RulePlan

Read = Callable[[list[str], Callable[..., Any]], Scope | None]
"""The document of a set's texts, None where it is declined; the second argument puts captured
texts right that have stand-ins for released characters."""

_MANY = 1000
"""Uses up to so many are counted one by one."""

_TURN = re.compile(r"turn \+= 1; (k\w+) = turn")


class Making:
    """The function of one generation."""

    def __init__(self, map_: Map, marks: Delimiters, shape: Shape | None, steps: Steps) -> None:
        self.map = map_
        self.marks = marks
        self.known = steps
        self.names = Names()
        values = Values(self.names, map_.guide.dialect.name)
        self.tools = Tools(self.names, values, marks, shape)
        self.steps = [steps.by_key[key] for key in sorted(steps.by_key)]
        self.numbers: dict[Key, int] = {}
        self.bodies: list[list[str]] = []
        self.weights: list[int] = []
        self.uses: list[str] = []
        self.readers: list[list[RuleReader]] = []
        self.many: dict[str, int] = {}
        self.source = ""

    def function(self) -> Read:
        self.numbers = {step.key: number for number, step in enumerate(self.steps)}
        self.readers = [self.readers_of(step) for step in self.steps]
        self.bodies = [self.body(step, number) for number, step in enumerate(self.steps)]
        self.weights = [step.seen for step in self.steps]
        self.drop_turns()
        first = self.moves((), self.known.start)
        used = "".join(f"{name} = " for name in self.uses)
        lines = [
            "def read(texts, restore):",
            *indented(self.limits()),
            "    d = {}; totals = []; p = -1; turn = 0",
            *([f"    {used}-1"] if used else []),
            f"    t = {first}",
            "    try:",
            "        for s in texts:",
            "            n = t[s[:3]]",
            *indented(indented(indented(self.tree(0, len(self.bodies))))),
            "    except KeyError:",
            "        return None",
            f"    if p != {self.last()}: return None",
            *indented(self.ending()),
            "    return d",
        ]
        self.source = "\n".join(lines)
        quick: Read
        sure: Read
        quick, sure = two_ways(
            self.source, f"<{self.map.id}>", self.names, "read", {"agree": _agree}
        )
        return lambda texts, restore: quick(texts, restore) or sure(texts, restore)

    def drop_turns(self) -> None:
        """Takes out the numbers that no flag is compared with."""
        lines = [line for body in self.bodies for line in body]
        used = " ".join(line for line in lines if not _TURN.search(line))
        for body in self.bodies:
            body[:] = [line for line in body if not (turn := _TURN.search(line)) or turn[1] in used]

    def readers_of(self, step: Step) -> list[RuleReader]:
        definition = self.map.guide.segment(step.use)
        return [
            RuleReader(self.tools, definition, rule, step.home, profile, step.item(at))
            for at, (rule, profile) in enumerate(zip(step.rules, step.profiles, strict=False))
        ]

    def shared(self, step: Step, reader: RuleReader) -> Paths:
        """The paths in a rule's scope that it, or another one, may have written before."""
        scope = step.home.variable
        mine = [
            other
            for at, readers in enumerate(self.readers)
            for other in readers
            if self.steps[at].home.variable == scope and other.pattern is not None
        ]
        others = [one.touched for one in mine if one is not reader]
        others += [
            one.filled
            for readers in self.readers
            for one in readers
            if one.rule.each and one.scope == scope and one.pattern is not None
        ]
        again = [reader.touched] if reader.rule.repeats and not self.is_single(step) else []
        return frozenset().union(*others, *again) & frozenset(reader.touched)

    def is_single(self, step: Step) -> bool:
        """Whether a step is come by once in its scope at most."""
        loops: list[Loop] = []
        loop = self.map.guide.root
        for index, around, frame in zip(step.place, step.frames, step.frames[1:], strict=False):
            inner = loop.items[index]
            assert isinstance(inner, Loop)  # noqa: S101 -- frames are open loops
            loops = [*loops, inner] if frame.home == around.home else []
            loop = inner
        return all(node.max == 1 for node in (*loops, step.node))

    def last(self) -> int:
        """The number of the trailer's step."""
        trailer = (len(self.map.guide.root.items) - 1,)
        return self.numbers.get(trailer, -2)

    def limits(self) -> list[str]:
        """Uses that are too many to be counted one by one: sets that long are counted at once."""
        if not self.many:
            return []
        tests = [
            f"sum(s.startswith({tag + self.marks.element!r}) for s in texts) > {most}"
            for tag, most in self.many.items()
        ]
        return [
            f"if len(texts) > {min(self.many.values())} and ({' or '.join(tests)}): return None"
        ]

    def ending(self) -> list[str]:
        lines = ["for scope, formula, received in totals:"]
        lines += ["    if not agree(scope, formula, received): return None"]
        if self.tools.shape is None:
            return lines
        ways = [
            " and ".join(f"{name!r} in d" for name in names) or "True"
            for names in self.tools.shape.choices()
        ]
        return [*lines, f"if not ({' or '.join(f'({way})' for way in ways)}): return None"]

    def moves(self, place: Place, frames: tuple[Frame, ...], inside: Key = ()) -> str:
        """A look-up of the next step's number by the first three characters of its segment;
        `inside`: only steps there will do."""

        def move(start: str) -> int:
            step = self.known.find(place, frames, start.partition(self.marks.element)[0])
            if step is None or step.key[: len(inside)] != inside:
                raise KeyError(start)
            return self.numbers[step.key]

        return self.names.add("T", Memo(move))

    def tree(self, low: int, high: int) -> list[str]:
        """A choice of the step by its number, the frequent ones after few questions."""
        if high - low == 1:
            return self.bodies[low]
        half = sum(self.weights[low:high]) / 2
        middle, weight = low + 1, self.weights[low]
        while middle < high - 1 and weight + self.weights[middle] / 2 < half:
            weight += self.weights[middle]
            middle += 1
        return [
            f"if n < {middle}:",
            *indented(self.tree(low, middle)),
            "else:",
            *indented(self.tree(middle, high)),
        ]

    def body(self, step: Step, number: int) -> list[str]:
        lines = self.counted(step, number)
        if not step.rules:
            return [*lines, *self.checked(step, number)]
        chain: list[str] = []
        for at in in_turn(step):
            reader = self.readers[number][at]
            if not step.profiles[at].count or reader.pattern is None:
                continue  # a later rule declines what this one would take
            condition, inside = self.alternative(step, number, at, reader)
            chain += [f"{'elif' if chain else 'if'} {condition}:", *indented(inside)]
        return [*lines, *chain, "else: return None"] if chain else ["return None"]

    def counted(self, step: Step, number: int) -> list[str]:
        """How often a node is used in a row: it is, when the step before was this or inside it."""
        most = step.node.max
        if most == 1 or most >= UNBOUNDED:
            return []
        if most >= _MANY:
            self.many[step.use.tag] = min(most, self.many.get(step.use.tag, most))
            return []
        counter = f"c{len(step.frames)}"
        return [
            f"if p >= {number}:",
            f"{INDENT}{counter} += 1",
            f"{INDENT}if {counter} > {most}: return None",
            f"else: {counter} = 1",
        ]

    def matching(self, reader: RuleReader) -> str:
        assert reader.pattern is not None  # noqa: S101
        pattern = self.names.add("P", re.compile(reader.pattern.text).fullmatch)
        return f"(m := {pattern}(s)) is not None"

    def alternative(
        self, step: Step, number: int, at: int, reader: RuleReader
    ) -> tuple[str, list[str]]:
        """The condition under which a rule takes the segment, and what it does then."""
        rule, conditions, once = step.rules[at], [], []
        if rule.when:
            force = self.names.add("G", rule.in_force)
            conditions.append(f"{force}({step.home.variable}, d)")
        if not rule.each and not rule.repeats:
            once = self.once(step, at)
            if once and at < len(step.rules) - 1:  # the next rule may take it
                conditions.append(f"{self.flag(step, at)} != {self.serial(step)}")
                once = once[1:]
            fixed = [(path, text) for path, text in rule.sets if not path.listed]
            if fixed:
                admits = self.names.add("G", _admitting(fixed))
                conditions.append(f"{admits}({step.home.variable})")
        lines = reader.lines("totals", self.shared(step, reader))
        if self.is_shipment(step, rule):
            once = [*once, f"if p >= {number}: return None"]
        earlier = [self.not_before(step, number, at, before) for before in range(at)]
        opened = []
        if isinstance(step.node, Loop) and rule.inside is not None and rule.each:
            opened = [f"turn += 1; k{step.item(at)} = turn"]
        inside = (*step.key, at) if reader.is_opener else ()
        end = f"t = {self.moves(step.place, step.after(at), inside)}; p = {number}"
        declining = [line for line in earlier if line]
        body = [*self.unpacked(reader), *declining, *once, *lines, *opened, end]
        return " and ".join([*conditions, self.matching(reader)]), body

    def is_shipment(self, step: Step, rule: RulePlan) -> bool:
        """Whether this is the level that is the document itself. All others come after it."""
        hierarchy = self.map.hierarchy
        return hierarchy is not None and step.use.tag == hierarchy.tag and rule.each is None

    def unpacked(self, reader: RuleReader) -> list[str]:
        """The captured texts in variables. Where a release character was, it is put right."""
        names = reader.unpacked()
        if not names:
            return []
        if not self.marks.release:
            return [f"{names} = m.groups()"]
        return [f"{names} = m.groups() if s.isascii() else restore(m.groups())"]

    def not_before(self, step: Step, number: int, at: int, earlier: int) -> str:
        """Declines where a rule with more conditions would have taken the segment."""
        rule = step.rules[earlier]
        tests = [self.readers[number][at].holds(test) for test in rule.tests]
        if "False" in tests:
            return ""
        conditions = [test for test in tests if test]
        if rule.when:
            force = self.names.add("G", rule.in_force)
            conditions.append(f"{force}({step.home.variable}, d)")
        if not rule.each and not rule.repeats and not self.is_single(step):
            conditions.append(f"{self.flag(step, earlier)} != {self.serial(step)}")
        return f"if {' and '.join(conditions) or 'True'}: return None"

    # a rule that writes into the scope around it takes one segment there

    def once(self, step: Step, at: int) -> list[str]:
        if self.is_single(step):
            return []
        flag, serial = self.flag(step, at), self.serial(step)
        return [f"if {flag} == {serial}: return None", f"{flag} = {serial}"]

    def flag(self, step: Step, at: int) -> str:
        name = "u" + "_".join(map(str, (*step.key, at)))
        if name not in self.uses:
            self.uses.append(name)
        return name

    def serial(self, step: Step) -> str:
        """A number that each object has of its own, by the variable that holds it."""
        return "0" if step.home.variable == "d" else f"k{step.home.variable}"

    def checked(self, step: Step, number: int) -> list[str]:
        """Header and trailer: right, and nothing else."""
        definition = self.map.guide.segment(step.use)
        rule = _nothing(step.use.tag)
        reader = RuleReader(self.tools, definition, rule, step.home, Profile())
        reader.wanted.spots.update(dict.fromkeys(all_spots(definition)))
        reader.pattern = reader.find_pattern()
        if reader.pattern is None:
            return ["return None"]
        return [
            f"if not ({self.matching(reader)}): return None",
            *self.unpacked(reader),
            *reader.notes(),
            *reader.judged(),
            f"t = {self.moves(step.place, step.frames)}; p = {number}",
        ]


def in_turn(step: Step) -> list[int]:
    """The rules in the order in which they are tried: the frequent ones first, where no segment
    can be two of them."""
    turn = list(range(len(step.rules)))
    tested = [number for number in turn if step.rules[number].tests]
    pairs = combinations((step.rules[number] for number in tested), 2)
    if all(_exclude(one, other) for one, other in pairs):
        tested.sort(key=lambda number: -step.profiles[number].count)
        rest = [number for number in turn if number not in tested]
        return turn if rest and tested and rest[0] < max(tested) else tested + rest
    return turn


def _exclude(one: RulePlan, other: RulePlan) -> bool:
    """Whether no segment meets the conditions of both."""
    values = {test.place: test.values for test in one.tests}
    return any(values.get(test.place, test.values).isdisjoint(test.values) for test in other.tests)


def _nothing(tag: str) -> RulePlan:
    return RulePlan(
        id="",
        tag=tag,
        each=None,
        tests=(),
        sets=(),
        fields=(),
        constants=(),
        totals=(),
        rows=(),
        inside=None,
        always=True,
        roots=frozenset(),
        lists=(),
        serves={},
        last_for=frozenset(),
    )


def _admitting(fixed: list[tuple[Any, str]]) -> Callable[[Scope], bool]:
    def admits(scope: Scope) -> bool:
        return all(find(scope, path.before) in (None, text) for path, text in fixed)

    return admits


def _agree(scope: Scope, formula: Formula, received: str) -> bool:
    """Whether a total is what the document adds up to, by any of its formulas."""
    return any(_adds_up(scope, one, received) for one in formula.choices)


def _adds_up(scope: Scope, formula: Formula, received: str) -> bool:
    if formula.function == "count" and len(formula.names) == 1 and not formula.others:
        expected = str(len(scope.get(formula.names[0], ())))
    else:
        expected = formula.of(scope) or "0"
    return received == expected or Decimal(received) == Decimal(expected)
