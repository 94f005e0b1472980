"""What a partner sent: each interchange decided once, its good sets delivered, its answer queued.

One transaction a file. The file is read twice: first its envelopes, which decide what becomes of
each interchange before any of its sets is looked at, then the sets of those that are accepted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import replace
from enum import StrEnum
from typing import BinaryIO

from gateway.ack.report import InterchangeReport
from gateway.ack.report import Verdict as Judged
from gateway.edi.envelope import Interchange
from gateway.edi.envelope import Stray
from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.edi.finding import Position
from gateway.edi.finding import Severity
from gateway.engine import settling
from gateway.engine.answering import answer
from gateway.engine.answering import answer_again
from gateway.engine.documents import content_hash
from gateway.engine.documents import envelope_json
from gateway.engine.documents import keys_of
from gateway.engine.gateway import Gateway
from gateway.engine.gateway import Step
from gateway.engine.reading import InterchangeRead
from gateway.engine.reading import SetRead
from gateway.engine.reading import read_file
from gateway.engine.sending import codes_of
from gateway.partner.partner import Partner
from gateway.partner.partner import find_sender
from gateway.store import Direction
from gateway.store import Document
from gateway.store import DocumentState
from gateway.store import Interchange as StoredInterchange
from gateway.store import InterchangeState
from gateway.store import Publication
from gateway.store import TransactionSet
from gateway.store import Transmission
from gateway.store import TransmissionState
from gateway.store import Verdict

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
    """An interchange of the file with its fate. `original` is the id of the one that has its
    control number, `id` that of its own row."""

    report: InterchangeReport
    fate: Fate
    digest: str = ""
    partner: Partner | None = None
    findings: tuple[Finding, ...] = ()
    original: str = ""
    id: str = ""

    @property
    def bad_groups(self) -> set[int]:
        groups = enumerate(self.report.groups, start=1)
        return {index for index, group in groups if group.rejected}


def chunks(source: BinaryIO) -> Iterator[bytes]:
    while block := source.read(CHUNK):
        yield block


def translate(gateway: Gateway, transmission: Transmission) -> None:
    """Takes a received file through to its documents and acknowledgments, in one transaction."""
    with gateway.step("translate") as step:
        decisions, strays = _survey(step, transmission)
        for decision in decisions:
            _enter(step, transmission, decision)
        accepted = {
            decision.report.header.index: decision
            for decision in decisions
            if decision.fate is Fate.ACCEPT
        }
        if accepted:
            _read_sets(step, transmission, accepted)
        _finish(step, transmission, decisions, strays)


def accept_conflict(step: Step, stored: StoredInterchange) -> None:
    """A person decided that an interchange with a used control number is a new one after all."""
    assert stored.transmission is not None  # noqa: S101 -- it came in a file
    transmission = step.tx.transmissions.get(stored.transmission)
    partner = step.gateway.partners[stored.partner]
    step.tx.interchanges.move(stored.id, InterchangeState.ACCEPTED)
    for decision in _survey(step, transmission)[0]:
        if decision.report.header.index == stored.ordinal:
            decision = replace(decision, fate=Fate.ACCEPT, partner=partner, id=stored.id)
            _read_sets(step, transmission, {stored.ordinal: decision})


# deciding


def _survey(step: Step, transmission: Transmission) -> tuple[list[Decision], list[Finding]]:
    """The interchanges of the file, each decided on its envelope, and what is none."""
    decisions: list[Decision] = []
    strays: list[Finding] = []
    with step.tx.payloads.open(transmission.payload) as source:
        found = read_file(chunks(source), step.gateway.definitions, wanted=lambda _header: False)
        for read in found:
            if isinstance(read, Stray):
                strays += read.findings
            elif isinstance(read, InterchangeRead):
                decisions.append(Decision(read.report, Fate.ACCEPT))
    with step.tx.payloads.open(transmission.payload) as source:
        for decision in decisions:
            end = decision.report.end
            decision.digest = _digest(source, end.start, end.end)
            _decide(step, transmission, decision)
    return decisions, strays


def _digest(source: BinaryIO, start: int, end: int) -> str:
    source.seek(start)
    digest, left = hashlib.sha256(), end - start
    while left > 0 and (block := source.read(min(CHUNK, left))):
        digest.update(block)
        left -= len(block)
    return digest.hexdigest()


def _decide(step: Step, transmission: Transmission, decision: Decision) -> None:
    header = decision.report.header
    partners = step.gateway.partners
    partner = find_sender(partners.values(), header.dialect, header.sender)
    decision.partner = partner
    refusal = _refusal(header, partner, transmission.partner)
    if refusal is not None or partner is None:
        decision.fate = Fate.HOLD
        decision.findings = (refusal,) if refusal else ()
        return
    original = step.tx.interchanges.find_by_identity(
        partner=partner.name,
        direction=Direction.IN,
        sender=str(header.sender),
        receiver=str(header.receiver),
        reference=header.reference,
        test=header.test,
    )
    if original is not None:
        _decide_repeated(transmission, decision, original)
    elif decision.report.rejected:
        decision.fate = Fate.REJECT


def _decide_repeated(
    transmission: Transmission, decision: Decision, original: StoredInterchange
) -> None:
    header = decision.report.header
    decision.original = original.id
    place = Position(interchange=header.index, tag=header.segment.tag, offset=header.segment.offset)
    detail = {"original": original.id}
    if original.transmission == transmission.id and original.ordinal == header.index:
        decision.fate = Fate.DONE
    elif original.bytes_hash == decision.digest:
        decision.fate = Fate.DUPLICATE
        decision.findings = (
            Finding(Code.INTERCHANGE_REPEATED, Severity.NOTE, place, header.reference, detail),
        )
    else:
        decision.fate = Fate.CONFLICT
        decision.findings = (
            Finding(Code.INTERCHANGE_CONFLICT, Severity.ERROR, place, header.reference, detail),
        )


def _refusal(header: Interchange, partner: Partner | None, folder: str) -> Finding | None:
    """Why an interchange cannot be taken from whoever sent it, if so."""
    tag, offset = header.segment.tag, header.segment.offset
    sender_at, receiver_at = (6, 8) if tag == "ISA" else (2, 3)
    place = Position(interchange=header.index, tag=tag, element=sender_at, offset=offset)
    if partner is None:
        return Finding(Code.SENDER_UNKNOWN, Severity.ERROR, place, str(header.sender))
    if partner.name != folder:
        detail = {"expected": partner.name, "folder": folder}
        return Finding(Code.SENDER_ELSEWHERE, Severity.ERROR, place, str(header.sender), detail)
    if header.receiver != partner.ours:
        place = replace(place, element=receiver_at)
        detail = {"expected": str(partner.ours)}
        return Finding(Code.RECEIVER_UNKNOWN, Severity.ERROR, place, str(header.receiver), detail)
    return None


# storing

_STATES = {
    Fate.ACCEPT: InterchangeState.ACCEPTED,
    Fate.REJECT: InterchangeState.REJECTED,
    Fate.DUPLICATE: InterchangeState.DUPLICATE,
    Fate.CONFLICT: InterchangeState.CONFLICT,
}


def _enter(step: Step, transmission: Transmission, decision: Decision) -> None:
    """The interchange's row, and all that needs no look at its sets."""
    state, partner = _STATES.get(decision.fate), decision.partner
    if state is None or partner is None:
        return
    header, end = decision.report.header, decision.report.end
    decision.id = step.gateway.new_id()
    findings = decision.findings + tuple(end.findings)
    step.tx.interchanges.add(
        StoredInterchange(
            id=decision.id,
            transmission=transmission.id,
            partner=partner.name,
            direction=Direction.IN,
            dialect=header.dialect.name,
            sender=str(header.sender),
            receiver=str(header.receiver),
            reference=header.reference,
            state=state,
            created_at=step.at,
            payload=transmission.payload,
            bytes_hash=decision.digest,
            offset=end.start,
            size=end.end - end.start,
            ordinal=header.index,
            findings=findings,
            test=header.test,
        )
    )
    step.record(
        f"interchange-{state}",
        partner=partner.name,
        transmission=transmission.id,
        interchange=decision.id,
        reference=header.reference,
        findings=codes_of(findings),
    )
    if header.test:
        step.tx.transmissions.mark_test(transmission.id)
    if decision.fate is Fate.REJECT:
        answer(step, partner, decision.report, decision.id)
    elif decision.fate is Fate.DUPLICATE:
        answer_again(step, partner.name, decision.original)
    elif decision.fate is Fate.CONFLICT:
        step.hold("interchange", decision.id, partner.name, decision.findings, transmission.name)


