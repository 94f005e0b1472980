"""What a partner sent: each interchange decided once, its good sets delivered, its answer queued.

One transaction a file. The file is read twice: first its envelopes, which decide what becomes of
each interchange before any of its sets is looked at, then the sets of those that are accepted.
"""

from __future__ import annotations

from gateway.ack.report import Verdict as Judged
from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.edi.finding import has_errors
from gateway.engine import settling
from gateway.engine.answering import answer
from gateway.engine.answering import answer_again
from gateway.engine.deciding import Decision
from gateway.engine.deciding import Fate
from gateway.engine.deciding import chunks
from gateway.engine.deciding import decide
from gateway.engine.deciding import survey
from gateway.engine.documents import keys_of
from gateway.engine.gateway import SHORT
from gateway.engine.gateway import Gateway
from gateway.engine.gateway import Step
from gateway.engine.holding import waits_for
from gateway.engine.keeping import keep_document
from gateway.engine.keeping import owe_document
from gateway.engine.reading import InterchangeRead
from gateway.engine.reading import SetRead
from gateway.engine.reading import read_file
from gateway.engine.sending import codes_of
from gateway.engine.sending import oversize
from gateway.store import Direction
from gateway.store import DocumentState
from gateway.store import Interchange as StoredInterchange
from gateway.store import InterchangeState
from gateway.store import TransactionSet
from gateway.store import Transmission
from gateway.store import TransmissionState
from gateway.store import Verdict


def translate(gateway: Gateway, transmission: Transmission) -> None:
    """Takes a received file through to its documents and acknowledgments, in one transaction."""
    with gateway.store.reading() as tx:
        short = (tx.payloads.find_size(transmission.payload) or 0) <= SHORT
    with gateway.step("translate", shared=short) as step:
        too_large = oversize(step, transmission, gateway.settings.largest_file)
        if too_large is not None:
            _finish(step, transmission, [], [too_large])
            return
        decisions, strays = survey(step, transmission)
        done = {one.ordinal for one in step.tx.interchanges.of_transmission(transmission.id)}
        for decision in decisions:
            if decision.report.header.index in done:
                decision.fate = Fate.DONE
            else:
                decide(step, transmission, decision)
                enter(step, transmission, decision)
        accepted = {
            decision.report.header.index: decision
            for decision in decisions
            if decision.fate is Fate.ACCEPT
        }
        if accepted:
            read_sets(step, transmission, accepted)
        _finish(step, transmission, decisions, strays)


_STATES = {
    Fate.ACCEPT: InterchangeState.ACCEPTED,
    Fate.REJECT: InterchangeState.REJECTED,
    Fate.DUPLICATE: InterchangeState.DUPLICATE,
    Fate.CONFLICT: InterchangeState.CONFLICT,
}


def enter(step: Step, transmission: Transmission, decision: Decision) -> None:
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


def read_sets(step: Step, transmission: Transmission, accepted: dict[int, Decision]) -> None:
    """Delivers the good sets of accepted interchanges and queues their acknowledgments."""
    with step.tx.payloads.open(transmission.payload) as source:
        found = read_file(
            chunks(source),
            step.gateway.definitions,
            lambda header: accepted[header.index].partner if header.index in accepted else None,
            wanted=lambda header: header.index in accepted,
            fast=True,
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
        set_index=read.set.ordinal,
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
        if report.is_acknowledgment(read.interchange.dialect):  # which nobody acknowledges
            step.hold("set", stored.id, partner.name, report.findings, report.reference)
    elif report.is_acknowledgment(read.interchange.dialect):
        settling.settle(step, partner, stored, read)


_HOLDING = frozenset({Code.DOCUMENT_INVALID, Code.LEVEL_UNKNOWN})
"""What a person must see before the ERP gets the document: it is no right one, or not all of it."""


def _deliver(step: Step, transmission: Transmission, decision: Decision, read: SetRead) -> str:
    """The document of an accepted set, queued for the ERP; its id."""
    partner, reading, map_ = decision.partner, read.reading, read.map
    assert partner is not None and reading is not None and map_ is not None  # noqa: S101, PT018
    test, keys = read.interchange.test, keys_of(map_.document, reading.document)
    reasons = tuple(one for one in read.report.findings if one.code in _HOLDING) or waits_for(
        step, transmission.partner, Direction.IN, map_.document, keys, test=test
    )
    document = keep_document(
        step,
        transmission,
        map_.document,
        reading.document,
        keys,
        state=DocumentState.HELD if reasons else DocumentState.READY,
        test=test,
        findings=read.report.findings,
        defaults=map_.defaults,
    )
    if reasons:
        step.hold("document", document.id, partner.name, reasons, document.number)
    else:
        owe_document(step, document)
    step.record(
        "document-held" if reasons else "document-ready",
        partner=partner.name,
        transmission=transmission.id,
        interchange=decision.id,
        document=document.id,
        order_number=document.order_number,
        type=document.type,
        number=document.number,
        findings=codes_of(reasons),
    )
    return document.id


def _finish(
    step: Step, transmission: Transmission, decisions: list[Decision], strays: list[Finding]
) -> None:
    """The file's own state: held when some of it could not be taken for an interchange."""
    held = [finding for one in decisions if one.fate is Fate.HOLD for finding in one.findings]
    if not decisions and not strays:
        strays = [Finding(Code.EMPTY_FILE)]
    findings = (*held, *strays)
    if has_errors(findings) or not decisions:
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
