"""MDNs read and believed, or not: RFC 4130 7.4 to 7.6, RFC 8098 3, and what partners make of them.

A delivery is complete only with a receipt that is signed as asked by the partner, names our
message, says processed, and returns the digest we took. `read_receipt` raises for what is no such
receipt, so that the sender tries again or waits; `settle` tells what a good one means.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gateway.as2.certificate import Certificate
from gateway.as2.content_info import read_signed
from gateway.as2.disposition import Disposition
from gateway.as2.disposition import IntegrityError
from gateway.as2.disposition import MessageError
from gateway.as2.disposition import ReceiptError
from gateway.as2.disposition import read_disposition
from gateway.as2.mic import Mic
from gateway.as2.mic import read_mic
from gateway.as2.mime import Entity
from gateway.as2.mime import Headers
from gateway.as2.mime import MimeError
from gateway.as2.mime import read_entity
from gateway.as2.mime import read_fields
from gateway.as2.mime import split_multipart
from gateway.as2.names import bare_message_id
from gateway.as2.octets import Octets
from gateway.as2.transfer import decode
from gateway.as2.verifying import Trust
from gateway.as2.verifying import verify_signed

_LARGEST = 1 << 20
"""An MDN has a few kilobytes; a partner who quotes a whole message in it is not read."""
_MOST_PARTS = 10
_TEXT = 4_000
_NOTIFICATION = "message/disposition-notification"


@dataclass(frozen=True, slots=True)
class Receipt:
    """An MDN as read. `message_id` is the Original-Message-ID, `signer` the pinned certificate its
    signature was verified with, None for an unsigned one; `text` the part for people, shortened."""

    message_id: str
    disposition: Disposition
    mic: Mic | None
    signer: Certificate | None
    recipient: str
    text: str


class Outcome(StrEnum):
    """What a receipt we rely on means for the delivery."""

    DELIVERED = "delivered"
    DELIVERED_WITH_WARNING = "delivered-with-warning"
    REFUSED = "refused"
    MIC_MISMATCH = "mic-mismatch"


def is_receipt(message: Entity) -> bool:
    """Whether what was posted to us is an MDN, not a message; it may turn out unreadable."""
    kind = message.headers.content_type
    if kind != "multipart/signed":
        return kind == "multipart/report"
    try:
        signed, _ = split_multipart(message, 2)
        return read_entity(signed).headers.content_type == "multipart/report"
    except ValueError:
        return False


def read_receipt(message: Entity, trust: Trust) -> Receipt:
    """Reads an MDN from an HTTP answer or a POST, and verifies its signature where it has one.
    Raises ReceiptError for anything else."""
    if len(message.body) > _LARGEST:
        raise ReceiptError("larger than any receipt")
    try:
        report, signer = message, None
        if message.headers.content_type == "multipart/signed":
            report, signer = _verify(message, trust)
        return _read_report(report, signer)
    except MessageError as fault:
        raise ReceiptError(f"the receipt's signature is not valid: {fault}") from fault
    except (ValueError, IndexError) as fault:
        raise ReceiptError(f"not a receipt: {fault}") from fault


def settle(receipt: Receipt, message_id: str, mics: tuple[Mic, ...], *, signed: bool) -> Outcome:
    """What the receipt means for a message of ours: its id, the MICs it may return, and whether a
    signed receipt was asked for. Raises ReceiptError when the receipt is not of that message or
    not signed as asked. An unsigned receipt may come without a MIC (RFC 4130 7.4.3)."""
    if bare_message_id(receipt.message_id) != bare_message_id(message_id):
        raise ReceiptError("the receipt is of another message")
    if signed and receipt.signer is None:
        raise ReceiptError(f"the receipt is not signed; it says {receipt.disposition}")
    if not receipt.disposition.accepted:
        return Outcome.REFUSED
    if receipt.mic not in mics and (signed or receipt.mic is not None):
        return Outcome.MIC_MISMATCH
    if receipt.disposition.modifier == "warning":
        return Outcome.DELIVERED_WITH_WARNING
    return Outcome.DELIVERED


def _verify(message: Entity, trust: Trust) -> tuple[Entity, Certificate]:
    signed, data = read_signed(message)
    try:
        signature = verify_signed(data, signed, trust)
    except IntegrityError:
        if signed[len(signed) - 2 :] != b"\r\n":
            raise
        # some products leave the last line break out of what they sign (libas2 does)
        signature = verify_signed(data, signed.cut(0, len(signed) - 2), trust)
    return read_entity(signed), signature.certificate


def _read_report(report: Entity, signer: Certificate | None) -> Receipt:
    if report.headers.content_type != "multipart/report":
        raise MimeError(f"content of type {report.headers.content_type or 'none'}")
    parts = [read_entity(part) for part in split_multipart(report, _MOST_PARTS)]
    found = [part for part in parts if part.headers.content_type == _NOTIFICATION]
    if len(found) != 1:
        raise MimeError("no disposition notification, or several")
    fields = Headers(read_fields(bytes(_plain(found[0]))))
    if not fields.has("Disposition"):
        raise MimeError("no disposition")
    texts = [part for part in parts if part.headers.content_type in ("text/plain", "")]
    return Receipt(
        message_id=fields.get("Original-Message-ID"),
        disposition=read_disposition(
            fields.get("Disposition"), fields.get("Error"), fields.get("Failure")
        ),
        mic=read_mic(fields.get("Received-Content-MIC")),
        signer=signer,
        recipient=fields.get("Final-Recipient").partition(";")[2].strip(),
        text=_plain(texts[0])[0:_TEXT].decode("latin-1") if texts else "",
    )


def _plain(part: Entity) -> Octets:
    return decode(part.body, part.headers.get("Content-Transfer-Encoding"))
