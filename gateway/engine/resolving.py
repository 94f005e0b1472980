"""What a person decides: holds released or rejected, documents sent again."""

from __future__ import annotations

from dataclasses import replace

from gateway.edi.finding import Finding
from gateway.engine.as2_arriving import go_without_receipt
from gateway.engine.as2_arriving import is_answered
from gateway.engine.conflicting import accept_conflict
from gateway.engine.conflicting import refuse_conflict
from gateway.engine.gateway import Gateway
from gateway.engine.gateway import Step
from gateway.engine.gateway import behind_of
from gateway.engine.holding import still_waits_for
from gateway.engine.keeping import owe_document
from gateway.engine.receipts import write_file_receipt
from gateway.engine.receipts import write_receipt
from gateway.engine.refusing import refuse_file
from gateway.engine.sending import post_again
from gateway.engine.sending import send_again
from gateway.store import As2Message
from gateway.store import Direction
from gateway.store import Document
from gateway.store import DocumentState
from gateway.store import Hold
from gateway.store import InterchangeState
from gateway.store import MoveRefusedError
from gateway.store import NotFoundError
from gateway.store import Resolution
from gateway.store import TransmissionState
from gateway.store import Verdict


def release(gateway: Gateway, key: str, who: str, note: str | None = None) -> Hold:
    """Lets held work go on; `key` is the id of the hold or of what is held.

    Raises NotFoundError, MoveRefusedError.
    """
    with gateway.step("resolve") as step:
        hold = _resolve(step, _find_hold(step, key), Resolution.RELEASED, who, note)
        _go_on(step, hold)
        return hold


def release_waiting(gateway: Gateway) -> int:
    """Lets go on what waits behind documents that are held no longer; how much there was."""
    with gateway.store.reading() as tx:
        free = [hold for hold in tx.holds.free() if hold.partner not in gateway.waiting]
    if free:
        with gateway.step("resolve") as step:
            for hold in free:
                _wait_or_go_on(step, hold)
    return len(free)


def _wait_or_go_on(step: Step, hold: Hold) -> None:
    if hold.what == "document":
        waits = still_waits_for(step, step.tx.documents.get(hold.target))
        if waits:
            step.tx.holds.wait(hold.id, behind_of(waits), waits)
            return
    note = "the earlier document is decided"
    _go_on(step, _resolve(step, hold, Resolution.RELEASED, "gateway", note))


def _go_on(step: Step, hold: Hold) -> None:
    """A file is translated again, a conflict is accepted as new, a document is delivered as it is,
    an AS2 message is posted again, an acknowledgment that names nothing of ours is laid aside as
    seen."""
    if hold.what == "transmission":
        step.tx.transmissions.move(hold.target, TransmissionState.RECEIVED)
    elif hold.what == "interchange":
        accept_conflict(step, step.tx.interchanges.get(hold.target))
    elif hold.what == "document":
        step.tx.documents.move(hold.target, DocumentState.READY, at=step.at)
        owe_document(step, step.tx.documents.get(hold.target))
    elif hold.what == "as2":
        _post_again(step, hold.target)


def reject(gateway: Gateway, key: str, who: str, note: str | None = None) -> Hold:
    """Refuses held work for good; its bytes stay in the store, and the partner is told where it
    can be. Raises as `release`."""
    with gateway.step("resolve") as step:
        hold = _resolve(step, _find_hold(step, key), Resolution.REJECTED, who, note)
        if hold.what == "transmission":
            _refuse_file(step, hold)
        elif hold.what == "interchange":
            refuse_conflict(step, step.tx.interchanges.get(hold.target))
        elif hold.what == "set":
            _lay_aside(step, hold.target)
        elif hold.what == "document":
            step.tx.documents.move(hold.target, DocumentState.REJECTED, at=step.at)
        elif hold.what == "as2":
            for document in _held_with(step, step.tx.as2.get(hold.target)):
                findings = tuple(_given_up(one, who) for one in document.findings)
                step.tx.documents.move(
                    document.id, DocumentState.REJECTED, at=step.at, findings=findings
                )
                write_receipt(step, document.id)
        return hold


def _given_up(finding: Finding, who: str) -> Finding:
    return replace(finding, detail={**finding.detail, "who": who})


def _refuse_file(step: Step, hold: Hold) -> None:
    step.tx.transmissions.move(hold.target, TransmissionState.REJECTED)
    transmission = step.tx.transmissions.get(hold.target)
    if transmission.direction is Direction.OUT:
        write_file_receipt(step, transmission, "refused", hold.findings)
    else:
        refuse_file(step, transmission)


