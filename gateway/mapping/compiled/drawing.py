"""One rule writing its segment, as statements: the twin of `gateway.mapping.drafting`.

A rule takes its values from an object of the document, and items from that object's lists. What it
cannot be compiled for it leaves where it is.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gateway.guide.dictionary import ElementDef
from gateway.guide.dictionary import SegmentDef
from gateway.guide.spots import Spot
from gateway.guide.spots import definition_at
from gateway.mapping.compiled.cells import Cell
from gateway.mapping.compiled.cells import Cells
from gateway.mapping.compiled.cells import Marks
from gateway.mapping.compiled.profiles import Profile
from gateway.mapping.compiled.profiles import is_plain
from gateway.mapping.compiled.profiles import spot_of
from gateway.mapping.compiled.texts import Texts
from gateway.mapping.compiled.values import Names
from gateway.mapping.path import Path
from gateway.mapping.path import find
from gateway.mapping.plan import Field
from gateway.mapping.plan import RulePlan
from gateway.mapping.scopes import Names as FieldNames

NOTHING = "E"
"""The variable of an empty object."""


@dataclass(slots=True)
class Supplies:
    """What every rule of a map is written with."""

    names: Names
    texts: Texts
    marks: Marks
    count: int = 0

    def new(self, prefix: str) -> str:
        """A variable that nobody uses."""
        self.count += 1
        return f"{prefix}_{self.count}"

    def could_take(self, rule: RulePlan, listed: str) -> str:
        """A function that tells whether an item of a list is what a rule sets, and has a home."""
        return self.names.add("G", _taking(rule, listed))

    def carries(self, rule: RulePlan, listed: str, item: str) -> list[str]:
        """The condition that a rule has a home for all of an item; none where no other rule may
        take it."""
        if listed in rule.last_for:
            return []
        known: FieldNames = rule.serves.get(listed, {})
        if any(known.values()):
            return [f"{self.could_take(rule, listed)}({item})"]
        return [f"{item}.keys() <= {self.names.add('N', frozenset(known))}"]

    def sooner(self, scope: Opened, rule: RulePlan, listed: str, item: str) -> list[str]:
        """Declines an item that a rule which is not compiled would take before."""
        return [
            f"if {self.could_take(other, listed)}({item}): return None"
            for other in scope.sooner(rule, listed)
        ]


def value_at(variable: str, names: Sequence[str], nothing: str = "None") -> str:
    """An expression of what stands at a path inside an object, or of `nothing`."""
    for name in names[:-1]:
        variable = f"{variable}.get({name!r}, {NOTHING})"
    return f"{variable}.get({names[-1]!r}, {nothing})"


def _taking(rule: RulePlan, listed: str) -> Callable[[Any], bool]:
    fixed = [(path.before, text) for path, text in rule.sets if not path.listed]

    def could_take(item: Any) -> bool:
        meets = all(find(item, names) == text for names, text in fixed)
        return meets and rule.can_carry(listed, item)

    return could_take


class Opened:
    """An object being written: its variable, the rules that take items of each of its lists in
    the order of the map, and the variables of the items that are `left` of lists with several
    takers."""

    def __init__(self, variable: str, takers: dict[str, list[RulePlan]]) -> None:
        self.variable = variable
        self.takers = takers
        self.left = {
            listed: f"left_{variable}_{number}"
            for number, (listed, rules) in enumerate(takers.items())
            if len(rules) > 1
        }
        self._turned: set[int] = set()

    def items_of(self, listed: str) -> str:
        """An expression of a list of the object; empty where it is not there."""
        return value_at(self.variable, listed.split("."), "()")

    def take_turn(self, rule: RulePlan) -> None:
        self._turned.add(id(rule))

    def sooner(self, rule: RulePlan, listed: str) -> list[RulePlan]:
        """The rules that could take an item before this one, and have not been asked."""
        rules = self.takers.get(listed, [])
        before = rules[: next(n for n, one in enumerate(rules) if one is rule)]
        return [one for one in before if id(one) not in self._turned]


class FieldDrawer:
    """Fields as variables. `lines` run first, `data` are the variables of which one must have
    something, `sure` is set where one always has."""

    def __init__(self, supplies: Supplies, definition: SegmentDef, profile: Profile) -> None:
        self.supplies = supplies
        self.definition = definition
        self.profile = profile
        self.lines: list[str] = []
        self.data: list[str] = []
        self.sure = False
        self.objects: dict[tuple[str, ...], str] = {}
        self.values: dict[tuple[str, ...], str] = {}

    def can_write(self, bound: Field) -> bool:
        return is_plain(bound) and bound.home not in ("also", "same")

    def is_wanted(self, bound: Field) -> bool:
        """Whether samples had it, or it is written where there is no value."""
        return self.can_write(bound) and (self.profile.has(bound) or bool(bound.otherwise))

    def element(self, spot: Spot) -> ElementDef | None:
        return definition_at(self.definition, spot)

    def inside(self, base: str, names: tuple[str, ...], *, sure: bool) -> str:
        """The variable of an object inside another; an empty one where it is not there."""
        if not names:
            return base
        key = (base, *names)
        if key not in self.objects:
            owner = self.inside(base, names[:-1], sure=sure)
            found = f"{owner}[{names[-1]!r}]" if sure else f"{owner}.get({names[-1]!r}, {NOTHING})"
            self.objects[key] = self.supplies.new("x")
            self.lines.append(f"{self.objects[key]} = {found}")
        return self.objects[key]

    def draw(self, bound: Field, bases: dict[str, str], cells: Cells, *, sure: bool) -> None:
        """A field's texts in cells; `bases` are the variables of the objects that paths start in,
        by their list. One whose element is not used is left out."""
        spots = [spot_of(place) for place in bound.places]
        element = self.element(spots[0])
        if element is None:
            return
        sourced = spots[0] in self.profile.sourced
        paths = bound.paths if sourced or not bound.codec.source else bound.paths[:1]
        values = [self.value(path, bases, sure=sure and not at) for at, path in enumerate(paths)]
        found = self.supplies.texts.of(bound, element, values, sourced=sourced)
        given = " or ".join(f"{value} is not None" for value in values)
        if bound.codec.source:
            given = f"{values[0]} is not None"
        if sure and found == values[0]:
            texts = [found]
        else:
            texts = [self.supplies.new("t") for _ in spots]
            nothing = repr(bound.otherwise) if len(spots) == 1 else repr(("",) * len(spots))
            absent = "" if sure else f" if {given} else {nothing}"
            self.lines.append(f"{', '.join(texts)} = {found}{absent}")
        self.sure = self.sure or sure
        self.data += [] if sure else [f"({given})"]
        for spot, text in zip(spots, texts, strict=True):
            cells.put(spot, Cell(text, sure=sure or bool(bound.otherwise)))

    def value(self, path: Path, bases: dict[str, str], *, sure: bool) -> str:
        """The variable of what stands at a path; KeyError where a sure one is not there."""
        base = bases[path.listed]
        names = path.after if path.new else path.before
        if not names:
            return base
        if (base, *names) not in self.values:
            owner = self.inside(base, names[:-1], sure=sure)
            variable = self.supplies.new("v")
            found = f"{owner}[{names[-1]!r}]" if sure else f"{owner}.get({names[-1]!r})"
            self.lines.append(f"{variable} = {found}")
            self.values[base, *names] = variable
        return self.values[base, *names]
