"""What reading a set leaves behind: the document, findings, form, and what no rule claimed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field

from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.edi.finding import Position
from gateway.edi.finding import Severity
from gateway.edi.place import locate
from gateway.edi.segment import Delimiters
from gateway.edi.segment import Segment
from gateway.guide.match import Occurrence
from gateway.mapping.form import Form
from gateway.mapping.path import Scope
from gateway.mapping.plan import Place


@dataclass(frozen=True, slots=True)
class Unclaimed:
    """A component that no rule took, with its exact position and value."""

    position: Position
    value: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a canonical value came from: `lines[0].price.amount` from PO104 by the rule PO1."""

    path: str
    value: str
    reference: str
    rule: str
    segment: int
    offset: int


@dataclass(slots=True)
class Reading:
    """A set as a document. `claimed` of `total` non-empty components went into it or were checked;
    header and trailer (ST/SE, UNH/UNT) do not count. `origins` are filled when traced."""

    document: Scope = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    form: Form = field(default_factory=Form)
    unclaimed: list[Unclaimed] = field(default_factory=list)
    claimed: int = 0
    total: int = 0
    origins: list[Origin] = field(default_factory=list)


@dataclass(slots=True)
class Record:
    """A reading while it is made, with what exact positions need: delimiters and charset."""

    delimiters: Delimiters
    charset: str
    trace: bool
    reading: Reading = field(default_factory=Reading)

    def position(self, occurrence: Occurrence, place: Place, repetition: int = 1) -> Position:
        segment = occurrence.segment
        element, component, *later = place
        repetition = later[0] if later else repetition
        parts = segment.repetitions(element)
        simple = len(parts) == 1 and len(parts[0]) == 1 and component == 1
        return Position(
            segment=occurrence.ordinal,
            tag=segment.tag,
            element=element,
            component=None if simple else component,
            repetition=repetition if len(parts) > 1 else None,
            offset=locate(segment, self.delimiters, self.charset, element, component, repetition),
        )

    def warn(
        self, code: Code, occurrence: Occurrence, place: Place, value: str, **detail: str
    ) -> None:
        position = self.position(occurrence, place)
        self.reading.findings.append(Finding(code, Severity.WARNING, position, value, detail))

    def note_origin(
        self, path: str, value: str, occurrence: Occurrence, place: Place, rule: str
    ) -> None:
        if self.trace:
            at = self.position(occurrence, place)
            origin = Origin(path, value, at.reference, rule, occurrence.ordinal, at.offset or 0)
            self.reading.origins.append(origin)

    def settle(self, occurrence: Occurrence, claimed: set[Place]) -> None:
        """Counts a segment's components; those that are not claimed are listed."""
        for place, repetition, value in components(occurrence.segment):
            self.reading.total += 1
            if (place if repetition == 1 else (*place, repetition)) in claimed:
                self.reading.claimed += 1
            else:
                position = self.position(occurrence, place, repetition)
                self.reading.unclaimed.append(Unclaimed(position, value))


def components(segment: Segment) -> Iterator[tuple[Place, int, str]]:
    """Every non-empty component with its place and repetition, in wire order."""
    for number, element in enumerate(segment.elements, start=1):
        if isinstance(element, str):
            if element:
                yield (number, 1), 1, element
            continue
        for repetition, parts in enumerate(segment.repetitions(number), start=1):
            for component, value in enumerate(parts, start=1):
                if value:
                    yield (number, component), repetition, value
