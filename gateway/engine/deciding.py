"""What becomes of a received interchange, decided on its envelope before its sets are looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from typing import BinaryIO

from gateway.ack.report import InterchangeReport
from gateway.edi.dialect import X12
from gateway.edi.events import Before
from gateway.edi.events import Interchange
from gateway.edi.events import Stray
from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.edi.finding import Position
from gateway.edi.finding import Severity
from gateway.edi.place import locate
from gateway.engine.definitions import Definitions
from gateway.engine.gateway import Step
from gateway.engine.reading import InterchangeRead
from gateway.engine.reading import Read
from gateway.engine.reading import read_file
from gateway.partner.partner import Partner
from gateway.partner.partner import find_sender
from gateway.store import Direction
from gateway.store import Interchange as StoredInterchange
from gateway.store import InterchangeState
from gateway.store import Transmission
from gateway.store import hash_of_chunks

CHUNK = 1 << 20


class Fate(StrEnum):
    """What becomes of an interchange."""

    ACCEPT = "accept"
    REJECT = "reject"
    HOLD = "hold"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    DONE = "done"


@dataclass(slots=True)
class Decision:
    """An interchange of the file with its fate. `bad_groups` are those that are wrong as a whole;
    `original` is the id of the one that has its control number, `id` that of its own row. Of one
    that is `unfinished` not all sets are stored yet: `stored` are, the first of them."""

    report: InterchangeReport
    bad_groups: frozenset[int]
    fate: Fate = Fate.ACCEPT
    digest: str = ""
    partner: Partner | None = None
    findings: tuple[Finding, ...] = ()
    original: str = ""
    id: str = ""
    unfinished: bool = False
    stored: int = 0


def chunks(source: BinaryIO, start: int = 0) -> Iterator[bytes]:
    """What there is from `start`."""
    source.seek(start)
    while block := source.read(CHUNK):
        yield block


def chunks_of(source: BinaryIO, start: int, size: int) -> Iterator[bytes]:
    """`size` bytes from `start`."""
    source.seek(start)
    left = size
    while left > 0 and (block := source.read(min(CHUNK, left))):
        yield block
        left -= len(block)


def survey(source: BinaryIO, definitions: Definitions) -> tuple[list[Decision], list[Finding]]:
    """The envelopes of a file's interchanges, not yet decided, and what is none."""
    decisions: list[Decision] = []
    strays: list[Finding] = []
    for read in read_file(chunks(source), definitions, wanted=lambda _header: False, fast=True):
        if isinstance(read, Stray):
            strays += read.findings
        elif isinstance(read, InterchangeRead):
            decisions.append(Decision(read.report, read.bad_groups))
    for decision in decisions:
        decision.digest = _digest(source, decision.report)
    return decisions, strays


def survey_one(source: BinaryIO, definitions: Definitions, stored: StoredInterchange) -> Decision:
    """The envelope of one of a file's interchanges, not yet decided."""
    for read in read_one(source, definitions, stored):
        if isinstance(read, InterchangeRead):
            return Decision(read.report, read.bad_groups, digest=_digest(source, read.report))
    raise LookupError(f"no interchange begins at byte {stored.offset}")


def read_one(
    source: BinaryIO,
    definitions: Definitions,
    stored: StoredInterchange,
    partner: Partner | None = None,
) -> Iterator[Read]:
    """One interchange of a file, without what stands before and behind it; its sets too where the
    partner is given."""
    for read in read_file(
        chunks(source, stored.offset),
        definitions,
        lambda _header: partner,
        wanted=lambda _header: partner is not None,
        fast=True,
        before=Before(stored.ordinal - 1, stored.offset),
    ):
        yield read
        if isinstance(read, InterchangeRead):
            return


def _digest(source: BinaryIO, report: InterchangeReport) -> str:
    end = report.end
    return hash_of_chunks(chunks_of(source, end.start, end.end - end.start))


def decide(step: Step, transmission: Transmission, decision: Decision) -> None:
    header = decision.report.header
    partners = step.gateway.partners
    partner = find_sender(partners.values(), header.dialect, header.sender)
    decision.partner = partner
    refusal = refusal_of(header, partner, transmission.partner)
    if refusal is not None or partner is None:
        decision.fate = Fate.HOLD
        envelope = tuple(decision.report.end.findings)  # a broken header hides who sent it
        decision.findings = (*envelope, refusal) if refusal else envelope
        return
    keys: dict[str, Any] = {
        "partner": partner.name,
        "sender": str(header.sender),
        "receiver": str(header.receiver),
        "reference": header.reference,
        "test": header.test,
    }
    same = step.tx.interchanges.find_same(**keys, digest=decision.digest)
    original = step.tx.interchanges.find_by_identity(**keys, direction=Direction.IN)
    if same is not None:
        _mark_repeated(decision, same, Fate.DUPLICATE)
    elif original is not None and original.state is not InterchangeState.REJECTED:
        _mark_repeated(decision, original, Fate.CONFLICT)
    else:
        if original is not None:  # nothing of it was taken: the number is free for the right one
            step.tx.interchanges.give_up_number(original.id)
        decision.fate = Fate.REJECT if decision.report.rejected else Fate.ACCEPT


def _mark_repeated(decision: Decision, original: StoredInterchange, fate: Fate) -> None:
    """The same bytes are a duplicate, also of what is still held; other bytes are a conflict."""
    header = decision.report.header
    place = Position(interchange=header.index, tag=header.segment.tag, offset=header.segment.offset)
    code, severity = _REPEATED[fate]
    detail = {"original": original.id}
    decision.fate, decision.original = fate, original.id
    decision.findings = (Finding(code, severity, place, header.reference, detail),)


_REPEATED = {
    Fate.DUPLICATE: (Code.INTERCHANGE_REPEATED, Severity.NOTE),
    Fate.CONFLICT: (Code.INTERCHANGE_CONFLICT, Severity.ERROR),
}


def refusal_of(header: Interchange, partner: Partner | None, folder: str) -> Finding | None:
    """Why an interchange cannot be taken from whoever sent it, if so."""
    sender_at, receiver_at = (6, 8) if header.dialect is X12 else (2, 3)
    place = _header_place(header, sender_at)
    if partner is None:
        return Finding(Code.SENDER_UNKNOWN, Severity.ERROR, place, str(header.sender))
    if partner.name != folder:
        detail = {"expected": partner.name, "folder": folder}
        return Finding(Code.SENDER_ELSEWHERE, Severity.ERROR, place, str(header.sender), detail)
    if header.receiver != partner.ours:
        place = _header_place(header, receiver_at)
        detail = {"expected": str(partner.ours)}
        return Finding(Code.RECEIVER_UNKNOWN, Severity.ERROR, place, str(header.receiver), detail)
    return None


def _header_place(header: Interchange, element: int) -> Position:
    segment = header.segment
    offset = locate(segment, header.delimiters, header.charset, element)
    return Position(interchange=header.index, tag=segment.tag, element=element, offset=offset)
