"""Certificates exchanged by message: ours offered to a partner, and theirs decided on by a person.

Either is one AS2 message, signed in any case, and delivered as all others are.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from gateway.as2 import Answer
from gateway.as2 import CertExchange
from gateway.as2 import CertificateError
from gateway.as2 import Offer
from gateway.as2 import write_certificates
from gateway.as2 import write_exchange
from gateway.as2.policy import STRONG_DIGESTS
from gateway.engine.as2_opening import as2_of
from gateway.engine.as2_sending import made
from gateway.engine.certifying import roll
from gateway.engine.certifying import take_in
from gateway.engine.gateway import Gateway
from gateway.engine.ids import new_message_id
from gateway.engine.offers import folder_of
from gateway.engine.shelf import NotDoneError
from gateway.engine.shelf import Shelf
from gateway.engine.shelf import open_shelf
from gateway.partner.offers import Offered
from gateway.partner.offers import load_offered
from gateway.partner.partner import Partner
from gateway.store import As2Message
from gateway.store import As2State
from gateway.store import Direction

_THEIR_WORDS = {"sign": "verify", "decrypt": "encrypt", "tls": "tls", "client": "client"}
"""What we do with a key of ours, and they with its certificate."""


def act_on_offer(gateway: Gateway, request: dict[str, Any]) -> dict[str, Any]:
    """A command of a person's: `offer` a certificate of ours, `accept-offer` or `reject-offer` one
    of theirs. The reply has `error` when it could not be done. Raises DefinitionError."""
    words = {name: str(request.get(name) or "") for name in ("partner", "name", "reason")}
    moment = str(request.get("moment") or "")
    at = datetime.fromisoformat(moment) if moment else None
    try:
        partner = _partner(gateway, words["partner"])
        if request["command"] == "offer":
            uses = tuple(str(request.get("uses") or "").split())
            return {"message_id": offer(gateway, partner, words["name"], uses, at).message_id}
        accepted = request["command"] == "accept-offer"
        return answer(gateway, partner, words["name"], at, words["reason"], accepted=accepted)
    except NotDoneError as error:
        return {"error": str(error)}
    except CertificateError as error:
        return {"error": f"{error}, see `gateway cert list`"}


def _partner(gateway: Gateway, name: str) -> Partner:
    partner = gateway.partners.get(name)
    if partner is None or partner.as2 is None or not partner.as2.url:
        raise NotDoneError(f"no partner {name} with an AS2 address: see `gateway partner list`")
    return partner


def offer(
    gateway: Gateway, partner: Partner, name: str, uses: tuple[str, ...], by: datetime | None
) -> As2Message:
    """Queues the offer of a certificate of ours for these uses, all it has without any."""
    shelf = open_shelf(gateway.home, gateway.settings)
    described = shelf.described()
    found = shelf.find(described, name)
    every = [use for one in described if one.file == found.file for use in one.uses]
    chosen = tuple(_THEIR_WORDS[use] for use in dict.fromkeys(uses or every))
    unique = gateway.new_id()
    exchange = CertExchange(unique, (Offer(found.certificate, chosen, by),))
    return _queue(gateway, partner, exchange, unique)


def offered_by(shelf: Shelf) -> list[Offered]:
    """What a partner has offered and nobody has decided on. Raises DefinitionError."""
    folder = folder_of(shelf.home, shelf.partner)
    return load_offered(folder, f"{shelf.name}/{folder.name}")


def answer(
    gateway: Gateway,
    partner: Partner,
    key: str,
    start: datetime | None,
    reason: str,
    *,
    accepted: bool,
) -> dict[str, Any]:
    """Enters an offered certificate, or does not, and queues the response that says so. What was
    done before it failed is not done again. Raises NotDoneError, DefinitionError."""
    shelf = open_shelf(gateway.home, gateway.settings, partner.name)
    waiting = [one for one in offered_by(shelf) if one.key.startswith(key) and key]
    if len(waiting) != 1:
        raise NotDoneError(
            f"{partner.name} has offered no certificate {key}: `gateway cert offers`"
        )
    found = waiting[0]
    file = _enter(gateway, shelf, found, start) if accepted else None
    named = found.offer.certificate.issued_by, found.offer.certificate.serial
    exchange = CertExchange(found.request_id, answers=(Answer(*named, accepted, reason),))
    message = _queue(gateway, partner, exchange, gateway.new_id())
    (folder_of(gateway.home, partner.name) / f"{found.key}.yaml").unlink(missing_ok=True)
    return {"message_id": message.message_id, "file": file}


def _enter(gateway: Gateway, shelf: Shelf, found: Offered, start: datetime | None) -> str:
    """As `cert import` would: from the day given, else from that by which they want an answer. One
    that is here already gets the uses it lacks."""
    at, by = gateway.clock(), found.offer.respond_by
    begins = start or (by if by and by > at else at.replace(microsecond=0))
    same = [one for one in shelf.described() if one.certificate == found.offer.certificate]
    if same:
        known = {use for one in same for use in one.uses}
        lacking = [use for use in found.offer.uses if use not in known]
        return roll(shelf, same[0].file, lacking, begins, at).file if lacking else same[0].file
    name = f"{at.astimezone(gateway.settings.zone):%Y-%m-%d}"
    pem, uses = write_certificates([found.offer.certificate]), found.offer.uses
    return take_in(shelf, pem, name, uses, at, start=begins, force=False).file


def _queue(gateway: Gateway, partner: Partner, exchange: CertExchange, unique: str) -> As2Message:
    as2, at, ours = as2_of(partner), gateway.clock(), gateway.settings.as2
    message = As2Message(
        id=unique,
        partner=partner.name,
        direction=Direction.OUT,
        message_id=new_message_id(unique, as2.our_id),
        name=f"certificate-exchange-{unique}",
        state=As2State.QUEUED,
        created_at=at,
        next_at=at,
    )
    parts = write_exchange(exchange, as2.our_id, at, ours.url if ours else "")
    style = replace(as2.style, sign=as2.style.sign or STRONG_DIGESTS[0])
    built = made(gateway, partner, message, parts, style)
    with gateway.step("as2-build") as step:
        body = step.tx.payloads.add_chunks(built.body.chunks(), len(built.body))
        mics = tuple(str(mic) for mic in built.mics)
        message = replace(message, headers=built.headers, payload=body, mics=mics)
        step.tx.as2.add(message)
        step.record(
            "certificates-answered" if exchange.answers else "certificates-offered",
            partner=partner.name,
            message=unique,
            message_id=message.message_id,
            request=exchange.request_id,
        )
    return message
