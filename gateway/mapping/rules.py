"""The rules of a map as written: which segments they claim and what binds to what.

These are declarations, frozen and free of the guide; `gateway.mapping.plan` ties them to one.
"""

from __future__ import annotations

from dataclasses import dataclass

from gateway.definition import Node
from gateway.mapping.formula import Formula
from gateway.mapping.path import Path
from gateway.mapping.path import Scope
from gateway.mapping.path import find


@dataclass(frozen=True, slots=True, order=True)
class Reference:
    """An element of the rule's segment, and of a composite the component; both from 1."""

    element: int
    component: int | None = None

    def named(self, tag: str) -> str:
        part = "" if self.component is None else f"-{self.component}"
        return f"{tag}{self.element:02d}{part}"


@dataclass(frozen=True, slots=True)
class Binding:
    """Elements against paths through a codec. In a row a reference counts from the row's start.

    `otherwise` is the text that stands for an absent value (`else X`). `also`: a second home, read
    like the first and written only where it was received. `same`: what another element of the
    scope should say; it is compared, never put or written.
    """

    references: tuple[Reference, ...]
    paths: tuple[Path, ...]
    codec: str
    arguments: tuple[str, ...]
    node: Node
    otherwise: str = ""
    also: bool = False
    same: bool = False


@dataclass(frozen=True, slots=True)
class Constant:
    """`= X`: the element is X, or it is not ours."""

    reference: Reference
    value: str
    node: Node


@dataclass(frozen=True, slots=True)
class Computed:
    """`:= formula` is checked when received. `presence` says when it is written: `always`, `if
    received` (a set in its remembered form) or `never`."""

    reference: Reference
    formula: Formula
    presence: str
    node: Node


@dataclass(frozen=True, slots=True)
class Condition:
    """`where`: the element is one of the values; `""` stands for an empty element."""

    reference: Reference
    values: tuple[str, ...]
    node: Node


@dataclass(frozen=True, slots=True)
class Guard:
    """`when`: the rule is in force while the path has one of the values; `""` stands for absence.
    The path starts in the scope around the rule, or with `/` (`from_top`) in the document."""

    path: Path
    from_top: bool
    values: tuple[str, ...]
    node: Node

    def holds(self, scope: Scope, document: Scope) -> bool:
        found = find(document if self.from_top else scope, self.path.before)
        return ("" if found is None else found) in self.values


@dataclass(frozen=True, slots=True)
class Rows:
    """A run of elements or components that repeat, or the `repeats` of one element. Exactly one of
    `into` (a list of objects, or of texts when nothing is bound), `text` and `keyed` (a table whose
    words are field names, their codes in element `key` of the row). A text whose lines are longer
    than `wrap` goes on in the next row; 0 where lines are never cut. Objects are written in the
    `order` of the words of their first value; `fixed`: each of these words has its own slot.
    `also`: by the code in the row's first element, the field that its second one is a second home
    of."""

    first: Reference
    last: Reference
    width: int
    into: Path | None
    text: Path | None
    keyed: str
    shared: tuple[Binding, ...]
    bindings: tuple[Binding, ...]
    constants: tuple[Constant, ...]
    node: Node
    key: int = 1
    wrap: int = 0
    repeats: int = 0
    order: tuple[str, ...] = ()
    fixed: bool = False
    also: tuple[tuple[str, Binding], ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a map. `is_loop`: it claims the loop its tag triggers, with the rules `inside`;
    `each`: every occurrence is an item of that list; `sets`: constants of the document."""

    id: str
    tag: str
    is_loop: bool
    each: Path | None
    where: tuple[Condition, ...]
    sets: tuple[tuple[Path, str], ...]
    bindings: tuple[Binding, ...]
    constants: tuple[Constant, ...]
    computed: tuple[Computed, ...]
    rows: tuple[Rows, ...]
    inside: tuple[Rule, ...]
    always: bool
    node: Node
    when: tuple[Guard, ...] = ()
