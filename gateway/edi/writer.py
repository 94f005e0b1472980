"""Segments to bytes: the twin of the tokenizer and of the envelope reader.

X12 has no escape, so data that holds a delimiter cannot be written and is a finding; EDIFACT
releases it (ISO 9735-1 §6.1). Data outside the charset is a finding as well: what is written is
what was meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import datetime

from gateway.edi.binary import is_binary
from gateway.edi.binary import segment_charset
from gateway.edi.dialect import X12
from gateway.edi.dialect import Dialect
from gateway.edi.events import Address
from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.edi.finding import Position
from gateway.edi.finding import Severity
from gateway.edi.segment import Delimiters
from gateway.edi.segment import Element
from gateway.edi.segment import Segment

X12_DELIMITERS = Delimiters(segment="~", element="*", component=">", repetition="")
EDIFACT_DELIMITERS = Delimiters(segment="'", element="+", component=":", release="?")
DELIMITERS = {"x12": X12_DELIMITERS, "edifact": EDIFACT_DELIMITERS}
"""The usual ones of each standard."""

Body = tuple[str, list[Element]]
"""A segment to be written: its tag and elements."""

Written = Body | str
"""The same, or its text as it is sent."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """All that an interchange's envelope says. `reference`, `group_reference` are control
    numbers as written; `version` is ISA12 (00401) or the syntax identifier (UNOC:3); `release`
    is GS08; an EDIFACT interchange without `functional_id` has no group. `at` is local time."""

    dialect: Dialect
    delimiters: Delimiters
    sender: Address
    receiver: Address
    reference: str
    version: str
    at: datetime
    test: bool = False
    ack_requested: bool = False
    functional_id: str = ""
    group_sender: str = ""
    group_receiver: str = ""
    group_reference: str = ""
    release: str = ""
    charset: str = "utf-8"
    line_break: str = ""


@dataclass(frozen=True, slots=True)
class SetBody:
    """One set to be written: `identifier` is ST01, or S009 (ORDERS, D, 96A, UN, EAN008)."""

    identifier: list[str]
    reference: str
    body: Sequence[Written]


def write_segment(tag: str, elements: Sequence[Element], delimiters: Delimiters) -> str:
    """The segment's text without terminator; trailing empty elements are left out."""
    texts = [tag, *(_element(element, delimiters) for element in elements)]
    while len(texts) > 1 and not texts[-1]:
        texts.pop()
    return delimiters.element.join(texts)


def segment_texts(bodies: Sequence[Written], delimiters: Delimiters) -> list[str]:
    """The segments' texts without terminators."""
    return [body if isinstance(body, str) else write_segment(*body, delimiters) for body in bodies]


def _element(element: Element, delimiters: Delimiters) -> str:
    if isinstance(element, str):
        return _release(element, delimiters)
    if element and isinstance(element[0], list):
        return delimiters.repetition.join(_composite(part, delimiters) for part in element)
    return _composite(element, delimiters)


def _composite(parts: Sequence[str | list[str]], delimiters: Delimiters) -> str:
    texts = [_release(part, delimiters) for part in parts if isinstance(part, str)]
    while texts and not texts[-1]:
        texts.pop()
    return delimiters.component.join(texts)


def _release(text: str, delimiters: Delimiters) -> str:
    mark = delimiters.release
    if not mark:
        return text
    special = (
        mark,
        delimiters.element,
        delimiters.component,
        delimiters.segment,
        delimiters.repetition,
    )
    for character in special:
        if character and character in text:
            text = text.replace(character, mark + character)
    return text


def to_segments(bodies: Sequence[Body], delimiters: Delimiters) -> list[Segment]:
    """Segments as if they had just been read; offsets count from the first."""
    segments, offset = [], 0
    for tag, elements in bodies:
        text = write_segment(tag, elements, delimiters)
        size = len(text.encode("utf-8", "replace"))
        segments.append(Segment(tag, list(elements), offset, text, size))
        offset += size + 1
    return segments


def unwritable(segments: Sequence[Segment], envelope: Envelope) -> list[Finding]:
    """Characters that these delimiters or this charset cannot carry. Segment counts start at 1
    with the first segment given."""
    marks = envelope.delimiters
    forbidden = set()
    if not marks.release:
        forbidden = {marks.segment, marks.element, marks.component, marks.repetition}
    findings = []
    for position, text in _texts(segments):
        if envelope.dialect is X12 and is_binary(position.tag or "", position.element):
            bad = _bad_character(text, set(), "latin-1", lowest="\0")
        else:
            bad = _bad_character(text, forbidden, envelope.charset)
        if bad:
            detail = {"expected": f"text without {bad!r}"}
            findings.append(Finding(Code.INVALID_CHARACTER, Severity.ERROR, position, text, detail))
    return findings


