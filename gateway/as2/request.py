"""What the header fields of an AS2 message say: who, which message, and what receipt is wanted.

RFC 4130 6 and 7.3, rfc4130bis 5.3, 6 and 8.3. Reading is lenient; `check_request` then refuses
what must be refused, once it is known whom to tell.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from gateway.as2.disposition import SenderIsReceiverError
from gateway.as2.disposition import UnsupportedFormatError
from gateway.as2.disposition import UnsupportedMicError
from gateway.as2.mic import first_allowed
from gateway.as2.mic import spelling
from gateway.as2.mime import Headers
from gateway.as2.names import check_message_id
from gateway.as2.names import check_version
from gateway.as2.names import read_name
from gateway.as2.policy import Policy

_PRODUCT = re.compile(r"[a-z0-9-]+:\d+(?:\.\d+)+[a-z0-9.-]*")
_MOST_ALGORITHMS = 32


@dataclass(frozen=True, slots=True)
class ReceiptRequest:
    """A receipt that is wanted. `url`: where to, or None for the HTTP answer; `algorithms`: the
    MIC algorithms as listed, best first; `unknown_format`: the protocol word when it is not
    pkcs7-signature, and `required` whether there must be a receipt in that format or none."""

    to: str
    signed: bool = True
    algorithms: tuple[str, ...] = ("sha-256",)
    url: str | None = None
    unknown_format: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """An AS2 message's header fields. `message_id` is exactly as received."""

    sender: str
    receiver: str
    message_id: str
    subject: str = ""
    date: str = ""
    version: str = "1.0"
    product: str = ""
    features: tuple[str, ...] = ()
    receipt: ReceiptRequest | None = None


def read_request(headers: Headers) -> Request:
    """Raises UnknownRelationshipError when AS2-From or AS2-To is missing or malformed."""
    product = headers.get("AS2-Product")
    return Request(
        sender=read_name(headers.get("AS2-From")),
        receiver=read_name(headers.get("AS2-To")),
        message_id=headers.get("Message-ID"),
        subject=headers.get("Subject"),
        date=headers.get("Date"),
        version=headers.get("AS2-Version") or "1.0",
        product=product if _PRODUCT.fullmatch(product) else "",
        features=tuple(_words(headers.get("EDIINT-Features"))),
        receipt=_read_receipt_request(headers),
    )


def check_request(request: Request, policy: Policy) -> None:
    """Refuses what cannot be processed whatever its body is: an unknown major version, a bad
    Message-ID, a sender who is the receiver, a receipt we cannot make."""
    check_version(request.version)
    check_message_id(request.message_id, blanks=policy.blanks_in_message_id)
    if request.sender == request.receiver:
        raise SenderIsReceiverError("AS2-From and AS2-To are the same")
    if request.receipt and request.receipt.unknown_format and request.receipt.required:
        raise UnsupportedFormatError(f"a receipt as {request.receipt.unknown_format!r}")
    mic_algorithm(request, policy)


def mic_algorithm(request: Request, policy: Policy, signed_with: str | None = None) -> str:
    """The digest of the MIC: the first one listed that we allow, without a list that of the
    message's signature, else the partner's default. Raises UnsupportedMicError."""
    if request.receipt and request.receipt.signed and request.receipt.algorithms:
        found = first_allowed(request.receipt.algorithms, policy.digests)
        if found is None:
            raise UnsupportedMicError("none of the listed MIC algorithms is allowed")
        return found
    return signed_with or policy.default_digest


def receipt_fields(wanted: ReceiptRequest | None, *, plain: bool) -> list[tuple[str, str]]:
    """The header fields that ask for a receipt; `plain` spells `sha256`."""
    if wanted is None:
        return []
    fields = [("Disposition-Notification-To", wanted.to)]
    if wanted.signed:
        words = ", ".join(spelling(word, plain=plain) for word in wanted.algorithms)
        options = (
            "signed-receipt-protocol=optional, pkcs7-signature;"
            f" signed-receipt-micalg=optional, {words}"
        )
        fields.append(("Disposition-Notification-Options", options))
    if wanted.url:
        fields.append(("Receipt-Delivery-Option", wanted.url))
    return fields


def _read_receipt_request(headers: Headers) -> ReceiptRequest | None:
    to = headers.get("Disposition-Notification-To")
    if not headers.has("Disposition-Notification-To"):
        return None
    options = _read_options(headers.get("Disposition-Notification-Options"))
    required, formats = options.get("signed-receipt-protocol", (False, []))
    _, algorithms = options.get("signed-receipt-micalg", (False, []))
    known = any(word.lower().endswith("pkcs7-signature") for word in formats)
    return ReceiptRequest(
        to=to,
        signed=known or (not formats and bool(options)),
        algorithms=tuple(algorithms[:_MOST_ALGORITHMS]),
        url=headers.get("Receipt-Delivery-Option") or None,
        unknown_format="" if known or not formats else formats[0],
        required=required,
    )


def _read_options(value: str) -> dict[str, tuple[bool, list[str]]]:
    """Each option as whether it is required and its words; a missing importance is optional."""
    options = {}
    for option in value.split(";"):
        name, _, rest = option.partition("=")
        words = list(_words(rest))
        required = bool(words) and words[0].lower() == "required"
        if words and words[0].lower() in ("required", "optional"):
            words = words[1:]
        if name.strip():
            options[name.strip().lower()] = (required, words)
    return options


def _words(value: str) -> list[str]:
    return [word for word in (one.strip(' \t"') for one in value.split(",")) if word]
