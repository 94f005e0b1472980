"""The form of a set that was read: what the document does not say about how it was written.

It holds sibling order, the slots of rows and which constants and totals were there, keyed by the
rule and the place in the document. Data that no rule claimed is not part of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field

from gateway.mapping.path import Scope


@dataclass(slots=True)
class Form:
    """A block is a segment or loop that a rule reads or writes; `block_key` names it.

    `order`: the segment ordinal each block had. `rows`: for a block and the number of its rows,
    each row's slot and (keyed rows) its word. `taken`: the item of a list that a block's own
    bindings made. `homes`: the rule that read an item. `present`: constants and totals received.
    `formulas`: which of a total's formulas was meant, where it was not the first. `seen`: where the
    value of a path with two homes was received, by block and element. `levels`: the levels of a
    hierarchy as received, for a document that still says the same.
    """

    order: dict[str, int] = field(default_factory=dict)
    rows: dict[tuple[str, int], list[tuple[int, str]]] = field(default_factory=dict)
    taken: dict[tuple[str, str], int] = field(default_factory=dict)
    homes: dict[str, str] = field(default_factory=dict)
    present: set[tuple[str, tuple[int, ...]]] = field(default_factory=set)
    formulas: dict[tuple[str, tuple[int, ...]], int] = field(default_factory=dict)
    seen: dict[str, set[tuple[str, tuple[int, ...]]]] = field(default_factory=dict)
    levels: Scope = field(default_factory=dict)


def block_key(rule: str, scope: str, number: int) -> str:
    """A rule's block in a scope; `number` counts the rule's occurrences there from 1."""
    return f"{rule}@{scope}#{number}"


def join_path(scope: str, path: str) -> str:
    """A path inside a scope as a path of the document."""
    return f"{scope}.{path}" if scope else path
