"""Certificates that partners offer in certificate exchange messages, and their answers to ours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gateway.as2 import CertExchange
from gateway.as2.disposition import UnexpectedProcessingError
from gateway.engine.gateway import Gateway
from gateway.engine.gateway import Step
from gateway.engine.home import Home
from gateway.partner.offers import OFFERED
from gateway.partner.offers import key_of
from gateway.partner.offers import load_offered
from gateway.partner.offers import write_offered
from gateway.partner.partner import Partner
from gateway.store import As2Message
from gateway.store import Direction
from gateway.store import NotFoundError
from gateway.transport import publish
from gateway.transport import stage

_MOST_KEPT = 20
"""Of a partner, so that nobody fills our disk with them."""


def folder_of(home: Home, partner: str) -> Path:
    return home.root / "partners" / partner / "certs" / OFFERED


def take_exchange(gateway: Gateway, partner: Partner, exchange: CertExchange) -> None:
    """Keeps what is offered, under the same names however often. Raises MessageError where it is
    too much or answers nothing of ours, TransientError where the disk fails."""
    if exchange.answers and not _is_ours(gateway, partner, exchange.request_id):
        raise UnexpectedProcessingError("an answer to a request that we did not send")
    folder = folder_of(gateway.home, partner.name)
    known = {one.key for one in load_offered(folder, folder.name)} if exchange.offers else set()
    if len(known | {key_of(one) for one in exchange.offers}) > _MOST_KEPT:
        raise UnexpectedProcessingError("too many offered certificates wait to be decided on")
    for offer in exchange.offers:
        name, content = f"{key_of(offer)}.yaml", write_offered(exchange.request_id, offer)
        staged = stage(content, folder, f".{name}.new")
        publish(staged, folder, name, root=gateway.home.root)


def _is_ours(gateway: Gateway, partner: Partner, request_id: str) -> bool:
    """Our requests have the ids of the messages they went in."""
    with gateway.store.reading() as tx:
        try:
            message = tx.as2.get(request_id)
        except NotFoundError:
            return False
    return (message.partner, message.direction) == (partner.name, Direction.OUT)


def record_exchange(step: Step, message: As2Message, exchange: CertExchange) -> None:
    """Journals what was offered or answered, and tells the operator."""

    def tell(event: str, subject: str, **said: Any) -> None:
        step.record(
            event,
            partner=message.partner,
            message=message.id,
            message_id=message.message_id,
            request=exchange.request_id,
            **said,
        )
        step.alert(event, f"{message.id}/{subject}", partner=message.partner, **said)

    for offer in exchange.offers:
        key, by = key_of(offer), offer.respond_by
        moment = by.isoformat() if by else ""
        tell("certificate-offered", key, key=key, uses=list(offer.uses), respond_by=moment)
    for answer in exchange.answers:
        event = "certificate-accepted" if answer.accepted else "certificate-rejected"
        serial = f"{answer.serial:X}"
        tell(event, serial, serial=serial, reason=answer.reason)
