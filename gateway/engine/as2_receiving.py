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
from datetime import timedelta
from functools import partial
from typing import BinaryIO

from gateway.as2 import DUPLICATE
from gateway.as2 import PROCESSED
from gateway.as2 import Built
from gateway.as2 import Entity
from gateway.as2 import Headers
from gateway.as2 import MessageError
from gateway.as2 import Mic
from gateway.as2 import Octets
from gateway.as2 import Request
from gateway.as2 import is_receipt
from gateway.as2 import read_mic
from gateway.as2 import read_request
from gateway.as2.disposition import AuthenticationError
from gateway.as2.disposition import DecryptionError
from gateway.as2.disposition import InsufficientSecurityError
from gateway.as2.disposition import IntegrityError
from gateway.as2.disposition import UnexpectedProcessingError
from gateway.edi.finding import TransientError
from gateway.engine.as2_opening import Judged
from gateway.engine.as2_opening import Outcome
from gateway.engine.as2_opening import as2_of
from gateway.engine.as2_opening import judge
from gateway.engine.as2_opening import open_posted
from gateway.engine.as2_opening import open_stored
from gateway.engine.as2_opening import receipt_changes
from gateway.engine.as2_opening import receipt_of
from gateway.engine.as2_posted import Posted
from gateway.engine.as2_settling import take_receipt
from gateway.engine.failpoint import failpoint
from gateway.engine.gateway import SHORT
from gateway.engine.gateway import Gateway
from gateway.engine.limiting import Limit
from gateway.engine.log import log
from gateway.partner.as2 import As2Partner
from gateway.partner.partner import Partner
from gateway.store import As2Message
from gateway.store import As2State
from gateway.store import Direction
from gateway.store import StoreError
from gateway.store import hash_of_chunks
from gateway.transport.http_server import Head
from gateway.transport.http_server import Reply
from gateway.transport.http_server import Take
from gateway.transport.http_server import text_reply

_STRANGER = text_reply(403, "not a known trading relationship")
_LATER = text_reply(503, "try again later", ("Retry-After", "60"))
_REFUSED = text_reply(403, "the message was not taken")
_TAKEN = text_reply(409, "another message had this Message-ID")
_ENCODED = text_reply(415, "send it without a Content-Encoding", ("Accept-Encoding", "identity"))
_LOCKS = 256
_FAILURES = (20, timedelta(minutes=10))
"""More of a partner's that cannot be decrypted are not even tried, since a padding oracle needs
millions; nor is more from one address, once so many passwords or messages from there were wrong."""
_UNPROVEN = frozenset(
    str(error.disposition)
    for error in (AuthenticationError, DecryptionError, InsufficientSecurityError, IntegrityError)
)
"""What is said of messages that anybody may have sent who knows two names."""
_MINUTE = timedelta(minutes=1)


