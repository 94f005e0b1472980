"""The two laws on one set: what is read is written back the same, and what is written is read
back the same.

Canonical law: the document, emitted and read again, is the same document. Wire law: the emitted
segments are the received ones, with the form remembered (sibling order, slots, presence of
optional totals) but without what no rule claimed; each difference has a cause. A total that does
not add up was told when it was read, and is written as it adds up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from decimal import Decimal
from decimal import InvalidOperation
from difflib import SequenceMatcher

from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.edi.finding import has_errors
from gateway.edi.segment import Element
from gateway.edi.segment import Segment
from gateway.edi.writer import to_segments
from gateway.engine.reading import SetRead
from gateway.mapping import emit

DECLARED = ("unclaimed", "form of number", "wrong total")
"""What no rule claims is listed and kept out, numbers are compared by value, and a total that was
told to be wrong is written as it adds up."""

Components = dict[tuple[int, int, int], str]
"""The non-empty texts of a segment by element, repetition and component."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where the written set differs. `cause` is unclaimed, form of number, wrong total,
    other code or text, written only, not written, or order."""

    cause: str
    reference: str
    received: str
    written: str


@dataclass(slots=True)
class Laws:
    """The outcome for one set. `claimed` of `total` components went into the document."""

    kind: str
    reference: str
    claimed: int
    total: int
    canonical: list[Finding] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)

    @property
    def canonical_holds(self) -> bool:
        return not has_errors(self.canonical)

    @property
    def wire_holds(self) -> bool:
        """Exact, or different only by what is declared."""
        return all(one.cause in DECLARED for one in self.differences)


def check_laws(read: SetRead) -> Laws | None:
    """Both laws on a set that was read; None where there is no document."""
    reading, map_ = read.reading, read.map
    if reading is None or map_ is None:
        return None
    marks = read.interchange.delimiters
    laws = Laws(read.report.kind, read.report.reference, reading.claimed, reading.total)
    laws.canonical = emit(map_, reading.document, delimiters=marks).findings
    emission = emit(map_, reading.document, reading.form, delimiters=marks)
    unclaimed = {
        (place.segment, place.element, place.repetition or 1, place.component or 1)
        for place in (one.position for one in reading.unclaimed)
    }
    laws.differences += [
        Difference("unclaimed", one.position.reference, one.value, "") for one in reading.unclaimed
    ]
    received = []
    for ordinal, segment in enumerate(read.set.segments[1:-1], start=2):
        parts = _components(segment.elements)
        kept = {place: text for place, text in parts.items() if (ordinal, *place) not in unclaimed}
        if kept or not parts:
            received.append((segment.tag, kept))
    written = [
        (segment.tag, _components(segment.elements))
        for segment in to_segments(emission.segments, marks)
    ]
    wrong = {
        (one.position.reference, one.value)
        for one in reading.findings
        if one.code is Code.TOTAL_MISMATCH
    }
    for one in _compare(received, written):
        told = (one.reference, one.received) in wrong
        laws.differences.append(replace(one, cause="wrong total") if told else one)
    return laws


def _components(elements: list[Element]) -> Components:
    segment = Segment("", elements)
    return {
        (number, repetition, component): text
        for number in range(1, len(elements) + 1)
        for repetition, parts in enumerate(segment.repetitions(number), start=1)
        for component, text in enumerate(parts, start=1)
        if text
    }


Written = tuple[str, Components]


def _compare(received: list[Written], written: list[Written]) -> Iterator[Difference]:
    """The differences after the segments of both sides are lined up."""
    left = [_key(segment) for segment in received]
    right = [_key(segment) for segment in written]
    matcher = SequenceMatcher(a=left, b=right, autojunk=False)
    for operation, a, b, c, d in matcher.get_opcodes():
        if operation == "equal":
            continue
        paired = min(b - a, d - c) if operation == "replace" else 0
        for one, other in zip(received[a : a + paired], written[c : c + paired], strict=True):
            yield from _compare_segment(one, other)
        for tag, parts in received[a + paired : b]:
            cause = "order" if _key((tag, parts)) in right else "not written"
            yield Difference(cause, tag, " ".join(parts.values()), "")
        for tag, parts in written[c + paired : d]:
            if _key((tag, parts)) not in left:
                yield Difference("written only", tag, "", " ".join(parts.values()))


def _key(segment: Written) -> tuple[str, tuple[tuple[tuple[int, int, int], str], ...]]:
    tag, parts = segment
    return tag, tuple(parts.items())


def _compare_segment(one: Written, other: Written) -> Iterator[Difference]:
    (tag, left), (written_tag, right) = one, other
    if tag != written_tag:
        yield Difference("order", tag, " ".join(left.values()), " ".join(right.values()))
        return
    for place in sorted({*left, *right}):
        received, written = left.get(place, ""), right.get(place, "")
        if received != written:
            reference = f"{tag}{place[0]:02d}" + (f"-{place[2]}" if place[2] > 1 else "")
            yield Difference(_cause(received, written), reference, received, written)


def _cause(received: str, written: str) -> str:
    if not written:
        return "not written"
    if not received:
        return "written only"
    try:
        same = Decimal(received.replace(",", ".")) == Decimal(written.replace(",", "."))
    except InvalidOperation:
        same = False
    return "form of number" if same else "other code or text"
