"""What reading interchanges yields: headers, sets and ends, in wire order."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace
from typing import NamedTuple

from gateway.edi.dialect import Dialect
from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.edi.segment import Delimiters
from gateway.edi.segment import Segment


@dataclass(frozen=True, slots=True)
class Address:
    """An interchange address: X12 ISA05/06, EDIFACT S002 0007 and 0004. Blanks are trimmed."""

    qualifier: str
    id: str

    def __str__(self) -> str:
        return f"{self.qualifier}:{self.id}"


class Before(NamedTuple):
    """What stands in a file before the first byte that is read: interchanges and bytes."""

    interchanges: int = 0
    size: int = 0


NOTHING = Before()


@dataclass(frozen=True, slots=True)
class Interchange:
    """An interchange header as read (ISA, or UNA and UNB). `index` counts from 1 in the file."""

    dialect: Dialect
    delimiters: Delimiters
    charset: str
    segment: Segment
    sender: Address
    receiver: Address
    reference: str
    version: str
    test: bool
    ack_requested: bool
    index: int


@dataclass(frozen=True, slots=True)
class Group:
    """A functional group header (GS, UNG). `index` counts from 1 in the interchange; an EDIFACT
    message outside any group has none."""

    segment: Segment
    reference: str
    functional_id: str
    sender: str
    receiver: str
    release: str
    index: int


class TransactionSet(NamedTuple):
    """One set with its segments from header to trailer. `kind` 850 or ORDERS; `release` 004010
    or D96A; `association` what follows (VICS, EAN008). `ordinal` counts from 1 in its group (or in
    the interchange without groups). `findings` are those of its envelope; `identifier` is S009 of
    an EDIFACT message as received. A TA1, which stands between ISA and GS, comes as a set of kind
    TA1 outside any group."""

    kind: str
    release: str
    association: str
    reference: str
    segments: list[Segment]
    ordinal: int
    findings: list[Finding]
    identifier: tuple[str, ...] = ()


class Taken(NamedTuple):
    """A set that was taken whole, with what its taker made of it."""

    made: object


@dataclass(frozen=True, slots=True)
class GroupEnd:
    """A group's trailer (GE, UNE) with the count it claims and what is wrong with the group."""

    claimed: str
    received: int
    findings: list[Finding]


@dataclass(frozen=True, slots=True)
class InterchangeEnd:
    """An interchange's end; `complete` is False when its trailer never came. `start` and `end`
    are its byte offsets in the file, the end being the offset of its last segment's last byte
    plus one terminator."""

    complete: bool
    findings: list[Finding]
    start: int
    end: int


def seeming_cut(event: Event) -> Event:
    """What came of a segment that the file ended in: that explains a wrong trailer."""
    if not isinstance(event, InterchangeEnd):
        return event
    ends = {"ends": "without a terminator"}
    findings = [
        replace(finding, detail=finding.detail | ends) if finding.code in _OF_TRAILERS else finding
        for finding in event.findings
    ]
    return replace(event, findings=findings)


_OF_TRAILERS = {Code.CONTROL_NUMBER_MISMATCH, Code.COUNT_MISMATCH}


@dataclass(frozen=True, slots=True)
class Stray:
    """Findings that belong to no interchange: not EDI, text between interchanges."""

    findings: list[Finding]


Event = Interchange | Group | TransactionSet | Taken | GroupEnd | InterchangeEnd | Stray
