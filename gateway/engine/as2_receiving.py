"""What partners post: stored before anything is answered, opened once, answered the same again.

Before a body is read the sender must be a partner of ours who proves it where that was agreed. To
the outside every refusal is one sentence; the reason stands in the journal.
"""

from __future__ import annotations

import base64
import hmac
import threading
import zlib
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from gateway.as2 import DUPLICATE
from gateway.as2 import PROCESSED
from gateway.as2 import Entity
from gateway.as2 import Headers
from gateway.as2 import MessageError
from gateway.as2 import Mic
from gateway.as2 import Octets
from gateway.as2 import Request
from gateway.as2 import is_receipt
from gateway.as2 import read_mic
from gateway.as2 import read_request
from gateway.as2.disposition import DecryptionError
from gateway.as2.disposition import UnexpectedProcessingError
from gateway.edi.finding import TransientError
from gateway.engine.as2_opening import Judged
from gateway.engine.as2_opening import as2_of
from gateway.engine.as2_opening import judge
from gateway.engine.as2_opening import open_stored
from gateway.engine.as2_opening import receipt_changes
from gateway.engine.as2_settling import take_receipt
from gateway.engine.failpoint import failpoint
from gateway.engine.gateway import Gateway
from gateway.engine.gateway import Step
from gateway.engine.limiting import Limit
from gateway.engine.log import log
from gateway.partner.as2 import As2Partner
from gateway.partner.partner import Partner
from gateway.store import As2Message
from gateway.store import As2State
from gateway.store import Direction
from gateway.store import StoreError
from gateway.transport.http_server import Head
from gateway.transport.http_server import Reply
from gateway.transport.http_server import text_reply

_STRANGER = text_reply(403, "not a known trading relationship")
_LATER = text_reply(503, "try again later", ("Retry-After", "60"))
_TAKEN = text_reply(409, "another message had this Message-ID")
_ENCODED = text_reply(415, "send it without a Content-Encoding", ("Accept-Encoding", "identity"))
_LOCKS = 256
_FAILURES = (20, timedelta(minutes=10))
"""More of a partner's that cannot be decrypted are not even tried, since a padding oracle needs
millions; nor are more passwords, once so many from one address were wrong."""
_MINUTE = timedelta(minutes=1)


