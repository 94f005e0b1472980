"""What the ERP dropped for a partner: one document a file, sent once, followed by its receipt."""

from __future__ import annotations

from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.edi.finding import Position
from gateway.edi.finding import Severity
from gateway.edi.finding import has_errors
from gateway.engine.composing import Composed
from gateway.engine.composing import compose
from gateway.engine.documents import Keys
from gateway.engine.documents import content_hash
from gateway.engine.documents import keys_of
from gateway.engine.dropped import Dropped
from gateway.engine.dropped import number_named
from gateway.engine.dropped import of_another
from gateway.engine.dropped import read_document
from gateway.engine.gateway import Gateway
from gateway.engine.gateway import Step
from gateway.engine.holding import hold_file
from gateway.engine.holding import waits_for
from gateway.engine.keeping import keep_document
from gateway.engine.outgoing import Outgoing
from gateway.engine.receipts import write_file_receipt
from gateway.engine.receipts import write_receipt
from gateway.engine.receipts import write_repeated_receipt
from gateway.engine.sending import codes_of
from gateway.engine.sending import oversize
from gateway.engine.sending import send
from gateway.partner.partner import Partner
from gateway.store import Direction
from gateway.store import Document
from gateway.store import DocumentState
from gateway.store import Transmission
from gateway.store import TransmissionState

LARGEST_DOCUMENT = 64 << 20
"""Bytes; a document is held in memory whole, an interchange never is."""


def translate(gateway: Gateway, transmission: Transmission) -> None:
    """Takes a dropped file through to its queued interchange or its refusal, in one transaction."""
    partner = gateway.partners.get(transmission.partner)
    with gateway.step("translate") as step:
        dropped, findings = _read(step, transmission, partner)
        if dropped is None or partner is None or has_errors(findings):
            _refuse(step, transmission, tuple(findings))
            return
        original = _find_original(step, partner, dropped)
        if original is not None:
            _repeat(step, transmission, dropped, original)
            return
        composed = compose(dropped, partner, gateway.definitions)
        findings += composed.findings
        if has_errors(findings):
            _refuse(step, transmission, tuple(findings))
            return
        test, keys = dropped.test or partner.test, keys_of(dropped.type, dropped.data)
        waits = waits_for(step, partner.name, Direction.OUT, dropped.type, keys, test=test)
        if waits:
            hold_file(step, transmission, waits, keys.order or keys.number)
        else:
            _queue(step, transmission, partner, dropped, keys, composed, tuple(findings))


def _read(
    step: Step, transmission: Transmission, partner: Partner | None
) -> tuple[Dropped | None, list[Finding]]:
    """The document in the file, and what is wrong with it for this partner."""
    limit = min(step.gateway.settings.largest_file, LARGEST_DOCUMENT)
    too_large = oversize(step, transmission, limit)
    if too_large is not None:
        return None, [too_large]
    content = step.tx.payloads.get(transmission.payload)
    dropped, findings = read_document(content, step.gateway.definitions.schemas)
    if partner is None:
        findings.append(Finding(Code.PARTNER_UNKNOWN, value=transmission.partner))
    else:
        findings += of_another(dropped, partner.name)
    return dropped, findings


def event_key(dropped: Dropped) -> str:
    """What makes two drops the same event: the id its sender gave it, else what it says it is."""
    if dropped.event:
        return f"id/{dropped.event}"
    data = dropped.data
    parts = (dropped.type, data.get("id"), data.get("purpose"), data.get("release_number"))
    return "/".join(str(part or "") for part in parts)


def _find_original(step: Step, partner: Partner, dropped: Dropped) -> Document | None:
    """The document that is this event already. One without an id is also any that says the same."""
    found, test = step.tx.documents, dropped.test or partner.test
    original = found.find_by_event(partner.name, Direction.OUT, event_key(dropped), test=test)
    if original is not None or dropped.event:
        return original
    return found.find_saying(
        content_hash(dropped.type, dropped.data),
        number=keys_of(dropped.type, dropped.data).number,
        partner=partner.name,
        direction=Direction.OUT,
        test=test,
    )


def _repeat(step: Step, transmission: Transmission, dropped: Dropped, original: Document) -> None:
    """The same event again is answered the same; the same event saying something else is not."""
    if content_hash(dropped.type, dropped.data) != original.content_hash:
        detail = {"original": original.id}
        finding = Finding(
            Code.DOCUMENT_CONFLICT, Severity.ERROR, Position(), event_key(dropped), detail
        )
        _refuse(step, transmission, (finding,))
        return
    step.tx.transmissions.move(transmission.id, TransmissionState.DUPLICATE)
    write_repeated_receipt(step, transmission, original)
    step.record(
        "document-repeated",
        partner=transmission.partner,
        transmission=transmission.id,
        document=original.id,
        order_number=original.order_number,
        name=transmission.name,
    )


def _refuse(step: Step, transmission: Transmission, findings: tuple[Finding, ...]) -> None:
    step.tx.transmissions.move(transmission.id, TransmissionState.REJECTED, findings=findings)
    write_file_receipt(step, transmission, "refused", findings)
    readable = all(finding.code is not Code.FILE_TOO_LARGE for finding in findings)
    content = step.tx.payloads.get(transmission.payload) if readable else b""
    step.record(
        "document-refused",
        partner=transmission.partner,
        transmission=transmission.id,
        order_number=number_named(content),
        name=transmission.name,
        findings=codes_of(findings),
    )
    step.alert(
        "refused",
        transmission.id,
        partner=transmission.partner,
        name=transmission.name,
        findings=codes_of(findings),
    )


def _queue(
    step: Step,
    transmission: Transmission,
    partner: Partner,
    dropped: Dropped,
    keys: Keys,
    composed: Composed,
    findings: tuple[Finding, ...],
) -> None:
    test = dropped.test or partner.test
    document = keep_document(
        step,
        transmission,
        dropped.type,
        dropped.data,
        keys,
        state=DocumentState.QUEUED,
        test=test,
        findings=findings,
        event_key=event_key(dropped),
        receipt_name=f"{transmission.name}.receipt.json",
    )
    outgoing = Outgoing(
        composed.kind,
        composed.identifier,
        [composed.body],
        test=test,
        awaits_acknowledgment=True,
        documents=[document.id],
    )
    sent = send(step, partner, outgoing)
    step.tx.transmissions.move(transmission.id, TransmissionState.TRANSLATED)
    step.record(
        "document-queued",
        partner=partner.name,
        transmission=transmission.id,
        interchange=sent.interchange.id,
        document=document.id,
        order_number=document.order_number,
        type=document.type,
        number=document.number,
        reference=sent.envelope.reference,
        map=composed.map,
    )
    write_receipt(step, document.id)
