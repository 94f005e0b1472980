"""The rules of a map as written: which segments they claim and what binds to what.

These are declarations, frozen and free of the guide; `gateway.mapping.plan` ties them to one.
"""

from __future__ import annotations

from dataclasses import dataclass

from gateway.definition import Node
from gateway.mapping.formula import Formula
from gateway.mapping.path import Path


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
    """Elements against paths through a codec. In a row a reference counts from the row's start."""

    references: tuple[Reference, ...]
    paths: tuple[Path, ...]
    codec: str
    arguments: tuple[str, ...]
    node: Node


@dataclass(frozen=True, slots=True)
class Constant:
    """`= X`: the element is X, or it is not ours."""

    reference: Reference
    value: str
    node: Node


@dataclass(frozen=True, slots=True)
class Computed:
    """`:= formula` is written and checked; `?=` (`optional`) written only as remembered."""

    reference: Reference
    formula: Formula
    optional: bool
    node: Node


@dataclass(frozen=True, slots=True)
class Condition:
    """`where`: the element is one of the values; `""` stands for an empty element."""

    reference: Reference
    values: tuple[str, ...]
    node: Node


@dataclass(frozen=True, slots=True)
class Rows:
    """A run of elements or components that repeat. Exactly one of `into` (a list of objects, or of
    texts when nothing is bound), `text` and `keyed` (a table whose words are field names)."""

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
