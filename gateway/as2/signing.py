"""SignedData made (RFC 5652 5): one signer, detached, with the usual attributes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from datetime import datetime

from cryptography.hazmat.primitives import hashes

from gateway.as2 import der
from gateway.as2 import oids
from gateway.as2.certificate import Certificate
from gateway.as2.keys import OwnKey
from gateway.as2.mic import Mic
from gateway.as2.oids import DIGESTS
from gateway.as2.policy import Style
from gateway.as2.signatures import Scheme
from gateway.as2.signatures import choose
from gateway.as2.signatures import sign


@dataclass(frozen=True, slots=True)
class Signer:
    """The key to sign with and the moment the signature states as its signing time."""

    key: OwnKey
    at: datetime


def sign_detached(content: Mic, signer: Signer, style: Style) -> bytes:
    """A ContentInfo with a SignedData over content of that digest, which is not inside."""
    digest, hashed = DIGESTS[content.algorithm], content.digest
    scheme = choose(signer.key.private_key, digest, pss=style.signature == "pss")
    attributes = _attributes(signer, style, scheme, hashed) if style.attributes else b""
    if attributes:
        hasher = hashes.Hash(digest.make())
        hasher.update(attributes)
        hashed = hasher.finalize()
    certificate = signer.key.certificate
    info = der.sequence(
        der.integer(3 if style.by_key_id else 1),
        name_certificate(certificate, by_key_id=style.by_key_id, key_id_tag=0x80),
        der.sequence(digest.oid),
        _retagged(attributes),
        scheme.encoded(),
        der.octet_string(sign(signer.key.private_key, scheme, hashed)),
    )
    certificates = der.encode(der.context(0), certificate.encoded) if style.certificates else b""
    data = der.sequence(
        der.integer(3 if style.by_key_id else 1),
        der.set_of([der.sequence(digest.oid)]),
        der.sequence(oids.DATA),
        certificates,
        der.set_of([info]),
    )
    return der.sequence(oids.SIGNED_DATA, der.encode(der.context(0), data))


def name_certificate(certificate: Certificate, *, by_key_id: bool, key_id_tag: int) -> bytes:
    """How CMS names a certificate: issuerAndSerialNumber, or its subject key identifier."""
    if by_key_id:
        return der.encode(key_id_tag, certificate.key_id)
    return der.sequence(certificate.issuer, der.integer(certificate.serial))


def _attributes(signer: Signer, style: Style, scheme: Scheme, hashed: bytes) -> bytes:
    """The signed attributes as the SET they are hashed as (RFC 5652 5.4)."""
    pairs = [
        (oids.CONTENT_TYPE, oids.DATA),
        (oids.SIGNING_TIME, der.encode(*_time(signer.at))),
        (oids.MESSAGE_DIGEST, der.octet_string(hashed)),
    ]
    if style.algorithm_protection:
        protected = der.sequence(
            der.sequence(scheme.digest.oid), _implicit(scheme.encoded(), der.context(1))
        )
        pairs.append((oids.ALGORITHM_PROTECTION, protected))
    return der.set_of(der.sequence(kind, der.set_of([value])) for kind, value in pairs)


def _time(at: datetime) -> tuple[int, bytes]:
    """UTCTime until 2049 (RFC 5652 11.3); the moment must know its zone."""
    text = f"{at.astimezone(UTC):%Y%m%d%H%M%SZ}"
    if at.year < 2050:
        return der.UTC_TIME, text[2:].encode()
    return der.GENERALIZED_TIME, text.encode()


def _implicit(encoded: bytes, tag: int) -> bytes:
    return bytes((tag,)) + encoded[1:]


def _retagged(attributes: bytes) -> bytes:
    """The attributes' SET as the [0] of a SignerInfo; nothing where there are none."""
    return _implicit(attributes, der.context(0)) if attributes else b""
