"""Content keys on their way to a recipient: RSA (RFC 5652 6.2.1), OAEP (RFC 4056 ... 8017), ECDH
(RFC 5753), written and read side by side.

A key that cannot be had is no error here: None is returned, and the caller goes on with a random
one, so that what a sender sees does not depend on why (RFC 3218 2.3.2).
"""

from __future__ import annotations

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.kdf.x963kdf import X963KDF
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap
from cryptography.hazmat.primitives.keywrap import aes_key_wrap
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization import PublicFormat

from gateway.as2 import der
from gateway.as2 import oids
from gateway.as2.certificate import Certificate
from gateway.as2.der import Element
from gateway.as2.keys import OwnKey
from gateway.as2.oids import AGREEMENTS
from gateway.as2.oids import DIGESTS
from gateway.as2.oids import KEY_WRAPS
from gateway.as2.oids import Digest
from gateway.as2.signatures import read_digest
from gateway.as2.signing import name_certificate
from gateway.as2.verifying import is_named

_AGREEMENT = der.context(1)
_MOST_RECIPIENTS = 100
_WRAP_BY_SIZE = {size: oid for oid, size in KEY_WRAPS.items()}


def write_recipient(to: Certificate, key: bytes, transport: str, *, by_key_id: bool) -> bytes:
    """A RecipientInfo with the content key for one certificate. `transport` is pkcs1 or
    `oaep-sha-256`; a certificate with an EC key always gets ECDH."""
    if isinstance(to.public_key, ec.EllipticCurvePublicKey):
        return _write_agreement(to, to.public_key, key, by_key_id=by_key_id)
    scheme, algorithm = _rsa_scheme(transport)
    return der.sequence(
        der.integer(2 if by_key_id else 0),
        name_certificate(to, by_key_id=by_key_id, key_id_tag=0x80),
        algorithm,
        der.octet_string(to.public_key.encrypt(key, scheme)),
    )


def _rsa_scheme(transport: str) -> tuple[padding.AsymmetricPadding, bytes]:
    if transport == "pkcs1":
        return padding.PKCS1v15(), der.sequence(oids.RSA, der.null())
    digest = DIGESTS[transport.removeprefix("oaep-")]
    hash_ = der.sequence(digest.oid, der.null())
    mask = der.sequence(oids.MGF1, hash_)
    parameters = der.sequence(der.encode(der.context(0), hash_), der.encode(der.context(1), mask))
    # what equals its default, SHA-1, is left out (X.690 11.5)
    algorithm = der.sequence(oids.OAEP, der.sequence() if digest.name == "sha-1" else parameters)
    return _oaep(digest, digest, b""), algorithm


def _oaep(digest: Digest, mask: Digest, label: bytes) -> padding.OAEP:
    return padding.OAEP(padding.MGF1(mask.make()), digest.make(), label or None)


def _write_agreement(
    to: Certificate, public_key: ec.EllipticCurvePublicKey, key: bytes, *, by_key_id: bool
) -> bytes:
    """A KeyAgreeRecipientInfo with an ephemeral key on the recipient's curve (RFC 5753 3.1)."""
    ours = ec.generate_private_key(public_key.curve)
    point = ours.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    digest = DIGESTS["sha-384" if public_key.key_size > 256 else "sha-256"]
    size = max(16, len(key))
    wrap = der.sequence(_WRAP_BY_SIZE[size])
    shared = ours.exchange(ec.ECDH(), public_key)
    wrapped = aes_key_wrap(_wrapping_key(shared, digest, wrap, size, b""), key)
    originator = der.encode(
        der.context(1),
        der.sequence(oids.EC_PUBLIC_KEY) + der.encode(der.BIT_STRING, b"\0" + point),
    )
    if by_key_id:
        name = der.encode(der.context(0), der.octet_string(to.key_id))
    else:
        name = name_certificate(to, by_key_id=False, key_id_tag=0)
    return der.encode(
        _AGREEMENT,
        der.integer(3)
        + der.encode(der.context(0), originator)
        + der.sequence(digest.agreement, wrap)
        + der.sequence(der.sequence(name, der.octet_string(wrapped))),
    )


