"""What an AS2 message of a partner's becomes: transmissions and a receipt, in one transaction."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from dataclasses import replace
from datetime import datetime
from typing import Any
from typing import BinaryIO

from gateway import __version__
from gateway.as2 import Built
from gateway.as2 import CertExchange
from gateway.as2 import Certificate
from gateway.as2 import CertificateError
from gateway.as2 import Disposition
from gateway.as2 import Entity
from gateway.as2 import Headers
from gateway.as2 import MessageError
from gateway.as2 import Mic
from gateway.as2 import Octets
from gateway.as2 import Opened
from gateway.as2 import Payload
from gateway.as2 import Request
from gateway.as2 import Signer
from gateway.as2 import Trust
from gateway.as2 import build_receipt
from gateway.as2 import check_request
from gateway.as2 import current
from gateway.as2 import open_message
from gateway.as2 import read_exchange
from gateway.as2 import read_request
from gateway.as2.disposition import UnexpectedProcessingError
from gateway.as2.receipt import PROCESSED_SENTENCE
from gateway.edi.finding import DefinitionError
from gateway.engine.as2_following import follow_signer
from gateway.engine.gateway import SHORT
from gateway.engine.gateway import Gateway
from gateway.engine.gateway import Step
from gateway.engine.ids import new_message_id
from gateway.engine.log import log
from gateway.engine.offers import record_exchange
from gateway.engine.offers import take_exchange
from gateway.engine.working import attempt
from gateway.partner.as2 import As2Partner
from gateway.partner.partner import Partner
from gateway.store import As2Message
from gateway.store import As2State
from gateway.store import Direction
from gateway.store import Transmission
from gateway.store import as2_claim
from gateway.transport import readable_name

PRODUCT = f"edi-gateway:{__version__}"
_IN_MEMORY = 1 << 20

Outcome = tuple[As2Message, Built | None]
"""A message as it now is, and its receipt where it asks for one."""
Keep = Callable[[Step, As2State, dict[str, Any]], As2Message]
"""Writes the row of a message with its state and the columns that say what became of it."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What we say of a message: its disposition and MIC, its payloads where it is accepted, and
    for our own record the reason, the layers found and who signed. An `exchange` of certificates
    has no payloads for anybody else."""

    disposition: Disposition
    sentence: str = PROCESSED_SENTENCE
    mic: Mic | None = None
    payloads: tuple[Payload, ...] = ()
    reason: str = ""
    layers: tuple[str, ...] = ()
    signer: Certificate | None = None
    exchange: CertExchange | None = None


def as2_of(partner: Partner) -> As2Partner:
    """The AS2 settings of a partner that has them."""
    if partner.as2 is None:
        raise ValueError(f"{partner.name} does not trade by AS2")
    return partner.as2


def request_of(message: As2Message) -> Request:
    """What a stored message's header fields say."""
    return read_request(Headers.of(message.headers))


def open_stored(gateway: Gateway, partner: Partner, message: As2Message) -> Outcome:
    """Opens a message whose bytes are stored."""

    def keep(step: Step, state: As2State, changes: dict[str, Any]) -> As2Message:
        step.tx.as2.move(message.id, state, **changes)
        return replace(message, state=state, **changes)

    with _content(gateway, message) as content:
        entity = Entity(Headers.of(message.headers), Octets.in_file(content))
        return open_posted(gateway, partner, request_of(message), entity, keep)


def open_posted(
    gateway: Gateway,
    partner: Partner,
    request: Request,
    entity: Entity,
    keep: Keep,
) -> Outcome:
    """Opens a message; what it is and its receipt are committed with its row.
    Whatever goes wrong with it, it is decided: a repeat is processed afresh."""
    with ExitStack() as files:
        judged = judge(gateway, partner, request, entity, files)
        if judged.exchange is not None:
            judged = _taken(gateway, partner, judged, judged.exchange)
        receipt = receipt_of(gateway, partner, request, judged)
        with gateway.step("as2-open", shared=len(entity.body) <= SHORT) as step:
            message = _decide(step, partner, keep, request, judged, receipt)
    if judged.signer is not None:
        follow_signer(gateway, partner, judged.signer)
    return message, receipt


def _content(gateway: Gateway, message: As2Message) -> BinaryIO:
    with gateway.store.reading() as tx:
        return tx.payloads.open(message.payload or "")


class _Scratch(tempfile.SpooledTemporaryFile[bytes]):
    """Leaves memory as it grows; the library's own looks at its size after the last line only."""

    def writelines(self, chunks: Iterable[Any]) -> None:
        for chunk in chunks:
            self.write(chunk)


def scratch_in(gateway: Gateway, files: ExitStack) -> Callable[[], Any]:
    """Makes scratch files that are gone with `files`; small ones never leave memory."""
    spool = gateway.home.spool
    spool.mkdir(parents=True, exist_ok=True)

    def scratch() -> Any:
        return files.enter_context(_Scratch(_IN_MEMORY, dir=str(spool)))

    return scratch


