"""Segments to envelopes: interchanges, groups and transaction sets, and what is wrong with them.

The state of one interchange at a time, held in a few open headers. A bad set never hides its
neighbours: whatever is missing is reported and reading goes on at the next header.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import replace

from gateway.edi.control_numbers import ControlNumbers
from gateway.edi.dialect import X12
from gateway.edi.dialect import Level
from gateway.edi.events import NOTHING
from gateway.edi.events import Before
from gateway.edi.events import Event
from gateway.edi.events import Group
from gateway.edi.events import GroupEnd
from gateway.edi.events import InterchangeEnd
from gateway.edi.events import Stray
from gateway.edi.events import Taken
from gateway.edi.events import TransactionSet
from gateway.edi.events import seeming_cut
from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.edi.finding import Position
from gateway.edi.finding import Severity
from gateway.edi.headers import SetHeaders
from gateway.edi.headers import group_of
from gateway.edi.headers import interchange_of
from gateway.edi.headers import set_of
from gateway.edi.opening import Opening
from gateway.edi.place import locate
from gateway.edi.segment import Segment
from gateway.edi.tokens import Tokenizer
from gateway.edi.whole import WholeSet

Take = Callable[[TransactionSet, str], object | None]
"""Takes a set whole, given its header alone and the text of all its segments (`WholeSet.text`),
or answers None. Its envelope is right, and it is in its group."""


def read_interchanges(
    chunks: Iterable[bytes], take: Take | None = None, *, before: Before = NOTHING
) -> Iterator[Event]:
    """All interchanges of a file given in pieces, as events in wire order, in constant memory
    beyond the set being read. A set that `take` makes something of comes as Taken."""
    tokenizer = Tokenizer(whole=take is not None, offset=before.size)
    envelopes = Envelopes(take, before.interchanges)
    for token in tokenizer.read(chunks):
        if isinstance(token, WholeSet):
            taken = envelopes.take_whole(token)
            if taken is not None:
                yield taken
        elif tokenizer.cut:
            yield from map(seeming_cut, envelopes.take(token))
        else:
            yield from envelopes.take(token)
    yield from envelopes.close()


class Envelopes:
    """Takes tokens in order and yields envelope events."""

    def __init__(self, take: Take | None = None, before: int = 0) -> None:
        self._take_whole = take
        self._index = before
        self._reader: _InterchangeReader | None = None

    def take(self, token: Opening | Segment | Finding) -> Iterator[Event]:
        if isinstance(token, Opening):
            yield from self.close()
            self._index += 1
            self._reader = _InterchangeReader(token, self._index, self._take_whole)
        elif isinstance(token, Finding):
            if self._reader is None:
                yield Stray([token])
            else:
                self._reader.note(token)
        elif self._reader is not None:
            yield from self._reader.take(token)
            if self._reader.ended:
                self._reader = None

    def take_whole(self, whole: WholeSet) -> Taken | None:
        """A set as one, if its envelope is right and somebody takes it."""
        return self._reader.take_whole(whole) if self._reader is not None else None

    def close(self) -> Iterator[Event]:
        """Ends the input; an interchange still open lost its trailer."""
        if self._reader is not None:
            yield from self._reader.abandon()
            self._reader = None


class _InterchangeReader:
    def __init__(self, opening: Opening, index: int, take: Take | None = None) -> None:
        self.ended = False
        self._take = take
        self._opening = opening
        self._dialect = opening.dialect
        self._index = index
        self._header: Segment | None = None
        self._findings: list[Finding] = list(opening.findings)
        self._group: Group | None = None
        self._group_findings: list[Finding] = []
        self._set: list[Segment] = []
        self._set_findings: list[Finding] = []
        self._groups = 0
        self._sets = 0
        self._sets_in_all = 0
        self._notes = 0
        self._seen = {"group": ControlNumbers(), "set": ControlNumbers()}
        self._headers = SetHeaders(opening, None)
        marks = opening.delimiters
        self._trailer = f"{marks.segment}{self._dialect.set.trailer}{marks.element}"
        self._end = opening.offset
        self._here = opening.offset

    def note(self, finding: Finding) -> None:
        """A tokenizer's finding goes to the innermost open level."""
        if self._set:  # what was found in a segment comes after it
            position = replace(finding.position, segment=len(self._set))
            self._set_findings.append(replace(finding, position=position))
        elif self._group is not None:
            self._group_findings.append(finding)
        else:
            self._findings.append(finding)

    def take(self, segment: Segment) -> Iterator[Event]:
        self._here, self._end = segment.offset, segment.offset + segment.size
        levels, tag = self._dialect, segment.tag
        if self._header is None:
            self._header = segment
            yield interchange_of(self._opening, segment, self._index)
        elif tag == levels.set.header:
            yield from self._open_set(segment)
        elif tag == levels.set.trailer:
            yield from self._close_set(segment)
        elif tag == levels.group.header:
            yield from self._end_set()
            yield from self._open_group(segment)
        elif tag == levels.group.trailer:
            yield from self._end_set()
            yield from self._close_group(segment)
        elif tag == levels.interchange.trailer:
            yield from self._end_set()
            yield from self._end_group()
            yield self._close(segment)
        elif self._set:
            self._set.append(segment)
        elif tag == "TA1" and self._dialect is X12 and self._group is None:
            self._notes += 1
            yield TransactionSet("TA1", "", "", segment.value(1), [segment], self._notes, [])
        else:
            self.note(self._outside(segment))

    def take_whole(self, whole: WholeSet) -> Taken | None:
        """A set as one, if its envelope is right and somebody takes it."""
        if self._take is None or self._header is None or self._set:
            return None
        if self._group is None and (self._dialect.group_required or self._groups):
            return None
        text, marks = whole.text(), self._opening.delimiters
        first = text[: text.find(marks.segment)] if text else ""
        if text is None or not first.isascii():
            return None
        one = self._headers.read(first, whole.offset, self._sets + 1)
        reference, count = one.reference, text.count(marks.segment)
        right = text.endswith(f"{self._trailer}{count}{marks.element}{reference}{marks.segment}")
        if not right or reference in self._seen["set"]:
            return None
        made = self._take(one, text)
        if made is None:
            return None
        self._sets += 1
        self._sets_in_all += 1
        self._seen["set"].add(reference)
        self._here = self._end = whole.end
        whole.taken = True
        return Taken(made)

    def abandon(self) -> Iterator[Event]:
        """The input ended, or another interchange began, before the trailer."""
        if self._header is None:
            self._header = Segment(self._dialect.interchange.header, [], self._opening.offset)
            yield interchange_of(self._opening, self._header, self._index)
        self._here = self._end
        yield from self._end_set()
        yield from self._end_group()
        self._findings.append(self._missing(self._dialect.interchange, self._header))
        yield InterchangeEnd(False, self._findings, self._opening.offset, self._end)

    # the interchange

    def _close(self, trailer: Segment) -> InterchangeEnd:
        level, header = self._dialect.interchange, self._header or trailer
        counted = self._groups if self._groups or self._dialect.group_required else None
        received = self._sets_in_all if counted is None else counted
        self._findings += self._agree(level, header, trailer, received)
        if not received and not self._notes:
            self._findings.append(self._fault(Code.LEVEL_EMPTY, trailer))
        self.ended = True
        return InterchangeEnd(True, self._findings, self._opening.offset, self._end + 1)

    # functional groups

    def _open_group(self, segment: Segment) -> Iterator[Event]:
        yield from self._end_group()
        self._groups += 1
        self._sets = 0
        self._seen["set"] = ControlNumbers()
        self._group = group_of(self._dialect, segment, self._groups)
        self._headers = SetHeaders(self._opening, self._group)
        at, reference = self._dialect.group, self._group.reference
        self._group_findings = self._repeated("group", reference, segment, at)
        yield self._group

    def _close_group(self, trailer: Segment) -> Iterator[Event]:
        if self._group is None:
            self.note(self._outside(trailer))
            return
        header = self._group.segment
        self._group_findings += self._agree(self._dialect.group, header, trailer, self._sets)
        if not self._sets:
            self._group_findings.append(self._fault(Code.LEVEL_EMPTY, trailer))
        yield GroupEnd(trailer.value(1), self._sets, self._group_findings)
        self._group, self._group_findings = None, []

    def _end_group(self) -> Iterator[Event]:
        if self._group is not None:
            missing = self._missing(self._dialect.group, self._group.segment)
            yield GroupEnd("", self._sets, [*self._group_findings, missing])
            self._group, self._group_findings = None, []

    # transaction sets

    def _open_set(self, segment: Segment) -> Iterator[Event]:
        yield from self._end_set()
        if self._group is None and (self._dialect.group_required or self._groups):
            self.note(self._outside(segment))
        self._set = [segment]
        self._sets += 1
        self._sets_in_all += 1
        reference = segment.value(self._dialect.set.reference)
        self._set_findings = self._repeated("set", reference, segment, self._dialect.set)

    def _close_set(self, trailer: Segment) -> Iterator[Event]:
        if not self._set:
            self.note(self._outside(trailer))
            return
        self._set.append(trailer)
        level = self._dialect.set
        self._set_findings += self._agree(level, self._set[0], trailer, len(self._set))
        yield self._transaction_set()

    def _end_set(self) -> Iterator[Event]:
        if self._set:
            self._set_findings.append(self._missing(self._dialect.set, self._set[0]))
            yield self._transaction_set()

    def _transaction_set(self) -> TransactionSet:
        read = set_of(self._dialect, self._group, self._set, self._sets, self._set_findings)
        self._set, self._set_findings = [], []
        return read

    # what every level shares

    def _repeated(self, level: str, reference: str, segment: Segment, at: Level) -> list[Finding]:
        seen = self._seen[level]
        if reference not in seen:
            seen.add(reference)
            return []
        finding = self._fault(Code.CONTROL_NUMBER_REPEATED, segment, at.reference)
        return [replace(finding, severity=Severity.WARNING)]

    def _outside(self, segment: Segment) -> Finding:
        """The dialect says what a set is called; the segment's tag may be anything."""
        return self._fault(Code.SEGMENT_OUTSIDE, segment, dialect=self._dialect.name)

    def _missing(self, level: Level, header: Segment) -> Finding:
        """The trailer should have stood before the segment at hand, or where the input ended."""
        position = Position(tag=level.trailer, offset=self._here)
        detail = {"expected": level.trailer, "header": header.tag}
        return Finding(Code.TRAILER_MISSING, Severity.ERROR, position, None, detail)

    def _agree(
        self, level: Level, header: Segment, trailer: Segment, received: int
    ) -> Iterator[Finding]:
        """The trailer's control number and count against the header's and what was read."""
        expected = header.value(level.reference).strip()
        if trailer.value(level.trailer_reference).strip() != expected:
            detail = {"expected": expected, "header": header.tag}
            at = level.trailer_reference
            yield self._fault(Code.CONTROL_NUMBER_MISMATCH, trailer, at, **detail)
        count = trailer.value(level.count).strip()
        if not count or (count.lstrip("0") or "0") != str(received):
            yield self._fault(Code.COUNT_MISMATCH, trailer, level.count, expected=str(received))

    def _fault(
        self, code: Code, segment: Segment, element: int | None = None, **detail: str
    ) -> Finding:
        """A fault of an envelope segment, or of one of its elements."""
        if element is None:
            position = Position(tag=segment.tag, offset=segment.offset)
            return Finding(code, Severity.ERROR, position, None, detail)
        marks, charset = self._opening.delimiters, self._opening.charset
        offset = locate(segment, marks, charset, element)
        position = Position(tag=segment.tag, element=element, offset=offset)
        return Finding(code, Severity.ERROR, position, segment.value(element).strip(), detail)
