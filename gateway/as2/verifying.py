"""SignedData verified (RFC 5652 5.6): at least one signer, and every one of them valid.

A signer counts only if it is one of the partner's pinned certificates; what certificates the
message carries is never looked at. RFC 5652 5.3 and 11: with attributes, contentType and
messageDigest stand once each, and CMSAlgorithmProtection (RFC 6211), where it stands, must agree.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest

from cryptography.hazmat.primitives import hashes

from gateway.as2 import der
from gateway.as2 import oids
from gateway.as2.certificate import Certificate
from gateway.as2.der import DerError
from gateway.as2.der import Element
from gateway.as2.disposition import AuthenticationError
from gateway.as2.disposition import InsufficientSecurityError
from gateway.as2.disposition import IntegrityError
from gateway.as2.keys import Pinned
from gateway.as2.keys import usable
from gateway.as2.mic import Mic
from gateway.as2.mic import mic_of
from gateway.as2.octets import Octets
from gateway.as2.octets import Scratch
from gateway.as2.octets import lay_down
from gateway.as2.oids import Digest
from gateway.as2.policy import Policy
from gateway.as2.signatures import Scheme
from gateway.as2.signatures import read_digest
from gateway.as2.signatures import read_scheme
from gateway.as2.signatures import verify

_MOST_SIGNERS = 8


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom to believe: a partner's pinned certificates, the moment, and the partner's policy."""

    pinned: Sequence[Pinned]
    at: datetime
    policy: Policy


@dataclass(frozen=True, slots=True)
class Signature:
    """A valid signature: whose certificate, the digest of what was signed, and whether the
    certificate was out of date and this was forgiven."""

    certificate: Certificate
    content: Mic
    expired: bool


@dataclass(frozen=True, slots=True)
class SignerInfo:
    """One SignerInfo as read, nothing of it believed yet."""

    name: Element
    digest: Digest
    attributes: Element | None
    algorithm: Element
    scheme: Scheme
    signature: bytes


def verify_signed(data: Element, content: Octets, trust: Trust) -> Signature:
    """Verifies a SignedData over content that is detached, or its own as `encapsulated_content`
    gave it; a copy of detached content, which some products put inside too, is not looked at.
    Returns the first signer's. Raises AuthenticationError, IntegrityError and
    InsufficientSecurityError; DerError when it is not a SignedData at all."""
    encapsulated, infos = _parts(data)
    kind = encapsulated[0].raw
    if not 0 < len(infos) <= _MOST_SIGNERS:
        raise AuthenticationError("no signer, or too many")
    hashed: dict[str, Mic] = {}
    valid = [_verify_signer(read_signer(info), kind, content, trust, hashed) for info in infos]
    return valid[0]


def encapsulated_content(data: Element, scratch: Scratch | None = None) -> Octets:
    """The content inside an opaque SignedData. Raises DerError, also when it is detached."""
    _kind, explicit = _parts(data)[0]
    string = explicit.expect(der.context(0)).inner().expect(der.OCTET_STRING)
    return lay_down(string.chunks(), scratch)


def _parts(data: Element) -> tuple[list[Element], list[Element]]:
    """What is in the EncapsulatedContentInfo, at least the content type, and the SignerInfos."""
    fields = data.children()
    if len(fields) < 4:
        raise DerError("a SignedData with too few fields")
    _version, _digests, encapsulated, *_, signers = fields
    return encapsulated.expect(der.SEQUENCE).children(), signers.expect(der.SET).children()


def read_signer(info: Element) -> SignerInfo:
    """A SignerInfo's fields. Raises DerError."""
    fields = info.expect(der.SEQUENCE).children()
    if len(fields) < 5:
        raise DerError("a SignerInfo with too few fields")
    _version, name, digest_algorithm, *rest = fields
    attributes = rest.pop(0) if rest[0].tag == der.context(0) else None
    if len(rest) < 2:
        raise DerError("a SignerInfo with too few fields")
    digest = read_digest(digest_algorithm)
    signature = rest[1].expect(der.OCTET_STRING).content
    scheme = read_scheme(rest[0], digest)
    return SignerInfo(name, digest, attributes, rest[0], scheme, signature)


def _verify_signer(
    info: SignerInfo, kind: bytes, content: Octets, trust: Trust, hashed: dict[str, Mic]
) -> Signature:
    allowed = trust.policy.digests
    if info.digest.name not in allowed or info.scheme.digest.name not in allowed:
        raise InsufficientSecurityError(f"signed with {info.digest.name}, which is not allowed")
    name = info.digest.name
    mic = hashed.get(name) or hashed.setdefault(name, mic_of(content, name))
    if info.attributes is not None:
        _check_attributes(info, kind, mic.digest)
    elif info.scheme.digest is not info.digest:
        raise DerError("a signature over another digest than its own")
    else:
        _refuse_attributes_as_content(content)
    certificate, expired = _find_certificate(info, mic.digest, trust)
    return Signature(certificate, mic, expired)


