"""X12 and EDIFACT side by side: everything in which their envelopes differ is in these tables."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Level:
    """One envelope level: header and trailer tags, and the elements that must agree.

    `reference` and `trailer_reference` are the element numbers of the control number in header
    and trailer; `count` is the element of the trailer's count.
    """

    header: str
    trailer: str
    reference: int
    trailer_reference: int
    count: int


@dataclass(frozen=True, slots=True)
class Dialect:
    """A standard's envelope. `group_required`: X12 has no set outside a functional group."""

    name: str
    interchange: Level
    group: Level
    set: Level
    group_required: bool
    acknowledgments: frozenset[str]


X12 = Dialect(
    "x12",
    interchange=Level("ISA", "IEA", 13, 2, 1),
    group=Level("GS", "GE", 6, 2, 1),
    set=Level("ST", "SE", 2, 2, 1),
    group_required=True,
    acknowledgments=frozenset({"997", "999"}),
)

EDIFACT = Dialect(
    "edifact",
    interchange=Level("UNB", "UNZ", 5, 2, 1),
    group=Level("UNG", "UNE", 5, 2, 1),
    set=Level("UNH", "UNT", 1, 2, 1),
    group_required=False,
    acknowledgments=frozenset({"CONTRL"}),
)

DIALECTS = {dialect.name: dialect for dialect in (X12, EDIFACT)}