def _texts(segments: Sequence[Segment]) -> Iterator[tuple[Position, str]]:
    """Every component with its place."""
    for ordinal, segment in enumerate(segments, start=1):
        place = Position(segment=ordinal, tag=segment.tag, offset=segment.offset)
        for number in range(1, len(segment.elements) + 1):
            for parts in segment.repetitions(number):
                for count, text in enumerate(parts, start=1):
                    component = count if len(parts) > 1 else None
                    yield replace(place, element=number, component=component), text


def _bad_character(text: str, forbidden: set[str], charset: str, lowest: str = " ") -> str:
    for character in text:
        if character in forbidden or character < lowest:
            return character
    try:
        text.encode(charset)
    except UnicodeEncodeError as error:
        return text[error.start]
    return ""


def write_interchange(
    envelope: Envelope, sets: Sequence[SetBody], notes: Sequence[Body] = ()
) -> bytes:
    """The whole interchange. `notes` are TA1 segments, which stand before the first group."""
    write = _x12 if envelope.dialect is X12 else _edifact
    delimiters = envelope.delimiters
    texts = segment_texts(write(envelope, sets, notes), delimiters)
    end = delimiters.segment + envelope.line_break
    if envelope.dialect is X12:
        charsets = (segment_charset(text[:3], envelope.charset) for text in texts)
        return b"".join(
            (text + end).encode(charset) for text, charset in zip(texts, charsets, strict=True)
        )
    return (_una(envelope) + "".join(text + end for text in texts)).encode(envelope.charset)


def whole_set(dialect: Dialect, one: SetBody) -> list[Written]:
    """A set from its header to its trailer."""
    level = dialect.set
    count = str(len(one.body) + 2)
    if dialect is X12:
        header: Body = (level.header, [*one.identifier, one.reference])
    else:
        header = (level.header, [one.reference, list(one.identifier)])
    return [header, *one.body, (level.trailer, [count, one.reference])]


def _x12(envelope: Envelope, sets: Sequence[SetBody], notes: Sequence[Body]) -> list[Written]:
    at, element = envelope.at, envelope.delimiters.element
    sender, receiver = envelope.sender, envelope.receiver
    isa = ["ISA", "00", " " * 10, "00", " " * 10]
    isa += [sender.qualifier.ljust(2), sender.id.ljust(15)]
    isa += [receiver.qualifier.ljust(2), receiver.id.ljust(15), f"{at:%y%m%d}", f"{at:%H%M}"]
    isa += [envelope.delimiters.repetition or "U", envelope.version, envelope.reference]
    isa += ["1" if envelope.ack_requested else "0", "T" if envelope.test else "P"]
    segments: list[Written] = [element.join([*isa, envelope.delimiters.component]), *notes]
    if sets:
        gs: list[Element] = [envelope.functional_id, envelope.group_sender]
        gs += [envelope.group_receiver, f"{at:%Y%m%d}", f"{at:%H%M}"]
        segments.append(("GS", [*gs, envelope.group_reference, "X", envelope.release]))
        for one in sets:
            segments += whole_set(X12, one)
        segments.append(("GE", [str(len(sets)), envelope.group_reference]))
    segments.append(("IEA", ["1" if sets else "0", envelope.reference]))
    return segments


def _edifact(envelope: Envelope, sets: Sequence[SetBody], notes: Sequence[Body]) -> list[Written]:
    at, version = envelope.at, envelope.version.split(":")
    date = f"{at:%Y%m%d}" if version[-1] >= "4" else f"{at:%y%m%d}"
    unb: list[Element] = [version]
    for address in (envelope.sender, envelope.receiver):
        unb.append([address.id, address.qualifier] if address.qualifier else address.id)
    unb += [[date, f"{at:%H%M}"], envelope.reference, "", "", ""]
    unb += ["1" if envelope.ack_requested else "", "", "1" if envelope.test else ""]
    segments: list[Written] = [("UNB", unb), *notes]
    for one in sets:
        segments += whole_set(envelope.dialect, one)
    segments.append(("UNZ", [str(len(sets)), envelope.reference]))
    return segments


def _una(envelope: Envelope) -> str:
    marks = envelope.delimiters
    if marks == EDIFACT_DELIMITERS:
        return ""
    reserved = marks.repetition or " "
    first = f"UNA{marks.component}{marks.element}{marks.decimal}"
    return f"{first}{marks.release or ' '}{reserved}{marks.segment}"