def judge(
    gateway: Gateway, partner: Partner, request: Request, entity: Entity, files: ExitStack
) -> Judged:
    """Opens a message; a refusal and a fault of our own are judgments too."""

    def opened() -> Judged:
        as2 = as2_of(partner)
        trust = Trust(as2.verify, gateway.clock(), as2.policy)
        try:
            check_request(request, as2.policy)
            keys = gateway.own.decrypt if gateway.own else ()
            found = open_message(request, entity, trust, keys, scratch_in(gateway, files))
            return _accepted(found, read_exchange(found, request.sender))
        except MessageError as refusal:
            return _refused(refusal)

    def failed(reason: str) -> Judged:
        return _refused(UnexpectedProcessingError(reason))

    return attempt(opened, failed, about=request.message_id)


def _taken(gateway: Gateway, partner: Partner, judged: Judged, exchange: CertExchange) -> Judged:
    try:
        take_exchange(gateway, partner, exchange)
    except (MessageError, DefinitionError) as fault:
        refusal = fault if isinstance(fault, MessageError) else None
        return _refused(refusal or UnexpectedProcessingError(str(fault)))
    return judged


def _accepted(opened: Opened, exchange: CertExchange | None) -> Judged:
    return Judged(
        opened.disposition,
        mic=opened.mic,
        payloads=() if exchange else opened.payloads,
        layers=tuple(layer.value for layer in opened.layers),
        signer=opened.signature.certificate if opened.signature else None,
        exchange=exchange,
    )


def _refused(refusal: MessageError) -> Judged:
    return Judged(refusal.disposition, refusal.sentence, refusal.mic, reason=str(refusal)[:500])


def _decide(
    step: Step,
    partner: Partner,
    keep: Keep,
    request: Request,
    judged: Judged,
    receipt: Built | None,
) -> As2Message:
    accepted = judged.disposition.accepted
    changes = receipt_changes(step, request, judged, receipt)
    changes["mics"] = (str(judged.mic),) if judged.mic else ()
    message = keep(step, As2State.ACCEPTED if accepted else As2State.REFUSED, changes)
    first = None
    for number, payload in enumerate(judged.payloads if accepted else (), start=1):
        transmission = _transmission(step, message, payload, number)
        first = first or transmission
        step.tx.transmissions.add(transmission)
    step.record(
        "as2-accepted" if accepted else "as2-refused",
        partner=partner.name,
        transmission=first.id if first else None,
        message=message.id,
        message_id=message.message_id,
        name=message.name,
        disposition=str(judged.disposition),
        layers=list(judged.layers),
        mic=str(judged.mic) if judged.mic else "",
        reason=judged.reason,
    )
    if judged.exchange is not None and accepted:
        record_exchange(step, message, judged.exchange)
    if not accepted:
        subject = f"{message.id}/{step.at.isoformat()}"
        step.alert("as2-refused", subject, partner=partner.name, reason=judged.reason)
    return message


def _transmission(step: Step, message: As2Message, payload: Payload, number: int) -> Transmission:
    return Transmission(
        id=step.gateway.new_id(),
        partner=message.partner,
        direction=Direction.IN,
        channel="as2",
        name=readable_name(payload.filename or message.name),
        payload=step.tx.payloads.add_chunks(payload.content.chunks(), len(payload.content)),
        received_at=step.at,
        claim=as2_claim(message.id, number),
    )


def receipt_of(
    gateway: Gateway, partner: Partner, request: Request, judged: Judged
) -> Built | None:
    """The receipt a request asks for. Made outside a transaction: others wait for those."""
    if request.receipt is None:
        return None
    at = gateway.clock()
    return build_receipt(
        request,
        judged.disposition,
        judged.mic,
        as2_of(partner).style,
        signer=_signer(gateway, at),
        at=at,
        message_id=new_message_id(gateway.new_id(), as2_of(partner).our_id),
        boundary=secrets.token_hex(12),
        product=PRODUCT,
        sentence=judged.sentence,
    )


def receipt_changes(
    step: Step, request: Request, judged: Judged, receipt: Built | None
) -> dict[str, Any]:
    """The columns that hold the receipt; an asynchronous one is due now."""
    changes: dict[str, Any] = {"disposition": str(judged.disposition), "attempts": 0}
    if request.receipt is None or receipt is None:
        return changes | {"receipt": None, "receipt_headers": (), "next_at": None}
    url = request.receipt.url
    return changes | {
        "receipt": step.tx.payloads.add(bytes(receipt.body)),
        "receipt_headers": receipt.headers,
        "receipt_url": url,
        "next_at": step.at if url else None,
    }


def _signer(gateway: Gateway, at: datetime) -> Signer | None:
    own = gateway.own
    try:
        return Signer(current(own.sign if own else (), at), at)
    except CertificateError as error:
        log("as2-receipt-unsigned", reason=str(error))
        return None