def _wrapping_key(shared: bytes, digest: Digest, wrap: bytes, size: int, extra: bytes) -> bytes:
    """X9.63 key derivation with ECC-CMS-SharedInfo (RFC 5753 7.2)."""
    entity = der.encode(der.context(0), der.octet_string(extra)) if extra else b""
    length = der.encode(der.context(2), der.octet_string((size * 8).to_bytes(4, "big")))
    info = der.sequence(wrap, entity, length)
    return X963KDF(digest.make(), size, info).derive(shared)


def find_keys(recipients: Element, own: list[OwnKey]) -> list[tuple[OwnKey, Element, Element]]:
    """Which of our keys the RecipientInfos name: the key, its RecipientInfo, and within that the
    element with the encrypted key. Raises DerError."""
    infos = recipients.expect(der.SET).children()
    if len(infos) > _MOST_RECIPIENTS:
        raise der.DerError("too many recipients")
    found = []
    for info in infos:
        for name, tag, encrypted in _named(info):
            found += [(key, info, encrypted) for key in own if is_named(key.certificate, name, tag)]
    return found


def _named(info: Element) -> list[tuple[Element, int, Element]]:
    """The certificates a RecipientInfo names, the tag a key id has there, the encrypted keys.
    Kinds other than RSA and ECDH name nobody."""
    if info.tag == der.SEQUENCE:
        _version, name, _algorithm, encrypted = info.children()
        return [(name, 0x80, encrypted)]
    if info.tag != _AGREEMENT:
        return []
    named = []
    for one in info.children()[-1].expect(der.SEQUENCE).children():
        name, encrypted = one.expect(der.SEQUENCE).children()
        if name.tag == der.context(0):
            name = name.children()[0]  # RecipientKeyIdentifier: the key id, perhaps a date
        named.append((name, der.OCTET_STRING, encrypted))
    return named


def read_key(key: OwnKey, info: Element, encrypted: Element) -> bytes | None:
    """The content key for one of our keys, or None. Raises DerError where the RecipientInfo is
    malformed, which does not depend on the key."""
    wrapped = encrypted.expect(der.OCTET_STRING).content
    if isinstance(key.private_key, rsa.RSAPrivateKey):
        if info.tag != der.SEQUENCE:
            return None
        scheme = _read_rsa_scheme(info.children()[2])
        try:
            return key.private_key.decrypt(wrapped, scheme)
        except (ValueError, UnsupportedAlgorithm):
            return None
    if info.tag != _AGREEMENT:
        return None
    return _read_agreement(key.private_key, info, wrapped)


def _read_rsa_scheme(algorithm: Element) -> padding.AsymmetricPadding:
    kind, *parameters = algorithm.expect(der.SEQUENCE).children()
    if kind.raw == oids.RSA:
        return padding.PKCS1v15()
    if kind.raw != oids.OAEP:
        raise der.DerError("a key transport that is neither RSA nor OAEP")
    digest = mask = DIGESTS["sha-1"]
    label = b""
    for field in parameters[0].expect(der.SEQUENCE).children() if parameters else ():
        inner = field.inner()
        if field.tag == der.context(0):
            digest = read_digest(inner)
        elif field.tag == der.context(1):
            function, hash_ = inner.children()
            if function.raw != oids.MGF1:
                raise der.DerError("a mask function that is not MGF1")
            mask = read_digest(hash_)
        else:
            source, text = inner.children()
            if source.raw != oids.P_SPECIFIED:
                raise der.DerError("an unknown OAEP label source")
            label = text.content
    return _oaep(digest, mask, label)


def _read_agreement(key: ec.EllipticCurvePrivateKey, info: Element, wrapped: bytes) -> bytes | None:
    _version, originator, *middle, _recipients = info.children()
    extra = b""
    for field in middle:
        if field.tag == der.context(1):
            extra = field.inner().content
    kind, wrap = middle[-1].expect(der.SEQUENCE).children()
    digest, size = AGREEMENTS.get(kind.raw), KEY_WRAPS.get(wrap.children()[0].raw)
    public = originator.expect(der.context(0)).inner()
    if digest is None or size is None or public.tag != der.context(1):
        raise der.DerError("a key agreement we do not know")
    point = public.children()[-1].expect(der.BIT_STRING).content[1:]
    try:
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(key.curve, point)
        shared = key.exchange(ec.ECDH(), theirs)
        return aes_key_unwrap(_wrapping_key(shared, digest, wrap.canonical(), size, extra), wrapped)
    except (ValueError, InvalidUnwrap, UnsupportedAlgorithm):
        return None