def _post_again(step: Step, message_id: str) -> None:
    message = step.tx.as2.get(message_id)
    if is_answered(step, message.interchange):
        go_without_receipt(step, message, "the partner has what it carries")
        return
    post_again(step, message)
    for document in _held_with(step, message):
        step.tx.documents.move(document.id, DocumentState.QUEUED, at=step.at, findings=())
        write_receipt(step, document.id)


def _held_with(step: Step, message: As2Message) -> list[Document]:
    """The documents that wait because their message was not delivered."""
    found = step.tx.documents.of_interchange(message.interchange or "")
    return [document for document in found if document.state is DocumentState.HELD]


def _lay_aside(step: Step, set_id: str) -> None:
    if step.tx.sets.get(set_id).verdict is not Verdict.REJECTED:
        step.tx.sets.judge(set_id, Verdict.REJECTED)


def _find_hold(step: Step, key: str) -> Hold:
    try:
        return step.tx.holds.find_open(key) or step.tx.holds.get(key)
    except NotFoundError as error:
        raise NotFoundError(f"nothing is held as {key}: see `gateway held list`") from error


def _resolve(step: Step, hold: Hold, resolution: Resolution, who: str, note: str | None) -> Hold:
    if hold.partner in step.gateway.waiting:
        fault = step.gateway.broken[hold.partner][0]
        raise MoveRefusedError(f"{hold.partner} is to be mended first, then try again: {fault}")
    resolved = step.tx.holds.resolve(hold.id, resolution, at=step.at, who=who, note=note)
    step.record(
        f"hold-{resolution}",
        partner=hold.partner,
        transmission=hold.target if hold.what == "transmission" else None,
        interchange=hold.target if hold.what == "interchange" else None,
        document=hold.target if hold.what == "document" else None,
        hold=hold.id,
        who=who,
        note=note,
    )
    return resolved


def resend(gateway: Gateway, key: str, who: str) -> dict[str, list[str]]:
    """Publishes once more, under the same names and byte for byte, what shows a document or an
    interchange: `names`, of which `answered` are those that the partner is known to have. `key` is
    the id of either.

    Raises NotFoundError when there is nothing to send again.
    """
    names: list[str] = []
    answered: list[str] = []
    with gateway.step("resend") as step:
        for owner in _owners(step, key):
            for again in send_again(step, owner):
                names.append(again.name)
                step.record(
                    "sent-again",
                    partner=again.partner,
                    interchange=owner if again.kind == "interchange" else None,
                    document=owner if again.kind == "document" else None,
                    name=again.name,
                    who=who,
                )
                if again.kind == "interchange":
                    _await_again(step, owner)
                    if is_answered(step, owner):
                        answered.append(again.name)
        if not names:
            raise NotFoundError(
                f"nothing with the id {key} was published: give the id of a document or an "
                "interchange, as `gateway trace NUMBER` shows it"
            )
    return {"names": names, "answered": answered}


_UNANSWERED = {DocumentState.SENT, DocumentState.OVERDUE, DocumentState.REJECTED}


def _await_again(step: Step, interchange: str) -> None:
    """What is sent again, and was not accepted, awaits an acknowledgment as if it were new."""
    waiting = [one for one in step.tx.documents.of_interchange(interchange) if _waits(one)]
    if not waiting:
        return
    if step.tx.interchanges.get(interchange).state is not InterchangeState.QUEUED:
        step.tx.interchanges.move(interchange, InterchangeState.QUEUED)
    for document in waiting:
        step.tx.documents.move(document.id, DocumentState.QUEUED, at=step.at, findings=())
        step.tx.alerts.forget(document.id)
        for carried in step.tx.sets.carrying(document.id):
            if carried.interchange == interchange and carried.verdict is not Verdict.PENDING:
                step.tx.sets.judge(carried.id, Verdict.PENDING, findings=())
        write_receipt(step, document.id)


def _waits(document: Document) -> bool:
    return document.direction is Direction.OUT and document.state in _UNANSWERED


def _owners(step: Step, key: str) -> list[str]:
    """The id itself, and for a document of ours the interchange that carries it now."""
    carried = step.tx.sets.carrying(key)
    return [carried[0].interchange] if carried and _is_ours(step, key) else [key]


def _is_ours(step: Step, document_id: str) -> bool:
    return step.tx.documents.get(document_id).receipt_name is not None
