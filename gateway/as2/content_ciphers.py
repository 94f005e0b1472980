"""Content encryption in chunks: AES and triple DES in CBC (RFC 5652 6.3), AES in GCM (RFC 5084)."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher as Primitive
from cryptography.hazmat.primitives.ciphers import CipherContext
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.ciphers.modes import GCM

from gateway.as2 import der
from gateway.as2.der import DerError
from gateway.as2.der import Element
from gateway.as2.oids import CIPHER_BY_OID
from gateway.as2.oids import Cipher

_NONCE = 12
_TAG = 16
_SHORTEST_TAG = 12
"""RFC 5084 3.2 lets a tag have 12 to 16 octets."""


class SealError(ValueError):
    """What was decrypted has no right padding or tag."""


def block_size(cipher: Cipher) -> int:
    """The octets of a block and so of the IV."""
    return 8 if cipher.mode == "3des" else 16


def random_octets(size: int) -> bytes:
    """At most 32 octets from the generator of `cryptography`."""
    return AESGCM.generate_key(256)[:size]


def new_parameters(cipher: Cipher) -> tuple[bytes, bytes]:
    """A fresh IV or nonce, and the encoded AlgorithmIdentifier with it."""
    if cipher.mode == "gcm":
        nonce = random_octets(_NONCE)
        fields = der.sequence(der.octet_string(nonce), der.integer(_TAG))
        return nonce, der.sequence(cipher.oid, fields)
    vector = random_octets(block_size(cipher))
    return vector, der.sequence(cipher.oid, der.octet_string(vector))


def read_parameters(algorithm: Element) -> tuple[Cipher, bytes]:
    """The cipher and its IV or nonce. Raises DerError."""
    kind, parameters = algorithm.expect(der.SEQUENCE).children()
    cipher = CIPHER_BY_OID.get(kind.raw)
    if cipher is None:
        raise DerError("an unknown content cipher")
    if cipher.mode == "gcm":
        nonce = parameters.expect(der.SEQUENCE).children()[0].expect(der.OCTET_STRING).content
        if not 8 <= len(nonce) <= 64:
            raise DerError("a nonce of a wrong length")
        return cipher, nonce
    vector = parameters.expect(der.OCTET_STRING).content
    if len(vector) != block_size(cipher):
        raise DerError("an IV of a wrong length")
    return cipher, vector


def encrypt_cbc(
    cipher: Cipher, key: bytes, vector: bytes, chunks: Iterable[bytes]
) -> Iterator[bytes]:
    """The ciphertext of the chunks and their padding."""
    encryptor = _cbc(cipher, key, vector).encryptor()
    block, size = block_size(cipher), 0
    for chunk in chunks:
        size += len(chunk)
        yield encryptor.update(chunk)
    pad = block - size % block
    yield encryptor.update(bytes((pad,)) * pad) + encryptor.finalize()


def decrypt_cbc(
    cipher: Cipher, key: bytes, vector: bytes, chunks: Iterable[bytes]
) -> Iterator[bytes]:
    """The plain octets without padding. Raises SealError at the end, after all is decrypted."""
    decryptor = _cbc(cipher, key, vector).decryptor()
    block, size, kept = block_size(cipher), 0, b""
    for chunk in chunks:
        size += len(chunk)
        plain = kept + decryptor.update(chunk)
        yield plain[:-block]
        kept = plain[-block:]
    if size == 0 or size % block:
        raise SealError("not a whole number of blocks")
    pad = kept[-1]
    if not 0 < pad <= block or kept[-pad:] != bytes((pad,)) * pad:
        raise SealError("the padding is wrong")
    yield kept[:-pad]


class Sealing:
    """GCM both ways: `seal` and `open` yield octets; the tag comes, or is checked, at the end."""

    def __init__(self, key: bytes, nonce: bytes, attributes: bytes = b"") -> None:
        self._primitive = Primitive(AES(key), GCM(nonce, min_tag_length=_SHORTEST_TAG))
        self._attributes = attributes
        self.tag = b""

    def seal(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        encryptor = self._primitive.encryptor()
        encryptor.authenticate_additional_data(self._attributes)
        yield from _through(encryptor, chunks)
        yield encryptor.finalize()
        self.tag = encryptor.tag

    def open(self, chunks: Iterable[bytes], tag: bytes) -> Iterator[bytes]:
        """Raises SealError at the end, when all octets were given; use none of them before."""
        decryptor = self._primitive.decryptor()
        decryptor.authenticate_additional_data(self._attributes)
        yield from _through(decryptor, chunks)
        try:
            yield decryptor.finalize_with_tag(tag)
        except (InvalidTag, ValueError) as fault:
            raise SealError("the tag is wrong") from fault


def _through(context: CipherContext, chunks: Iterable[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        yield context.update(chunk)


def _cbc(cipher: Cipher, key: bytes, vector: bytes) -> Primitive[CBC]:
    algorithm = TripleDES(key) if cipher.mode == "3des" else AES(key)
    return Primitive(algorithm, CBC(vector))
