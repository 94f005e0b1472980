"""What a partner confirms by other means than an acknowledgment: a person settles it."""

from __future__ import annotations

from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.edi.finding import Severity
from gateway.engine.as2_arriving import UNANSWERED
from gateway.engine.as2_arriving import note_answer
from gateway.engine.gateway import Gateway
from gateway.engine.gateway import Step
from gateway.engine.receipts import write_receipt
from gateway.store import Direction
from gateway.store import Document
from gateway.store import DocumentState
from gateway.store import MoveRefusedError
from gateway.store import NotFoundError
from gateway.store import Verdict


def settle_by_person(gateway: Gateway, key: str, who: str, note: str) -> str:
    """Accepts a document that went out and was not answered, also one that was held or given up as
    not delivered; its id, which is the key. The same again changes nothing; once settled it stays
    as it is.

    Raises NotFoundError, MoveRefusedError.
    """
    if not note.strip():
        raise MoveRefusedError("the note is empty: say why, for the record and the receipt")
    with gateway.step("resolve") as step:
        document = _find_ours(step, key)
        for finding in document.findings:
            if finding.code is Code.SETTLED_BY_PERSON:
                if finding.value == note:
                    return document.id
                raise MoveRefusedError(
                    f"it was settled by {finding.detail['who']} before, with another note, which "
                    f"stays: see `gateway trace {document.id}`"
                )
        reason = _why_not(step, document)
        if reason:
            raise MoveRefusedError(f"it is {document.state}: {reason}")
        _settle(step, document, who, note)
    return document.id


def _why_not(step: Step, document: Document) -> str:
    """Why a document cannot be settled, and what to do instead; nothing where it can be."""
    carried = step.tx.sets.carrying(document.id)
    if not carried:
        return f"it was not sent, see `gateway trace {document.id}`"
    if document.state is DocumentState.QUEUED and not _was_tried(step, carried[0].interchange):
        return "it has not gone out yet, see `gateway status`; settle it when it has"
    if carried[0].verdict in UNANSWERED:
        return ""
    if document.state is DocumentState.REJECTED:
        return (
            f"the partner refused it, see `gateway trace {document.id}`; a corrected acknowledgment"
            " of theirs still counts, else mend the document and drop it anew"
        )
    return "the partner has answered, there is nothing to settle"


def _was_tried(step: Step, interchange: str) -> bool:
    """Whether the partner's server may have taken it, although it did not say so."""
    message = step.tx.as2.of_interchange(interchange)
    return message is not None and message.attempts > 0


def _settle(step: Step, document: Document, who: str, note: str) -> None:
    finding = Finding(Code.SETTLED_BY_PERSON, Severity.NOTE, value=note, detail={"who": who})
    step.tx.documents.move(document.id, DocumentState.ACCEPTED, at=step.at, findings=(finding,))
    for carried in step.tx.sets.carrying(document.id):
        if carried.verdict in UNANSWERED:
            step.tx.sets.judge(carried.id, Verdict.ACCEPTED)
        note_answer(step, carried.interchange, who, note)
    step.tx.alerts.forget(document.id)
    step.record(
        "document-settled",
        partner=document.partner,
        document=document.id,
        order_number=document.order_number,
        type=document.type,
        number=document.number,
        who=who,
        note=note,
    )
    write_receipt(step, document.id)


def _find_ours(step: Step, key: str) -> Document:
    try:
        document = step.tx.documents.get(key)
    except NotFoundError:
        document = None
    if document is None or document.direction is not Direction.OUT:
        raise NotFoundError(
            _instead_of_held(step, key)
            or f"no document of ours has the id {key}: give the one that "
            "`gateway trace NUMBER` shows"
        )
    return document


def _instead_of_held(step: Step, key: str) -> str:
    """What to do with something held that is no document we sent."""
    hold = next((one for one in step.tx.holds.unresolved() if key in (one.id, one.target)), None)
    if hold is None:
        return ""
    if hold.what != "as2":
        return f"{key} was never sent, it is held: see `gateway held show {hold.id}`"
    message = step.tx.as2.get(hold.target)
    carried = [one.id for one in step.tx.documents.of_interchange(message.interchange or "")]
    if carried:
        return f"{key} is the message, give the id of what it carries: {', '.join(carried)}"
    return f"{key} carries no document: `gateway held reject {hold.id}` gives it up"
