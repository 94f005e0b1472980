"""Interchanges of ours: control numbers drawn, written, stored and queued for their folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import Any

from gateway.edi.dialect import X12
from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.edi.writer import Envelope
from gateway.edi.writer import SetBody
from gateway.edi.writer import write_interchange
from gateway.engine.composing import envelope_to
from gateway.engine.gateway import Step
from gateway.engine.ids import new_message_id
from gateway.engine.outgoing import Outgoing
from gateway.partner.partner import Partner
from gateway.store import As2Message
from gateway.store import As2State
from gateway.store import Direction
from gateway.store import Interchange
from gateway.store import InterchangeState
from gateway.store import Publication
from gateway.store import TransactionSet
from gateway.store import Transmission
from gateway.store import Verdict

if TYPE_CHECKING:
    from gateway.partner.as2 import As2Partner

_SET_DIGITS = 4  # ST02 has at least four characters
_AS_MADE = (
    "authentication-failed",
    "decompression-failed",
    "decryption-failed",
    "insufficient-message-security",
    "integrity-check-failed",
    "unsupported MIC-algorithms",
)
"""Dispositions of a message whose signature, encryption or compression was wrong."""
_REFUSED = (As2State.FAILED, As2State.NO_RECEIPT)


@dataclass(frozen=True, slots=True)
class Sent:
    """The stored interchange and its bytes."""

    interchange: Interchange
    envelope: Envelope
    data: bytes


@dataclass(frozen=True, slots=True)
class Again:
    """Something queued once more: `kind` is interchange or document."""

    partner: str
    kind: str
    name: str


def set_bodies(partner: Partner, outgoing: Outgoing) -> list[SetBody]:
    width = _SET_DIGITS if partner.dialect is X12 else 1
    return [
        SetBody(outgoing.identifier, str(number).zfill(width), body)
        for number, body in enumerate(outgoing.bodies, start=1)
    ]


def send(step: Step, partner: Partner, outgoing: Outgoing) -> Sent:
    """Draws the numbers, writes, stores, and queues the interchange for `outbox/edi` or AS2."""
    interchange_id = step.gateway.new_id()
    numbers = _draw(step, partner, outgoing, interchange_id)
    envelope = envelope_to(
        partner,
        outgoing.kind if outgoing.bodies else "",
        numbers=numbers,
        at=step.at.astimezone(step.gateway.settings.zone),
        test=outgoing.test,
        ack_requested=outgoing.awaits_acknowledgment,
    )
    bodies = set_bodies(partner, outgoing)
    data = write_interchange(envelope, bodies, outgoing.notes)
    payload = step.tx.payloads.add(data)
    interchange = Interchange(
        id=interchange_id,
        partner=partner.name,
        direction=Direction.OUT,
        dialect=partner.dialect.name,
        sender=str(envelope.sender),
        receiver=str(envelope.receiver),
        reference=envelope.reference,
        state=InterchangeState.QUEUED,
        created_at=step.at,
        payload=payload,
        bytes_hash=payload,
        size=len(data),
        acknowledges=outgoing.acknowledges,
        test=outgoing.test,
    )
    step.tx.interchanges.add(interchange)
    _add_sets(step, interchange, envelope, bodies, outgoing)
    _owe(step, partner, interchange, outgoing)
    return Sent(interchange, envelope, data)


def _draw(step: Step, partner: Partner, outgoing: Outgoing, interchange_id: str) -> tuple[int, int]:
    draw = step.tx.control_numbers.draw
    name = partner.dialect.name
    interchange = draw(partner.name, f"{name}.interchange", at=step.at, interchange=interchange_id)
    if partner.dialect is not X12 or not outgoing.bodies:
        return interchange, 0
    group = draw(partner.name, f"{name}.group", at=step.at, interchange=interchange_id)
    return interchange, group


def _add_sets(
    step: Step,
    interchange: Interchange,
    envelope: Envelope,
    bodies: list[SetBody],
    outgoing: Outgoing,
) -> None:
    grouped = bool(envelope.functional_id)
    awaited = Verdict.PENDING if outgoing.awaits_acknowledgment else Verdict.ACCEPTED
    step.tx.sets.add_all(
        TransactionSet(
            id=step.gateway.new_id(),
            interchange=interchange.id,
            kind=outgoing.kind,
            reference=body.reference,
            verdict=awaited,
            group_index=1 if grouped else 0,
            group_code=envelope.functional_id or None,
            group_reference=envelope.group_reference if grouped else None,
            set_index=number,
            release=envelope.release,
            document=outgoing.documents[number - 1] if outgoing.documents else None,
        )
        for number, body in enumerate(bodies, start=1)
    )


def _owe(step: Step, partner: Partner, interchange: Interchange, outgoing: Outgoing) -> None:
    """By AS2 where the partner has an address there, else as a file to collect."""
    kind = outgoing.kind if outgoing.bodies else "TA1"
    name = f"{kind}-{interchange.reference}-{interchange.id}.edi"
    if partner.as2 is not None and partner.as2.url:
        _owe_message(step, partner.as2, interchange, name)
    else:
        owe_file(step, interchange, name)


def owe_file(step: Step, interchange: Interchange, name: str) -> None:
    """It is to be collected from the partner's folder."""
    step.tx.publications.add(
        Publication(
            id=step.gateway.new_id(),
            owner=interchange.id,
            kind="interchange",
            partner=interchange.partner,
            folder="outbox/edi",
            name=name,
            payload=interchange.payload,
            created_at=step.at,
        )
    )