def _read_sets(step: Step, transmission: Transmission, accepted: dict[int, Decision]) -> None:
    """Delivers the good sets of accepted interchanges and queues their acknowledgments."""
    with step.tx.payloads.open(transmission.payload) as source:
        found = read_file(
            chunks(source),
            step.gateway.definitions,
            lambda header: accepted[header.index].partner if header.index in accepted else None,
            wanted=lambda header: header.index in accepted,
        )
        for read in found:
            if isinstance(read, SetRead):
                _store_set(step, transmission, accepted[read.interchange.index], read)
            elif isinstance(read, InterchangeRead):
                decision = accepted.get(read.report.header.index)
                if decision is not None and decision.partner is not None:
                    answer(step, decision.partner, read.report, decision.id)


def _store_set(step: Step, transmission: Transmission, decision: Decision, read: SetRead) -> None:
    partner, report = decision.partner, read.report
    assert partner is not None  # noqa: S101 -- accepted interchanges have one
    group_index = read.group.index if read.group else 0
    verdict = report.verdict
    if group_index in decision.bad_groups:
        verdict = Judged.REJECTED
    document = None
    if verdict is not Judged.REJECTED and read.reading is not None:
        document = _deliver(step, transmission, decision, read)
    stored = TransactionSet(
        id=step.gateway.new_id(),
        interchange=decision.id,
        kind=report.kind,
        reference=report.reference,
        verdict=Verdict(verdict.value),
        group_index=group_index,
        group_code=read.group.functional_id if read.group else None,
        group_reference=read.group.reference if read.group else None,
        set_index=read.set.index,
        release=read.set.release,
        findings=report.findings,
        document=document,
    )
    step.tx.sets.add_all([stored])
    if verdict is Judged.REJECTED:
        step.record(
            "set-rejected",
            partner=partner.name,
            transmission=transmission.id,
            interchange=decision.id,
            kind=report.kind,
            reference=report.reference,
            findings=codes_of(report.findings),
        )
    elif report.is_acknowledgment(read.interchange.dialect):
        settling.settle(step, partner, decision.id, stored, read)


