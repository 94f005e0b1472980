"""Two trading partners with keys: Northfield Hospitals (we) and Harbor Medical Supply (they)."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from gateway.as2 import Attachment
from gateway.as2 import Built
from gateway.as2 import Entity
from gateway.as2 import Headers
from gateway.as2 import Letter
from gateway.as2 import Octets
from gateway.as2 import Opened
from gateway.as2 import OwnKey
from gateway.as2 import Pinned
from gateway.as2 import Policy
from gateway.as2 import Receipt
from gateway.as2 import ReceiptRequest
from gateway.as2 import Signer
from gateway.as2 import Style
from gateway.as2 import Trust
from gateway.as2 import build_message
from gateway.as2 import build_receipt
from gateway.as2 import check_request
from gateway.as2 import open_message
from gateway.as2 import read_receipt
from gateway.as2 import read_request
from gateway.as2.certificate import read_certificate
from gateway.as2.policy import LEGACY_CIPHERS
from gateway.as2.policy import LEGACY_DIGESTS
from gateway.as2.policy import STRONG_CIPHERS
from gateway.as2.policy import STRONG_DIGESTS

NOW = datetime(2026, 6, 15, 9, 30, tzinfo=UTC)
YEAR = timedelta(days=365)
ORDER = b"ISA*00*          *00*~ST*850*0001~BEG*00*SA*4500012345~SE*3*0001~\r\nIEA*1*000000042~"
MESSAGE_ID = "<20260615-0001@northfield.example>"
ANYTHING = Policy(
    sign=False,
    encrypt=False,
    digests=STRONG_DIGESTS + LEGACY_DIGESTS,
    ciphers=STRONG_CIPHERS + LEGACY_CIPHERS,
)
PLAIN = Style(sign=None, encrypt=None)
SIGNED = Style(encrypt=None)


@cache
def key(name: str, kind: str = "rsa2048", *, first: int = -365, days: int = 730) -> OwnKey:
    """A key and self-signed certificate, made once a run; `first` is its first day from NOW."""
    if kind.startswith("rsa"):
        private = rsa.generate_private_key(65537, int(kind[3:]))
    else:
        private = ec.generate_private_key({"p256": ec.SECP256R1(), "p384": ec.SECP384R1()}[kind])
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    start = NOW + timedelta(days=first)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), False)
        .sign(private, hashes.SHA256())
    )
    return OwnKey(private, read_certificate(made.public_bytes(Encoding.DER)))


def ours(kind: str = "rsa2048") -> OwnKey:
    return key("Northfield Hospitals", kind)


def theirs(kind: str = "rsa2048") -> OwnKey:
    return key("Harbor Medical Supply", kind)


def attacker() -> OwnKey:
    return key("Harbor Medical Supply", "rsa2048", days=731)


def trust(*signers: OwnKey, policy: Policy = ANYTHING) -> Trust:
    return Trust([Pinned(one.certificate) for one in signers], NOW, policy)


def receipt_request(**changes: object) -> ReceiptRequest:
    return replace(ReceiptRequest("edi@northfield.example"), **changes)


def letter(content: bytes = ORDER, **changes: object) -> Letter:
    plain = Letter(
        sender="NORTHFIELD",
        receiver="Harbor Medical",
        message_id=MESSAGE_ID,
        attachments=(Attachment(Octets.of(content), "application/EDI-X12", "order.edi"),),
        at=NOW,
        boundary="b7f2c1d0e9",
        receipt=receipt_request(),
        product="edi-gateway:0.1.0",
    )
    return replace(plain, **changes)


def build(style: Style, content: bytes = ORDER, *, by: OwnKey | None = None, **changes) -> Built:
    """A message from Northfield to Harbor."""
    signer = Signer(by or ours(), NOW)
    to = changes.pop("to", [theirs().certificate])
    return build_message(letter(content, **changes), style, signer=signer, to=to)


def received(built: Built) -> Entity:
    return Entity(Headers.of(built.headers), built.body)


def posted(head: bytes, body: bytes) -> Entity:
    """A message given as the octets of its header and of its body."""
    from gateway.as2.mime import read_fields

    return Entity(Headers(read_fields(head)), Octets.of(body))


def open_built(built: Built, policy: Policy = ANYTHING, *, by: OwnKey | None = None) -> Opened:
    return open_entity(received(built), policy, by=by)


def open_entity(message: Entity, policy: Policy = ANYTHING, *, by: OwnKey | None = None) -> Opened:
    request = read_request(message.headers)
    check_request(request, policy)
    return open_message(request, message, trust(by or ours(), policy=policy), [theirs()])


@dataclass(frozen=True)
class RoundTrip:
    built: Built
    opened: Opened
    answer: Built
    receipt: Receipt


def answer_of(message: Entity, opened: Opened, *, signer: OwnKey | None = None) -> Built:
    return build_receipt(
        read_request(message.headers),
        opened.disposition,
        opened.mic,
        Style(),
        signer=Signer(signer or theirs(), NOW),
        at=NOW,
        message_id="<mdn-1@harbor.example>",
        boundary="c8a1",
        product="edi-gateway:0.1.0",
    )


def round_trip(style: Style, content: bytes = ORDER, **changes) -> RoundTrip:
    built = build(style, content, **changes)
    message = received(built)
    opened = open_entity(message)
    answer = answer_of(message, opened)
    return RoundTrip(built, opened, answer, read_receipt(received(answer), trust(theirs())))


def content_of(opened: Opened) -> bytes:
    (payload,) = opened.payloads
    return bytes(payload.content)
