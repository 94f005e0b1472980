"""Which sets belong in which group, and where a set's header is at fault."""

from __future__ import annotations

from gateway.edi.dialect import X12
from gateway.edi.events import Group
from gateway.edi.events import Interchange
from gateway.edi.events import TransactionSet
from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.edi.finding import Position
from gateway.edi.finding import Severity
from gateway.edi.place import locate

FUNCTIONAL_IDS = {
    "850": "PO",
    "855": "PR",
    "856": "SH",
    "810": "IN",
    "860": "PC",
    "865": "CA",
    "820": "RA",
    "846": "IB",
    "861": "RC",
    "832": "SC",
    "824": "AG",
    "997": "FA",
}
"""GS01 of each set (X12 data element 479)."""


def header_place(one: TransactionSet, header: Interchange, element: int | None = None) -> Position:
    """ST or UNH, or one of its elements."""
    segment = one.segments[0]
    offset = segment.offset
    if element is not None:
        offset = locate(segment, header.delimiters, header.charset, element)
    return Position(segment=1, tag=segment.tag, element=element, offset=offset)


def in_right_group(one: TransactionSet, header: Interchange, group: Group | None) -> bool:
    expected = _group_kind(one, header)
    return group is None or expected is None or group.functional_id == expected


def _group_kind(one: TransactionSet, header: Interchange) -> str | None:
    """GS01 of the set; UNG 0038, which repeats the type of its messages."""
    return FUNCTIONAL_IDS.get(one.kind) if header.dialect is X12 else one.kind


def misgrouped(one: TransactionSet, header: Interchange, group: Group | None) -> Finding:
    place = header_place(one, header, 1 if header.dialect is X12 else 2)
    expected = _group_kind(one, header) or ""
    detail = {"expected": expected, "group": group.functional_id if group else ""}
    return Finding(Code.SET_NOT_IN_GROUP, Severity.ERROR, place, one.kind, detail)
