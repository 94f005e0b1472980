"""EnvelopedData (RFC 5652 6) and AuthEnvelopedData (RFC 5083), made and opened."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.as2 import der
from gateway.as2 import oids
from gateway.as2.certificate import Certificate
from gateway.as2.content_ciphers import SealError
from gateway.as2.content_ciphers import Sealing
from gateway.as2.content_ciphers import decrypt_cbc
from gateway.as2.content_ciphers import encrypt_cbc
from gateway.as2.content_ciphers import new_parameters
from gateway.as2.content_ciphers import random_octets
from gateway.as2.content_ciphers import read_parameters
from gateway.as2.der import Element
from gateway.as2.disposition import DecryptionError
from gateway.as2.disposition import InsufficientSecurityError
from gateway.as2.keys import OwnKey
from gateway.as2.octets import Octets
from gateway.as2.octets import Scratch
from gateway.as2.octets import lay_down
from gateway.as2.oids import CIPHERS
from gateway.as2.oids import Cipher
from gateway.as2.policy import Style
from gateway.as2.transport import find_keys
from gateway.as2.transport import read_key
from gateway.as2.transport import write_recipient

_MOST_TRIES = 8


@dataclass(frozen=True, slots=True)
class Decrypted:
    """What was inside, under which cipher and for which of our keys."""

    content: Octets
    cipher: Cipher
    key: OwnKey


def encrypt(
    content: Octets, to: Sequence[Certificate], style: Style, scratch: Scratch | None = None
) -> Octets:
    """A ContentInfo with the content encrypted to every certificate, under `style.encrypt`."""
    if not to or style.encrypt is None:
        raise ValueError("encryption needs a cipher and at least one certificate")
    cipher = CIPHERS[style.encrypt]
    key = random_octets(cipher.key)
    start, algorithm = new_parameters(cipher)
    recipients = der.set_of(
        write_recipient(one, key, style.transport, by_key_id=style.by_key_id) for one in to
    )
    if cipher.mode == "gcm":
        sealing = Sealing(key, start)
        encrypted = lay_down(sealing.seal(content.chunks()), scratch)
        kind, version = oids.AUTH_ENVELOPED_DATA, 0
        after = der.octet_string(sealing.tag)
    else:
        encrypted = lay_down(encrypt_cbc(cipher, key, start, content.chunks()), scratch)
        kind, version = oids.ENVELOPED_DATA, _version(to, style)
        after = b""
    head, tail = der.enclose(
        len(encrypted),
        (der.context(0, constructed=False), b"", b""),
        (der.SEQUENCE, oids.DATA + algorithm, b""),
        (der.SEQUENCE, der.integer(version) + recipients, after),
        (der.context(0), b"", b""),
        (der.SEQUENCE, kind, b""),
    )
    return Octets.of(head, encrypted, tail)


def _version(to: Sequence[Certificate], style: Style) -> int:
    """RFC 5652 6.1: 0 only with nothing but RSA recipients named by issuer and serial."""
    return 0 if not style.by_key_id and all(one.is_rsa for one in to) else 2


@dataclass(frozen=True, slots=True)
class _Envelope:
    recipients: Element
    algorithm: Element
    encrypted: Element
    tag: bytes
    attributes: bytes


def decrypt(
    data: Element,
    own: Sequence[OwnKey],
    allowed: Sequence[str],
    scratch: Scratch | None = None,
    *,
    authenticated: bool,
) -> Decrypted:
    """Opens an EnvelopedData, or an AuthEnvelopedData where `authenticated`, with whichever of our
    keys it names. Raises InsufficientSecurityError for a cipher that is not allowed, which is seen
    before any key is used, and DecryptionError for everything else."""
    try:
        envelope = _read(data, authenticated=authenticated)
        cipher, start = read_parameters(envelope.algorithm)
        if (cipher.mode == "gcm") is not authenticated:
            raise DecryptionError("a cipher that does not go with its envelope")
        if cipher.name not in allowed:
            raise InsufficientSecurityError(f"encrypted with {cipher.name}, which is not allowed")
        found = find_keys(envelope.recipients, list(own))
        if not found:
            raise DecryptionError("encrypted for none of our certificates")
        for key, info, encrypted in found[:_MOST_TRIES]:
            secret = read_key(key, info, encrypted)
            content = _try(envelope, cipher, start, secret, scratch)
            if content is not None:
                return Decrypted(content, cipher, key)
    except (ValueError, IndexError) as fault:
        raise DecryptionError(f"malformed: {fault}") from fault
    raise DecryptionError("no key of ours opens it")


def _try(
    envelope: _Envelope, cipher: Cipher, start: bytes, secret: bytes | None, scratch: Scratch | None
) -> Octets | None:
    """The content, or None. A key that could not be had is replaced by a random one, and all is
    decrypted with that, so that time and answer are those of a wrong key."""
    instead = random_octets(cipher.key)
    key = secret if secret is not None and len(secret) == cipher.key else instead
    try:
        return lay_down(_decrypt(envelope, cipher, start, key), scratch)
    except SealError:
        return None


def _decrypt(envelope: _Envelope, cipher: Cipher, start: bytes, key: bytes) -> Iterator[bytes]:
    chunks = envelope.encrypted.chunks()
    if cipher.mode == "gcm":
        return Sealing(key, start, envelope.attributes).open(chunks, envelope.tag)
    return decrypt_cbc(cipher, key, start, chunks)


def _read(data: Element, *, authenticated: bool) -> _Envelope:
    """The fields both kinds share; raises DerError or ValueError."""
    _version, *fields = data.children()
    if fields[0].tag == der.context(0):
        fields = fields[1:]  # originatorInfo: certificates we would not believe anyway
    recipients, content, *rest = fields
    kind, algorithm, encrypted = content.expect(der.SEQUENCE).children()
    if kind.raw != oids.DATA or encrypted.tag not in (0x80, 0xA0):
        raise der.DerError("encrypted content that is not data")
    tag = attributes = b""
    if authenticated:
        if rest[0].tag == der.context(1):
            attributes = der.set_of(one.canonical() for one in rest.pop(0).children())
        tag = rest[0].expect(der.OCTET_STRING).content
    return _Envelope(recipients, algorithm, encrypted, tag, attributes)
