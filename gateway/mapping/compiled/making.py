"""The function that reads sets of one map, written out from the steps that are known.

It goes through a set from stretch to stretch: the first three characters name the next step, a
choice by number leads to that step's statements, and one pattern tells whether the segments that
usually come next are right and captures what their rules take. Where the habit is not kept, one
segment is taken at a time.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from gateway.mapping.compiled.objects import indented
from gateway.mapping.compiled.steps import Step
from gateway.mapping.compiled.stretching import Part
from gateway.mapping.compiled.stretching import Stretch
from gateway.mapping.compiled.stretching import find_parts
from gateway.mapping.compiled.taking import Taking
from gateway.mapping.compiled.values import two_ways
from gateway.mapping.formula import Formula
from gateway.mapping.path import Scope

Read = Callable[[str, Callable[..., Any]], Scope | None]
"""The document of a set's text, None where it is declined; the second argument puts captured texts
right that have stand-ins for released characters."""

_TURN = re.compile(r"turn \+= 1; (k\w+) = turn")

_SHORTEST = 5
"""The characters of the shortest segment: a tag, one element, their separator and a terminator."""


class Making(Taking):
    """The function of one generation. Without `documents` it only judges: what it gives has no more
    of a document than that takes."""

    def function(self) -> Read:
        bodies = [self.body(step) for step in self.steps]
        drop_turns(bodies)
        starts = self.known.habits.starts()
        weights = [starts[step.key] or 1 for step in self.steps]
        first = self.moves((), self.known.start)
        used = "".join(f"{name} = " for name in self.uses)
        lines = [
            "def read(s, restore):",
            "    at = 0; end = len(s); plain = s.isascii()",
            *indented(self.limits()),
            "    d = {}; totals = []; p = -1; turn = 0",
            *([f"    {used}-1"] if used else []),
            f"    t = {first}",
            "    try:",
            "        while at < end:",
            "            n = t[s[at:at + 3]]",
            *indented(indented(indented(choice(bodies, weights)))),
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
        return lambda text, restore: quick(text, restore) or sure(text, restore)

    def last(self) -> int:
        """The number of the trailer's step."""
        trailer = (len(self.map.guide.root.items) - 1,)
        return self.numbers.get(trailer, -2)

    def limits(self) -> list[str]:
        """Uses that are too many to be counted one by one: sets that long are counted at once."""
        if not self.many:
            return []
        tests = [
            f"s.count({self.marks.segment + tag + self.marks.element!r}) > {most}"
            for tag, most in self.many.items()
        ]
        shortest = _SHORTEST * min(self.many.values())
        return [f"if end > {shortest} and ({' or '.join(tests)}): return None"]

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

    def body(self, step: Step) -> list[str]:
        """The stretches and the segments that may begin at a step, those first that go far."""
        alone = [
            Part(step, [at], optional=False)
            for at in step.turn()  # a later rule declines what one left out would take
            if step.profiles[at].count and self.reader(step, at).pattern is not None
        ]
        found = [find_parts(self, step, part.rules[0]) for part in alone]
        chain: list[str] = []
        for parts in [*(parts for parts in found if len(parts) > 1), *([one] for one in alone)]:
            chain += self.alternative(Stretch(self, parts), is_first=not chain)
        return [*chain, "else: return None"] if chain else ["return None"]

    def alternative(self, stretch: Stretch, *, is_first: bool) -> list[str]:
        """A stretch, where it is there."""
        pattern = self.names.add("P", re.compile(stretch.pattern).match)
        condition = " and ".join([*stretch.conditions, f"(m := {pattern}(s, at)) is not None"])
        lines = [*self.unpacked(stretch), "at = m.end()", *stretch.lines]
        return [f"{'if' if is_first else 'elif'} {condition}:", *indented(lines)]

    def unpacked(self, stretch: Stretch) -> list[str]:
        """The captured texts in variables. Where a release character was, they are put right."""
        if not stretch.captured:
            return []
        lines = [f"{_tuple(stretch.captured)} = m.groups()"]
        texts = [name for name in stretch.captured if name in stretch.texts]
        if self.marks.release and texts:
            restored = f"{_tuple(texts)} = restore(({_tuple(texts)}))"
            lines.append(f"if not plain and not m[0].isascii(): {restored}")
        return lines


def drop_turns(bodies: list[list[str]]) -> None:
    """Takes out the numbers that no flag is compared with."""
    lines = [line for body in bodies for line in body]
    used = " ".join(line for line in lines if not _TURN.search(line))
    for body in bodies:
        body[:] = [line for line in body if not (turn := _TURN.search(line)) or turn[1] in used]


def choice(bodies: list[list[str]], weights: list[int], first: int = 0) -> list[str]:
    """A choice of a body by its number, which counts from `first`, the frequent ones after few
    questions."""
    if len(bodies) == 1:
        return bodies[0]
    half = sum(weights) / 2
    middle, weight = 1, weights[0]
    while middle < len(bodies) - 1 and weight + weights[middle] / 2 < half:
        weight += weights[middle]
        middle += 1
    return [
        f"if n < {first + middle}:",
        *indented(choice(bodies[:middle], weights[:middle], first)),
        "else:",
        *indented(choice(bodies[middle:], weights[middle:], first + middle)),
    ]


def _tuple(names: list[str]) -> str:
    return ", ".join(names) + ("," if len(names) == 1 else "")


def _agree(scope: Scope, formula: Formula, received: str) -> bool:
    """Whether a total is what the document adds up to, by any of its formulas."""
    return any(_adds_up(scope, one, received) for one in formula.choices)


def _adds_up(scope: Scope, formula: Formula, received: str) -> bool:
    paths = (formula.names, *formula.others)
    if formula.function == "count" and max(map(len, paths)) == 1:
        found = [scope.get(name) for (name,) in paths]
        expected = str(sum(len(one) if isinstance(one, list) else one is not None for one in found))
    else:
        expected = formula.of(scope) or "0"
    return received == expected or Decimal(received) == Decimal(expected)