def _deliver(step: Step, transmission: Transmission, decision: Decision, read: SetRead) -> str:
    """The document of an accepted set, queued for the ERP; its id."""
    partner, reading, map_ = decision.partner, read.reading, read.map
    assert partner is not None and reading is not None and map_ is not None  # noqa: S101, PT018
    document_id, data = step.gateway.new_id(), reading.document
    keys, test = keys_of(map_.document, data), read.interchange.test
    payload = step.tx.payloads.add(
        envelope_json(
            document_id=document_id,
            document_type=map_.document,
            partner=partner.name,
            test=test,
            data=data,
        )
    )
    step.tx.documents.add(
        Document(
            id=document_id,
            partner=partner.name,
            direction=Direction.IN,
            type=map_.document,
            number=keys.number,
            order_number=keys.order,
            payload=payload,
            content_hash=content_hash(map_.document, data),
            state=DocumentState.READY,
            created_at=step.at,
            updated_at=step.at,
            transmission=transmission.id,
            findings=read.report.findings,
            test=test,
        )
    )
    step.tx.publications.add(
        Publication(
            id=step.gateway.new_id(),
            owner=document_id,
            kind="document",
            partner=partner.name,
            folder="inbox/test" if test else "inbox/documents",
            name=f"{map_.document}-{document_id}.json",
            payload=payload,
            created_at=step.at,
        )
    )
    step.record(
        "document-ready",
        partner=partner.name,
        transmission=transmission.id,
        interchange=decision.id,
        document=document_id,
        order_number=keys.order,
        type=map_.document,
        number=keys.number,
    )
    return document_id


def _finish(
    step: Step, transmission: Transmission, decisions: list[Decision], strays: list[Finding]
) -> None:
    """The file's own state: held when nothing could be done with some of it."""
    held = [finding for one in decisions if one.fate is Fate.HOLD for finding in one.findings]
    if not decisions and not strays:
        strays = [Finding(Code.EMPTY_FILE)]
    findings = (*held, *strays)
    if held or not decisions:
        state = TransmissionState.HELD
        step.hold(
            "transmission", transmission.id, transmission.partner, findings, transmission.name
        )
    elif all(one.fate is Fate.DUPLICATE for one in decisions):
        state = TransmissionState.DUPLICATE
    else:
        state = TransmissionState.TRANSLATED
    step.tx.transmissions.move(transmission.id, state, findings=findings)
    step.record(
        f"file-{state}",
        partner=transmission.partner,
        transmission=transmission.id,
        name=transmission.name,
        findings=codes_of(findings),
    )
