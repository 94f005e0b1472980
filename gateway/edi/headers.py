"""What the headers of interchanges, groups and sets say (X12.5 and X12.6, ISO 9735-1)."""

from __future__ import annotations

from itertools import chain

from gateway.edi.dialect import X12
from gateway.edi.dialect import Dialect
from gateway.edi.events import Address
from gateway.edi.events import Group
from gateway.edi.events import Interchange
from gateway.edi.events import TransactionSet
from gateway.edi.finding import Finding
from gateway.edi.opening import Opening
from gateway.edi.segment import Segment
from gateway.edi.splitting import splitter


def interchange_of(opening: Opening, segment: Segment, index: int) -> Interchange:
    """An interchange by its ISA or UNB."""
    dialect, value = opening.dialect, segment.value
    if dialect is X12:
        sender, receiver = (Address(value(n).strip(), value(n + 1).strip()) for n in (5, 7))
        version, test, ack = value(12), value(15) == "T", value(14) == "1"
    else:
        sender, receiver = (Address(value(n, 2).strip(), value(n).strip()) for n in (2, 3))
        version = ":".join((value(1, 1), value(1, 2)))
        test, ack = value(11) == "1", value(9) == "1"
    return Interchange(
        dialect=dialect,
        delimiters=opening.delimiters,
        charset=opening.charset,
        segment=segment,
        sender=sender,
        receiver=receiver,
        reference=value(dialect.interchange.reference).strip(),
        version=version,
        test=test,
        ack_requested=ack,
        index=index,
    )


def group_of(dialect: Dialect, segment: Segment, index: int) -> Group:
    """A group by its GS or UNG."""
    value = segment.value
    reference = value(dialect.group.reference).strip()
    release = value(8) if dialect is X12 else value(7, 1) + value(7, 2)
    sender, receiver = value(2).strip(), value(3).strip()
    return Group(segment, reference, value(1), sender, receiver, release, index)


def set_of(
    dialect: Dialect,
    group: Group | None,
    segments: list[Segment],
    ordinal: int,
    findings: list[Finding],
) -> TransactionSet:
    """A set by its ST or UNH, the first of its segments; of X12 its group has the release."""
    header = segments[0]
    identifier: tuple[str, ...] = ()
    if dialect is X12:
        kind, release = header.value(1), group.release if group else ""
        release, association = release[:6], release[6:]
    else:
        identifier = tuple(chain.from_iterable(header.repetitions(2)[:1]))
        kind = header.value(2, 1)
        release = header.value(2, 2) + header.value(2, 3)
        association = header.value(2, 5)
    reference = header.value(dialect.set.reference)
    return TransactionSet(
        kind, release, association, reference, segments, ordinal, findings, identifier
    )


class SetHeaders:
    """Sets of one group by the text of their header. What differs from the last one in its control
    number only is not taken apart again."""

    def __init__(self, opening: Opening, group: Group | None) -> None:
        self._dialect = opening.dialect
        self._mark = opening.delimiters.element
        self._split = splitter(opening.delimiters)
        self._group = group
        self._last: TransactionSet | None = None
        self._around = "", ""

    def read(self, text: str, offset: int, ordinal: int) -> TransactionSet:
        last, (before, after) = self._last, self._around
        reference = text[len(before) : len(text) - len(after)]
        like = text.startswith(before) and text.endswith(after)
        if last is None or not like or not reference.isalnum():
            return self._first(text, offset, ordinal)
        kind, release, association, _, (header,), *_, identifier = last
        elements = header.elements.copy()
        elements[self._dialect.set.reference - 1] = reference
        segment = Segment(header.tag, elements, offset, text, len(text))
        return TransactionSet(
            kind, release, association, reference, [segment], ordinal, [], identifier
        )

    def _first(self, text: str, offset: int, ordinal: int) -> TransactionSet:
        header = Segment(*self._split(text), offset, text, len(text))
        read = set_of(self._dialect, self._group, [header], ordinal, [])
        at, parts = self._dialect.set.reference, text.split(self._mark)
        self._around = self._mark.join([*parts[:at], ""]), self._mark.join(["", *parts[at + 1 :]])
        # Unless a release character has to do with its control number, others may be like it.
        self._last = read if parts[at : at + 1] == [read.reference] else None
        return read