class Receiver:
    """Answers requests, from several threads. `wake` is called when a message is to be opened or
    a receipt to be sent, `tell` when a file was received."""

    def __init__(
        self, gateway: Gateway, wake: Callable[[], None], tell: Callable[[], None]
    ) -> None:
        self._gateway = gateway
        self._wake, self._tell = wake, tell
        self._locks = [threading.Lock() for _ in range(_LOCKS)]
        self._undecrypted, self._guesses = Limit(*_FAILURES), Limit(*_FAILURES)
        self._messages: dict[int, Limit] = {}

    def admit(self, head: Head) -> Reply | Take:
        """Refuses strangers, and what cannot be answered, before the body is read."""
        headers = Headers.of(head.headers)
        try:
            request = read_request(headers)
        except MessageError:
            return text_reply(400, "AS2-From and AS2-To are needed")
        partner = self._partner(request)
        if partner is None:
            log("as2-stranger", address=head.address, sender=request.sender)
            return self._stranger()
        as2 = as2_of(partner)
        refusal = self._limited(partner, as2, head) or self._identify(partner, as2, head)
        if refusal is not None:
            status, address = refusal.status, head.address
            log("as2-not-admitted", address=address, partner=partner.name, status=status)
            return refusal
        if headers.get("Content-Encoding").strip().lower() not in ("", "identity"):
            return _ENCODED
        return partial(self._take_body, head, headers, request)

    def _limited(self, partner: Partner, as2: As2Partner, head: Head) -> Reply | None:
        """Refuses more than a partner may post, before anything is looked at."""
        at = self._gateway.clock()
        if self._undecrypted.reached(partner.name, at):
            return text_reply(429, "too many messages cannot be decrypted", ("Retry-After", "600"))
        if self._guesses.reached(_guesser(partner, head), at):
            return text_reply(429, "too much was refused", ("Retry-After", "600"))
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

    def _take_body(self, head: Head, headers: Headers, request: Request, body: BinaryIO) -> Reply:
        """Answers an admitted request with its whole body."""
        failpoint("as2.spooled")
        partner = self._partner(request)
        if partner is None:
            return self._stranger()
        try:
            url = request.receipt.url if request.receipt else None
            if url and not as2_of(partner).takes_receipts_at(url):
                return self._refuse_address(partner, request, url[:200])
            posted = Posted(partner, request, head, Entity(headers, Octets.in_file(body)))
            if is_receipt(posted.entity):
                return take_receipt(self._gateway, partner, posted.entity)
            with self.alone(partner.name, request.message_id):
                reply = self._take(posted)
        except (TransientError, StoreError, OSError) as error:
            log("as2-not-taken", partner=partner.name, reason=str(error))
            return _LATER
        failpoint("as2.before-answer")
        return reply

    def alone(self, partner: str, message_id: str) -> threading.Lock:
        """The lock of a message: what comes twice at once is taken one after the other."""
        return self._locks[zlib.crc32(f"{partner}\0{message_id}".encode()) % _LOCKS]

    def _stranger(self) -> Reply:
        """Nobody we know, unless it is a partner whose definition is broken: who may come again."""
        return _LATER if self._gateway.waiting else _STRANGER

    def _partner(self, request: Request) -> Partner | None:
        for partner in list(self._gateway.partners.values()):
            as2 = partner.as2
            if as2 and (as2.id, as2.our_id) == (request.sender, request.receiver):
                return partner
        return None

    def _take(self, posted: Posted) -> Reply:
        partner, request = posted.partner, posted.request
        known = self._known(posted)
        if known is not None and known.state is As2State.ACCEPTED:
            if _is_stored(posted, known):
                mic = read_mic(known.mics[0]) if known.mics else None
                return self._answer_again(partner, request, known, mic)
            return self._repeat(posted, known)
        if request.receipt and request.receipt.url:
            short = len(posted.entity.body) <= SHORT
            with self._gateway.step("as2-store", shared=short) as step:
                posted.store(known, step, As2State.RECEIVED, {})
            self._wake()
            return Reply(204)
        keep = partial(posted.store, known)
        opened = open_posted(self._gateway, partner, request, posted.entity, keep)
        receipt = self._opened(partner, opened, posted.head)
        if receipt is not None:
            return Reply(200, receipt.headers, bytes(receipt.body))
        return Reply(200) if opened[0].state is As2State.ACCEPTED else _REFUSED

    def _known(self, posted: Posted) -> As2Message | None:
        """What has this Message-ID. If it still waits, it is opened before other bytes are looked
        at: it was answered 204, and must not be replaced."""
        known = self._find(posted)
        if known is None or known.state is not As2State.RECEIVED or _is_stored(posted, known):
            return known
        self.open(posted.partner, known)
        return self._find(posted)

    def _find(self, posted: Posted) -> As2Message | None:
        with self._gateway.store.reading() as tx:
            return tx.as2.find(posted.partner.name, Direction.IN, posted.request.message_id)

    def open(self, partner: Partner, message: As2Message) -> None:
        """Opens a stored message, whose lock is held."""
        self._opened(partner, open_stored(self._gateway, partner, message))

    def _opened(self, partner: Partner, outcome: Outcome, head: Head | None = None) -> Built | None:
        message, receipt = outcome
        self._count(partner, message.disposition, head)
        self._tell()
        return receipt

    def _count(self, partner: Partner, disposition: str | None, head: Head | None) -> None:
        at = self._gateway.clock()
        if disposition == str(DecryptionError.disposition):
            self._undecrypted.count(partner.name, at)
        if head is not None and disposition in _UNPROVEN:
            self._guesses.count(_guesser(partner, head), at)

    def _repeat(self, posted: Posted, message: As2Message) -> Reply:
        """Other bytes under the Message-ID of a message that was taken. A sender may have signed
        and encrypted the same content anew, so the MIC decides whether it is another message."""
        gateway, partner, request = self._gateway, posted.partner, posted.request
        with ExitStack() as files:
            judged = judge(gateway, partner, request, posted.entity, files)
        self._count(partner, str(judged.disposition), posted.head)
        if judged.disposition.accepted and _is_same(message, judged):
            return self._answer_again(partner, request, message, judged.mic)
        if judged.disposition.accepted:
            fault = UnexpectedProcessingError("the Message-ID was used before for another message")
            judged = Judged(fault.disposition, fault.sentence, reason=str(fault))
        receipt = receipt_of(gateway, partner, request, judged)
        with gateway.step("as2-repeat") as step:
            posted.keep(step)
            step.record(
                "as2-conflict",
                partner=partner.name,
                message=message.id,
                message_id=request.message_id,
                reason=judged.reason,
            )
            step.alert("as2-conflict", message.id, partner=partner.name, reason=judged.reason)
        if request.receipt is None or request.receipt.url or receipt is None:
            return _TAKEN
        return Reply(200, receipt.headers, bytes(receipt.body))

    def _answer_again(
        self, partner: Partner, request: Request, message: As2Message, mic: Mic | None
    ) -> Reply:
        """The stored receipt; made now where the first time none was asked for."""
        accepted = as2_of(partner).policy.duplicate_accepted
        says, receipt = Judged(PROCESSED if accepted else DUPLICATE, mic=mic), None
        if message.receipt is None:
            receipt = receipt_of(self._gateway, partner, request, says)
        with self._gateway.step("as2-repeat") as step:
            named = {"message": message.id, "message_id": message.message_id}
            step.record("as2-repeated", partner=partner.name, **named)
            if receipt is not None:
                changes = receipt_changes(step, request, says, receipt)
                step.tx.as2.change(message.id, **changes)
            if request.receipt and request.receipt.url:
                again = {"next_at": step.at, "attempts": 0, "receipt_url": request.receipt.url}
                step.tx.as2.change(message.id, **again)
            message = step.tx.as2.get(message.id)
        if request.receipt and request.receipt.url:
            self._wake()
            return Reply(204)
        if request.receipt is None or message.receipt is None:
            return Reply(200)
        return Reply(200, message.receipt_headers, self._gateway.store.payload(message.receipt))

    def _refuse_address(self, partner: Partner, request: Request, url: str) -> Reply:
        """Nothing of it is kept, and anybody may have sent it: one call a day is enough."""
        name, message_id = partner.name, request.message_id[:200]
        named = {"message": message_id, "message_id": message_id, "url": url}
        reason = f"its receipt is wanted at {url}, which is not in receipt_urls of {name}"
        with self._gateway.step("as2-refuse") as step:
            step.record("as2-receipt-address-refused", partner=name, **named)
            step.alert("as2-refused", f"{name}/{step.at.date()}", partner=name, reason=reason)
        self._tell()
        return text_reply(403, "the address for the receipt is not agreed")


def _guesser(partner: Partner, head: Head) -> str:
    return f"{partner.name} {head.address}"


def _is_stored(posted: Posted, message: As2Message) -> bool:
    """Whether the very same bytes were posted before."""
    return message.payload == hash_of_chunks(posted.entity.body.chunks())


def _is_same(message: As2Message, judged: Judged) -> bool:
    """Whether the content has the MIC we returned, in whichever algorithm it was asked for."""
    return judged.mic is not None and judged.mic in [read_mic(mic) for mic in message.mics]