def _check_attributes(info: SignerInfo, kind: bytes, hashed: bytes) -> None:
    """Exactly one contentType and messageDigest, each with one value, and both right."""
    found: dict[bytes, list[Element]] = {}
    for attribute in info.attributes.children() if info.attributes else ():
        name, values = attribute.expect(der.SEQUENCE).children()
        if name.raw in found:
            raise AuthenticationError("a signed attribute stands twice")
        found[name.raw] = values.expect(der.SET).children()
    content_type = found.get(oids.CONTENT_TYPE, [])
    digest = found.get(oids.MESSAGE_DIGEST, [])
    if len(content_type) != 1 or len(digest) != 1 or content_type[0].raw != kind:
        raise AuthenticationError("contentType or messageDigest is missing or wrong")
    _check_protection(info, found.get(oids.ALGORITHM_PROTECTION))
    if not compare_digest(digest[0].expect(der.OCTET_STRING).content, hashed):
        raise IntegrityError("the content is not what was signed")


def _check_protection(info: SignerInfo, values: list[Element] | None) -> None:
    """CMSAlgorithmProtection names the same algorithms as the SignerInfo (RFC 6211 2)."""
    if values is None:
        return
    if len(values) != 1:
        raise AuthenticationError("CMSAlgorithmProtection must have one value")
    digest, *rest = values[0].expect(der.SEQUENCE).children()
    signature = next((one for one in rest if one.tag == der.context(1)), None)
    signed = signature.content if signature else b""
    if read_digest(digest) is not info.digest or signed != info.algorithm.content:
        raise AuthenticationError("CMSAlgorithmProtection names other algorithms")


def _signed_hashes(info: SignerInfo, hashed: bytes) -> Iterator[bytes]:
    """What may have been signed: without attributes the content's hash, else that of the SET as it
    was sent, in DER, and in DER's order, since encoders differ in what of this they do before they
    hash (RFC 5652 5.4)."""
    attributes, digest = info.attributes, info.scheme.digest
    if attributes is None:
        yield hashed
        return
    raw = attributes.raw
    if raw[1] != 0x80:
        yield _hash(bytes((der.SET,)) + raw[1:], digest)
    parts = [attribute.canonical() for attribute in attributes.children()]
    yield _hash(der.encode(der.SET, b"".join(parts)), digest)
    yield _hash(der.set_of(parts), digest)


def _hash(octets: bytes, digest: Digest) -> bytes:
    hasher = hashes.Hash(digest.make())
    hasher.update(octets)
    return hasher.finalize()


def _refuse_attributes_as_content(content: Octets) -> None:
    """A signature over attributes must not be passed off as one over content without attributes:
    no message begins with a SET that holds a messageDigest."""
    head = content[0:1024]
    if head[:1] == b"\x31" and oids.MESSAGE_DIGEST in head:
        raise AuthenticationError("signed attributes in the place of content")


def _find_certificate(info: SignerInfo, hashed: bytes, trust: Trust) -> tuple[Certificate, bool]:
    """The pinned certificate that the SignerInfo names and whose key made the signature."""
    reason = "the signer is none of the partner's certificates"
    for pinned in usable(trust.pinned, trust.at):
        certificate = pinned.certificate
        if not is_named(certificate, info.name, 0x80):
            continue
        if not any(
            verify(certificate.public_key, info.scheme, info.signature, one)
            for one in _signed_hashes(info, hashed)
        ):
            reason = "the signature is wrong"
            continue
        _check_strength(certificate, trust.policy)
        expired = not certificate.in_date(trust.at)
        if expired and not (
            trust.policy.expired_certificate and certificate.not_before <= trust.at
        ):
            reason = "the signer's certificate is out of date"
            continue
        return certificate, expired
    raise AuthenticationError(reason)


def _check_strength(certificate: Certificate, policy: Policy) -> None:
    least = policy.rsa_bits if certificate.is_rsa else policy.curve_bits
    if certificate.bits < least:
        raise InsufficientSecurityError(f"the signer's key has {certificate.bits} bits")


def is_named(certificate: Certificate, name: Element, key_id_tag: int) -> bool:
    """Whether a signer or recipient identifier means the certificate: by issuer and serial, or by
    subject key identifier under the given tag. Raises DerError."""
    if name.tag == key_id_tag or name.tag == key_id_tag | der.CONSTRUCTED:
        return name.content == certificate.key_id
    issuer, serial = name.expect(der.SEQUENCE).children()[:2]
    return certificate.has_issuer(issuer, serial.integer)
