"""The object identifiers of CMS and its algorithms, and the tables that tell them apart.

CMS RFC 5652, 5083 (auth-enveloped), 3274 (compressed), 8018 and 8017 (RSA, PSS, OAEP), 5753 (EC),
5084 (GCM), 3565 (AES), NIST's hash and AES arcs. Constants are encoded, ready to be compared.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes

from gateway.as2.der import object_identifier

DATA = object_identifier("1.2.840.113549.1.7.1")
SIGNED_DATA = object_identifier("1.2.840.113549.1.7.2")
ENVELOPED_DATA = object_identifier("1.2.840.113549.1.7.3")
COMPRESSED_DATA = object_identifier("1.2.840.113549.1.9.16.1.9")
AUTH_ENVELOPED_DATA = object_identifier("1.2.840.113549.1.9.16.1.23")

CONTENT_TYPE = object_identifier("1.2.840.113549.1.9.3")
MESSAGE_DIGEST = object_identifier("1.2.840.113549.1.9.4")
SIGNING_TIME = object_identifier("1.2.840.113549.1.9.5")
ALGORITHM_PROTECTION = object_identifier("1.2.840.113549.1.9.52")

ZLIB = object_identifier("1.2.840.113549.1.9.16.3.8")

RSA = object_identifier("1.2.840.113549.1.1.1")
OAEP = object_identifier("1.2.840.113549.1.1.7")
MGF1 = object_identifier("1.2.840.113549.1.1.8")
P_SPECIFIED = object_identifier("1.2.840.113549.1.1.9")
PSS = object_identifier("1.2.840.113549.1.1.10")
EC_PUBLIC_KEY = object_identifier("1.2.840.10045.2.1")

MakeHash = Callable[[], hashes.HashAlgorithm]


@dataclass(frozen=True, slots=True)
class Digest:
    """A hash by the names RFC 8551 uses (`sha-256`), with its identifiers."""

    name: str
    make: MakeHash
    oid: bytes
    rsa: bytes
    ecdsa: bytes
    agreement: bytes
    """dhSinglePass-stdDH with this hash in its key derivation (RFC 5753 7.1.4)."""


DIGESTS: dict[str, Digest] = {
    name: Digest(name, make, *(object_identifier(dotted) for dotted in dotteds))
    for name, make, *dotteds in (
        (
            "sha-1",
            hashes.SHA1,
            "1.3.14.3.2.26",
            "1.2.840.113549.1.1.5",
            "1.2.840.10045.4.1",
            "1.3.133.16.840.63.0.2",
        ),
        (
            "sha-224",
            hashes.SHA224,
            "2.16.840.1.101.3.4.2.4",
            "1.2.840.113549.1.1.14",
            "1.2.840.10045.4.3.1",
            "1.3.132.1.11.0",
        ),
        (
            "sha-256",
            hashes.SHA256,
            "2.16.840.1.101.3.4.2.1",
            "1.2.840.113549.1.1.11",
            "1.2.840.10045.4.3.2",
            "1.3.132.1.11.1",
        ),
        (
            "sha-384",
            hashes.SHA384,
            "2.16.840.1.101.3.4.2.2",
            "1.2.840.113549.1.1.12",
            "1.2.840.10045.4.3.3",
            "1.3.132.1.11.2",
        ),
        (
            "sha-512",
            hashes.SHA512,
            "2.16.840.1.101.3.4.2.3",
            "1.2.840.113549.1.1.13",
            "1.2.840.10045.4.3.4",
            "1.3.132.1.11.3",
        ),
    )
}

DIGEST_BY_OID = {digest.oid: digest for digest in DIGESTS.values()}
RSA_SIGNATURES = {digest.rsa: digest for digest in DIGESTS.values()}
ECDSA_SIGNATURES = {digest.ecdsa: digest for digest in DIGESTS.values()}
AGREEMENTS = {digest.agreement: digest for digest in DIGESTS.values()}


@dataclass(frozen=True, slots=True)
class Cipher:
    """A content cipher: `key` is its length in octets."""

    name: str
    oid: bytes
    key: int
    mode: str


CIPHERS: dict[str, Cipher] = {
    name: Cipher(name, object_identifier(dotted), key, mode)
    for name, dotted, key, mode in (
        ("3des", "1.2.840.113549.3.7", 24, "3des"),
        ("aes-128-cbc", "2.16.840.1.101.3.4.1.2", 16, "cbc"),
        ("aes-192-cbc", "2.16.840.1.101.3.4.1.22", 24, "cbc"),
        ("aes-256-cbc", "2.16.840.1.101.3.4.1.42", 32, "cbc"),
        ("aes-128-gcm", "2.16.840.1.101.3.4.1.6", 16, "gcm"),
        ("aes-192-gcm", "2.16.840.1.101.3.4.1.26", 24, "gcm"),
        ("aes-256-gcm", "2.16.840.1.101.3.4.1.46", 32, "gcm"),
    )
}
CIPHER_BY_OID = {cipher.oid: cipher for cipher in CIPHERS.values()}

KEY_WRAPS = {
    object_identifier("2.16.840.1.101.3.4.1.5"): 16,
    object_identifier("2.16.840.1.101.3.4.1.25"): 24,
    object_identifier("2.16.840.1.101.3.4.1.45"): 32,
}
"""AES key wrap (RFC 3565 2.3.2) by its identifier: the length of the wrapping key."""