class Receiver:
    """Answers requests, from several threads; `wake` is called when there is work to go on with."""

    def __init__(self, gateway: Gateway, wake: Callable[[], None]) -> None:
        self._gateway = gateway
        self._wake = wake
        self._locks = [threading.Lock() for _ in range(_LOCKS)]
        self._undecrypted, self._guesses = Limit(*_FAILURES), Limit(*_FAILURES)
        self._messages: dict[int, Limit] = {}

    def admit(self, head: Head) -> Reply | None:
        """Refuses strangers, and what cannot be answered, before the body is read."""
        try:
            request = read_request(Headers.of(head.headers))
        except MessageError:
            return text_reply(400, "AS2-From and AS2-To are needed")
        partner = self._partner(request)
        if partner is None:
            log("as2-stranger", address=head.address, sender=request.sender)
            return _STRANGER
        as2 = as2_of(partner)
        refusal = self._limited(partner, as2, head) or self._identify(partner, as2, head)
        if refusal is not None:
            status, address = refusal.status, head.address
            log("as2-not-admitted", address=address, partner=partner.name, status=status)
            return refusal
        url = request.receipt.url if request.receipt else None
        if url and not as2.takes_receipts_at(url):
            self._record(partner, "as2-receipt-address-refused", request, url=url[:200])
            return text_reply(403, "the address for the receipt is not agreed")
        if Headers.of(head.headers).get("Content-Encoding").strip().lower() not in ("", "identity"):
            return _ENCODED
        return None

    def _limited(self, partner: Partner, as2: As2Partner, head: Head) -> Reply | None:
        """Refuses more than a partner may post, before anything is looked at."""
        at = self._gateway.clock()
        if self._undecrypted.reached(partner.name, at):
            return text_reply(429, "too many messages cannot be decrypted", ("Retry-After", "600"))
        if self._guesses.reached(_guesser(partner, head), at):
            return text_reply(429, "too many passwords were wrong", ("Retry-After", "600"))
        if as2.most_per_minute:
            messages = self._messages.setdefault(
                as2.most_per_minute, Limit(as2.most_per_minute, _MINUTE)
            )
            if messages.reached(partner.name, at):
                return text_reply(429, "more messages than agreed", ("Retry-After", "60"))
            messages.count(partner.name, at)
        return None

    def _identify(self, partner: Partner, as2: As2Partner, head: Head) -> Reply | None:
        """Who has agreed to a client certificate or a password must show it."""
        at = self._gateway.clock()
        clients = [certificate.encoded for certificate in as2.certificates("client", at)]
        if as2.agreed_on("client") and head.certificate not in clients:
            return _STRANGER
        if as2.user:
            expected = base64.b64encode(f"{as2.user}:{as2.password}".encode())
            shown = Headers.of(head.headers).get("Authorization")
            scheme, _, given = shown.partition(" ")
            if scheme.lower() == "basic" and hmac.compare_digest(given.strip().encode(), expected):
                return None
            if shown:  # who shows none is only asked: many clients begin so
                self._guesses.count(_guesser(partner, head), at)
            return text_reply(401, "who are you?", ("WWW-Authenticate", 'Basic realm="AS2"'))
        return None

    def take(self, head: Head, body: Path) -> Reply:
        """Answers an admitted request whose body is in the file."""
        failpoint("as2.spooled")
        headers = Headers.of(head.headers)
        request = read_request(headers)
        partner = self._partner(request)
        if partner is None:
            return _STRANGER
        try:
            with body.open("rb") as file:
                message = Entity(headers, Octets.in_file(file))
                if is_receipt(message):
                    return take_receipt(self._gateway, partner, message)
            with self.alone(partner.name, request.message_id):
                reply = self._take(partner, request, head, body)
        except (TransientError, StoreError, OSError) as error:
            log("as2-not-taken", partner=partner.name, reason=str(error))
            return _LATER
        failpoint("as2.before-answer")
        return reply

    def alone(self, partner: str, message_id: str) -> threading.Lock:
        """The lock of a message: what comes twice at once is taken one after the other."""
        return self._locks[zlib.crc32(f"{partner}\0{message_id}".encode()) % _LOCKS]

    def _partner(self, request: Request) -> Partner | None:
        for partner in list(self._gateway.partners.values()):
            as2 = partner.as2
            if as2 and (as2.id, as2.our_id) == (request.sender, request.receiver):
                return partner
        return None

    def _take(self, partner: Partner, request: Request, head: Head, body: Path) -> Reply:
        message, payload = self._store(partner, request, head, body)
        if message.state is As2State.ACCEPTED:
            if message.payload == payload:
                mic = read_mic(message.mics[0]) if message.mics else None
                return self._answer_again(partner, request, message, mic)
            return self._repeat(partner, request, head, body, message)
        if request.receipt and request.receipt.url:
            self._wake()
            return Reply(204)
        return self.reply(self.open(partner, message))

    def open(self, partner: Partner, message: As2Message) -> As2Message:
        """Opens a stored message, whose lock is held."""
        opened = open_stored(self._gateway, partner, message)
        if opened.disposition == str(DecryptionError.disposition):
            self._undecrypted.count(partner.name, self._gateway.clock())
        self._wake()
        return opened

    def reply(self, message: As2Message) -> Reply:
        """The stored receipt, or nothing where none was asked for."""
        if message.receipt is None:
            return Reply(200)
        body = self._gateway.store.payload(message.receipt)
        return Reply(200, message.receipt_headers, body)

    def _store(
        self, partner: Partner, request: Request, head: Head, body: Path
    ) -> tuple[As2Message, str]:
        """The message's row, and the hash of the bytes that came, which are committed."""
        with self._gateway.step("as2-store") as step:
            payload = step.tx.payloads.add_file(body)
            known = step.tx.as2.find(partner.name, Direction.IN, request.message_id)
            if known is not None and known.state is As2State.ACCEPTED:
                return known, payload
            wire: dict[str, Any] = {"headers": _kept(head), "payload": payload}
            if known is None:
                known = replace(_new_message(step, partner, request), **wire)
                step.tx.as2.add(known)
            elif known.state is As2State.REFUSED:
                step.tx.as2.move(known.id, As2State.RECEIVED, **wire)
            else:
                step.tx.as2.change(known.id, **wire)
            step.record(
                "as2-received",
                partner=partner.name,
                message=known.id,
                message_id=request.message_id,
                address=head.address,
            )
            return replace(known, state=As2State.RECEIVED, **wire), payload

    def _repeat(
        self, partner: Partner, request: Request, head: Head, body: Path, message: As2Message
    ) -> Reply:
        """Other bytes under the Message-ID of a message that was taken. A sender may have signed
        and encrypted the same content anew, so the MIC decides whether it is another message."""
        with ExitStack() as files:
            file = files.enter_context(body.open("rb"))
            entity = Entity(Headers.of(head.headers), Octets.in_file(file))
            judged = judge(self._gateway, partner, request, entity, files)
        if judged.disposition.accepted and _is_same(message, judged):
            return self._answer_again(partner, request, message, judged.mic)
        if judged.disposition.accepted:
            fault = UnexpectedProcessingError("the Message-ID was used before for another message")
            judged = Judged(fault.disposition, fault.sentence, reason=str(fault))
        with self._gateway.step("as2-repeat") as step:
            step.record(
                "as2-conflict",
                partner=partner.name,
                message=message.id,
                message_id=request.message_id,
                reason=judged.reason,
            )
            step.alert("as2-conflict", message.id, partner=partner.name, reason=judged.reason)
            if request.receipt is None or request.receipt.url:
                return _TAKEN
            changes = receipt_changes(step, partner, request, judged)
            content = step.tx.payloads.get(changes["receipt"])
            return Reply(200, changes["receipt_headers"], content)

    def _answer_again(
        self, partner: Partner, request: Request, message: As2Message, mic: Mic | None
    ) -> Reply:
        """The stored receipt; made now where the first time none was asked for."""
        with self._gateway.step("as2-repeat") as step:
            named = {"message": message.id, "message_id": message.message_id}
            step.record("as2-repeated", partner=partner.name, **named)
            if request.receipt and message.receipt is None:
                accepted = as2_of(partner).policy.duplicate_accepted
                says = Judged(PROCESSED if accepted else DUPLICATE, mic=mic)
                changes = receipt_changes(step, partner, request, says)
                step.tx.as2.change(message.id, **changes)
            if request.receipt and request.receipt.url:
                again = {"next_at": step.at, "attempts": 0, "receipt_url": request.receipt.url}
                step.tx.as2.change(message.id, **again)
            message = step.tx.as2.get(message.id)
        if request.receipt and request.receipt.url:
            self._wake()
            return Reply(204)
        return self.reply(message) if request.receipt else Reply(200)

    def _record(self, partner: Partner, event: str, request: Request, **detail: str) -> None:
        with self._gateway.step("as2-refuse") as step:
            step.record(event, partner=partner.name, message_id=request.message_id, **detail)


def _guesser(partner: Partner, head: Head) -> str:
    return f"{partner.name} {head.address}"


def _kept(head: Head) -> tuple[tuple[str, str], ...]:
    """The header fields as they came, but for the password."""
    return tuple(field for field in head.headers if field[0].lower() != "authorization")


def _new_message(step: Step, partner: Partner, request: Request) -> As2Message:
    unique = step.gateway.new_id()
    return As2Message(
        id=unique,
        partner=partner.name,
        direction=Direction.IN,
        # one that is missing is refused, but must not stand in the way of the next
        message_id=request.message_id or f"none:{unique}",
        name=f"as2-{unique}.edi",
        state=As2State.RECEIVED,
        created_at=step.at,
    )


def _is_same(message: As2Message, judged: Judged) -> bool:
    """Whether the content has the MIC we returned, in whichever algorithm it was asked for."""
    return judged.mic is not None and judged.mic in [read_mic(mic) for mic in message.mics]
