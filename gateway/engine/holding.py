"""Files that are held, and documents that wait: of those with one business key, a later one goes
behind one that is held or could not be sent yet.

The key of an order, a notice or an invoice is its number, that of a response the order it answers:
a change must not come before what it changes. Other documents of a purchase wait for nobody.
"""

from __future__ import annotations

from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.engine.documents import Keys
from gateway.engine.gateway import Step
from gateway.engine.gateway import behind_of
from gateway.engine.receipts import write_file_receipt
from gateway.engine.sending import codes_of
from gateway.store import Direction
from gateway.store import Document
from gateway.store import Transmission
from gateway.store import TransmissionState


def hold_file(
    step: Step,
    transmission: Transmission,
    findings: tuple[Finding, ...],
    order_number: str | None = None,
) -> None:
    """Leaves a file to a person, or behind the document it waits for. `order_number` is what one
    that holds a document names."""
    step.tx.transmissions.move(transmission.id, TransmissionState.HELD, findings=findings)
    step.hold("transmission", transmission.id, transmission.partner, findings, transmission.name)
    if transmission.direction is Direction.OUT:
        write_file_receipt(step, transmission, "held", findings)
    step.record(
        "file-held",
        partner=transmission.partner,
        transmission=transmission.id,
        order_number=order_number,
        name=transmission.name,
        findings=codes_of(findings),
    )


def waits_for(
    step: Step, partner: str, direction: Direction, document_type: str, keys: Keys, *, test: bool
) -> tuple[Finding, ...]:
    """Why a new document waits: the first of its key that is held, or was not taken yet by the
    partner's server."""
    by, key = "number", keys.number
    if document_type == "purchase_order_response" and keys.order:
        by, key = "order_number", keys.order
    first = step.tx.documents.waited_for(
        document_type, key, by=by, partner=partner, direction=direction, test=test
    )
    if first is None:
        return ()
    return (Finding(Code.EARLIER_HELD, value=first.number, detail={"document": first.id}),)


def still_waits_for(step: Step, document: Document) -> tuple[Finding, ...]:
    """Why a held document still waits: an earlier one of its key, where one is held."""
    waits = waits_for(
        step,
        document.partner,
        document.direction,
        document.type,
        Keys(document.number, document.order_number),
        test=document.test,
    )
    return waits if behind_of(waits) != document.id else ()