def _owe_message(step: Step, as2: As2Partner, interchange: Interchange, name: str) -> None:
    unique = step.gateway.new_id()
    step.tx.as2.add(
        As2Message(
            id=unique,
            partner=interchange.partner,
            direction=Direction.OUT,
            message_id=new_message_id(unique, as2.our_id),
            name=name,
            state=As2State.QUEUED,
            created_at=step.at,
            next_at=step.at,
            interchange=interchange.id,
        )
    )


def send_again(step: Step, owner: str) -> list[Again]:
    """Queues what shows an interchange or a document once more: same name, same bytes, by AS2 the
    same message."""
    found = []
    for publication in step.tx.publications.of_owner(owner):
        if publication.kind != "receipt":
            step.tx.publications.requeue(publication.id)
            found.append(Again(publication.partner, publication.kind, publication.name))
    message = None if found else step.tx.as2.of_interchange(owner)
    if message is not None:
        post_again(step, message)
        found.append(Again(message.partner, "interchange", message.name))
    return found


def post_again(step: Step, message: As2Message) -> None:
    """The same message with the same bytes, tried from now on as if it were new. One that the
    partner refused for how it was made is made anew: nothing of it was taken, and the same bytes
    would be refused again. A partner that has left AS2 gets it in its folder (`as2_leaving`)."""
    changes: dict[str, Any] = {"attempts": 0, "next_at": step.at, "receipt_due_at": None}
    if message.state is As2State.QUEUED:
        step.tx.as2.change(message.id, **changes)
        return
    partner = step.gateway.partners.get(message.partner)
    refused = message.state in _REFUSED and (message.disposition or "").endswith(_AS_MADE)
    if refused and message.interchange is not None and partner is not None and partner.as2:
        changes |= _unmade(step, partner.as2, message)
    step.tx.as2.move(message.id, As2State.QUEUED, **changes)


def _unmade(step: Step, as2: As2Partner, message: As2Message) -> dict[str, Any]:
    """It is made with the keys and certificates of when it is posted, under another Message-ID."""
    message_id = new_message_id(step.gateway.new_id(), as2.our_id)
    step.record(
        "as2-made-anew",
        partner=message.partner,
        interchange=message.interchange,
        message_id=message_id,
        instead_of=message.message_id,
        name=message.name,
    )
    made = {"headers": (), "payload": None, "mics": ()}
    answered = {"disposition": None, "receipt": None, "receipt_headers": ()}
    return {"message_id": message_id, **made, **answered}


def codes_of(findings: tuple[Finding, ...]) -> list[str]:
    """The codes of findings, for journal and log."""
    return sorted({finding.code.value for finding in findings})


def oversize(step: Step, transmission: Transmission, limit: int) -> Finding | None:
    """That a file has more than `limit` bytes, if so."""
    return oversize_of(step.tx.payloads.find_size(transmission.payload) or 0, limit)


def oversize_of(size: int, limit: int) -> Finding | None:
    """That these are more than `limit` bytes, if so."""
    if size <= limit:
        return None
    return Finding(Code.FILE_TOO_LARGE, value=f"{size} bytes", detail={"limit": str(limit)})
