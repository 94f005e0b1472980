"""What became of a message of ours: taken, delivered, or failed and left to a person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from gateway.as2 import Entity
from gateway.as2 import Mic
from gateway.as2 import Outcome
from gateway.as2 import Receipt
from gateway.as2 import ReceiptError
from gateway.as2 import Trust
from gateway.as2 import read_mic
from gateway.as2 import read_receipt
from gateway.as2 import settle
from gateway.as2.names import bare_message_id
from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.engine.as2_arriving import go_without_receipt
from gateway.engine.as2_arriving import is_answered
from gateway.engine.as2_arriving import taken
from gateway.engine.as2_opening import as2_of
from gateway.engine.gateway import Gateway
from gateway.engine.gateway import Step
from gateway.engine.receipts import write_receipt
from gateway.partner.partner import Partner
from gateway.store import As2Message
from gateway.store import As2State
from gateway.store import Direction
from gateway.store import DocumentState
from gateway.store import Resolution
from gateway.transport.http_server import Reply
from gateway.transport.http_server import text_reply

_DECIDED = (As2State.FAILED, As2State.NO_RECEIPT, As2State.LEFT)
_FOLLOWED = {DocumentState.QUEUED, DocumentState.SENT, DocumentState.OVERDUE}


def take_receipt(gateway: Gateway, partner: Partner, entity: Entity) -> Reply:
    """A receipt that was posted to us. One that is not to be believed changes nothing."""
    try:
        receipt = believed(gateway, partner, entity)
        message = _find(gateway, partner, receipt)
        outcome = judged(partner, message, receipt)
    except ReceiptError as error:
        with gateway.step("as2-refuse") as step:
            step.record("as2-receipt-not-believed", partner=partner.name, reason=str(error)[:500])
        return text_reply(400, "not a receipt for a message of ours")
    with gateway.step("as2-settle", shared=True) as step:
        message = step.tx.as2.get(message.id)
        if message.state is As2State.DELIVERED:
            step.record("as2-receipt-repeated", partner=partner.name, name=message.name)
        else:
            apply(step, message, receipt, outcome, entity)
    return Reply(200)


def believed(gateway: Gateway, partner: Partner, entity: Entity) -> Receipt:
    """The receipt in an answer or a POST. Raises ReceiptError."""
    as2 = as2_of(partner)
    return read_receipt(entity, Trust(as2.verify, gateway.clock(), as2.policy))


def judged(partner: Partner, message: As2Message, receipt: Receipt) -> Outcome:
    """What the receipt means for the message. Raises ReceiptError."""
    signed = as2_of(partner).receipt_signed
    return settle(receipt, message.message_id, mics_of(message), signed=signed)


def mics_of(message: As2Message) -> tuple[Mic, ...]:
    """The MICs of which the partner must return one."""
    found = (read_mic(mic) for mic in message.mics)
    return tuple(mic for mic in found if mic is not None)


def _find(gateway: Gateway, partner: Partner, receipt: Receipt) -> As2Message:
    message_id = f"<{bare_message_id(receipt.message_id)}>"
    with gateway.store.reading() as tx:
        found = tx.as2.find(partner.name, Direction.OUT, message_id)
    if found is None:
        raise ReceiptError(f"we sent no message {message_id[:200]}")
    return found


def apply(
    step: Step, message: As2Message, receipt: Receipt, outcome: Outcome, entity: Entity
) -> None:
    """A receipt we rely on settles its message, late or not."""
    kept = {
        "disposition": str(receipt.disposition),
        "receipt": step.tx.payloads.add(bytes(entity.body)),
        "receipt_headers": entity.headers.fields,
    }
    if outcome not in (Outcome.DELIVERED, Outcome.DELIVERED_WITH_WARNING):
        says = f"{outcome.value}: {str(receipt.disposition).partition('; ')[2]}"
        if message.state not in _DECIDED:
            fail(step, message, says, **kept)
        return
    hold = step.tx.holds.find_open(message.id)
    if hold is not None:
        step.tx.holds.resolve(
            hold.id, Resolution.RELEASED, at=step.at, who="gateway", note="its receipt came"
        )
    done = {"next_at": None, "receipt_due_at": None}
    step.tx.as2.move(message.id, As2State.DELIVERED, **done, **kept)
    step.record(
        "as2-delivered",
        partner=message.partner,
        interchange=message.interchange,
        message_id=message.message_id,
        disposition=str(receipt.disposition),
        mic=str(receipt.mic) if receipt.mic else "",
    )
    taken(step, message)
    for document in step.tx.documents.of_interchange(message.interchange or ""):
        write_receipt(step, document.id)


def fail(step: Step, message: As2Message, reason: str, **kept: Any) -> None:
    """Gives the delivery up: held for a person, who is told, as the documents' receipts are. Nobody
    need decide where the partner is known to have it all."""
    if is_answered(step, message.interchange):
        go_without_receipt(step, message, reason, **kept)
        return
    step.tx.as2.move(message.id, As2State.FAILED, next_at=None, receipt_due_at=None, **kept)
    finding = Finding(Code.DELIVERY_FAILED, value=reason[:500])
    if step.tx.holds.find_open(message.id) is None:  # else it was sent again beside its hold
        step.hold("as2", message.id, message.partner, (finding,), message.name)
    step.record(
        "as2-failed",
        partner=message.partner,
        interchange=message.interchange,
        message_id=message.message_id,
        name=message.name,
        reason=reason[:500],
        findings=[finding.code.value],
    )
    for document in step.tx.documents.of_interchange(message.interchange or ""):
        if document.state in _FOLLOWED:
            step.tx.documents.move(document.id, DocumentState.HELD, at=step.at, findings=(finding,))
            write_receipt(step, document.id)


def fail_overdue(gateway: Gateway) -> int:
    """Messages whose receipt did not come in time are given up; how many. A late one still
    settles them."""
    partners = [partner.as2 for partner in list(gateway.partners.values()) if partner.as2]
    longest = max((as2.receipt_deadline for as2 in partners), default=timedelta())
    with gateway.store.reading() as tx:
        late = tx.as2.overdue(gateway.clock(), longest)
    for message in late:
        with gateway.step("as2-sent") as step:
            if step.tx.as2.get(message.id).state is As2State.SENT:
                fail(step, message, "no receipt came in time")
    return len(late)
