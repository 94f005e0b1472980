"""Rules tied to a guide: which node of the structure each one claims, and what it does there.

A plan is frozen and holds everything resolved: element places, codecs of the elements' own types,
the slots of rows. Reading and emitting walk the same plan; a faster tier may compile it further.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from typing import Any

from gateway.guide.structure import Loop
from gateway.mapping.codec import Codec
from gateway.mapping.formula import Formula
from gateway.mapping.path import Path
from gateway.mapping.path import Scope
from gateway.mapping.rules import Guard
from gateway.mapping.scopes import Names
from gateway.mapping.scopes import carries
from gateway.mapping.tables import CodeTable

Place = tuple[int, ...]
"""Element and component, both from 1; a simple element is its own component 1. A third number is
the repetition, where it is not the first."""


@dataclass(frozen=True, slots=True)
class Field:
    """Elements bound to paths. `names` are the references as written, `BEG03`.

    `otherwise` is the text that stands for an absent value. `home` is `first` or `also` where the
    path has two homes in its scope, `same` where it is only compared, else empty.
    """

    places: tuple[Place, ...]
    names: tuple[str, ...]
    codec: Codec
    paths: tuple[Path, ...]
    otherwise: str = ""
    home: str = ""


@dataclass(frozen=True, slots=True)
class Fixed:
    """An element that is a constant."""

    place: Place
    value: str


@dataclass(frozen=True, slots=True)
class Total:
    """An element computed from the document; `presence` is `always`, `if received` or `never`."""

    place: Place
    name: str
    formula: Formula
    presence: str
    codec: Codec


@dataclass(frozen=True, slots=True)
class Test:
    """A condition on a place; `constant` is what to write there, "" when a binding writes it."""

    place: Place
    values: frozenset[str]
    constant: str


@dataclass(frozen=True, slots=True)
class Slot:
    """One row's place in a segment; `name` is its first element's reference. `also` are the fields
    that it is a second home of, by the code in its first element."""

    name: str
    places: tuple[Place, ...]
    fields: tuple[Field, ...]
    constants: tuple[Fixed, ...] = ()
    also: Mapping[str, Field] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RowPlan:
    """The slots of a run of rows in wire order, and where they go: `into` a list of objects, or of
    texts when the slots have no fields; `text`, whose lines go on in the next row after `wrap`
    characters; or fields named by `keyed`, from the code in element `key` of the row. `repeats`:
    the slots are the repetitions of one element. Objects are written in the `order` of the words
    of their first value; `fixed`: each of these words has the slot of its number."""

    slots: tuple[Slot, ...]
    shared: tuple[Field, ...]
    into: Path | None
    text: Path | None
    keyed: CodeTable | None
    key: int = 1
    wrap: int = 0
    repeats: bool = False
    order: tuple[str, ...] = ()
    fixed: bool = False

    @property
    def of_objects(self) -> bool:
        return self.into is not None and bool(self.slots[0].fields)


@dataclass(frozen=True, slots=True)
class RulePlan:
    """A rule at one node of the structure.

    `roots` are the fields of its scope without all of which it has nothing to write, `lists` those
    its own bindings take a new item of, `serves` the names it can carry in the items of each list
    it takes from, `last_for` the lists that no later rule of the scope serves.
    `repeats`: all its data are rows, or items of lists in its loop, so several occurrences are
    one.
    """

    id: str
    tag: str
    each: Path | None
    tests: tuple[Test, ...]
    sets: tuple[tuple[Path, str], ...]
    fields: tuple[Field, ...]
    constants: tuple[Fixed, ...]
    totals: tuple[Total, ...]
    rows: tuple[RowPlan, ...]
    inside: Level | None
    always: bool
    roots: frozenset[str]
    lists: tuple[str, ...]
    serves: dict[str, Names]
    last_for: frozenset[str]
    when: tuple[Guard, ...] = ()

    def can_carry(self, listed: str, item: Any) -> bool:
        """Whether the rule is the one for an item: the last of its list takes what is left."""
        return listed in self.last_for or carries(self.serves.get(listed, {}), item)

    @property
    def rank(self) -> int:
        """Of the rules that a segment meets, the one with most conditions takes it."""
        return len(self.tests) + len(self.when)

    def in_force(self, scope: Scope, document: Scope) -> bool:
        """Whether its guards hold in the scope around it."""
        return all(guard.holds(scope, document) for guard in self.when)

    @property
    def repeats(self) -> bool:
        own = self.fields or self.totals or self.sets or self.each
        inside = self.inside.steps if self.inside else ()
        return bool(self.rows) and not own and all(rule.each for _, rule in inside)


@dataclass(frozen=True, slots=True)
class Level:
    """The rules at one level of nesting. `by_node` has the rules of each node by its identity (one
    tag may stand at two places of a level), most conditions first; `steps` every rule once in the
    order of the map, with the index of its node; `ranks` the order of what they write at one node:
    rules that serve one list rank alike, so that its items keep their order, and what has one
    place only comes before them."""

    loop: Loop
    by_node: dict[int, tuple[RulePlan, ...]]
    steps: tuple[tuple[int, RulePlan], ...]
    ranks: tuple[int, ...]
