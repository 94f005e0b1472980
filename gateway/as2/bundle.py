"""Certificates and keys as partners, authorities and other products hand them over."""

from __future__ import annotations

from gateway.as2.certificate import Certificate
from gateway.as2.certificate import CertificateError
from gateway.as2.keys import OwnKey
from gateway.as2.keys import leaf_first
from gateway.as2.keys import read_certificates
from gateway.as2.keys import read_own_key
from gateway.as2.keys import read_pkcs12


class PasswordError(CertificateError):
    """A key that is encrypted, and the password does not open it."""


def read_bundle(content: bytes) -> list[Certificate]:
    """A partner's certificate and those that issued it, the partner's first: PEM, DER or PKCS#7.
    Raises CertificateError."""
    if b"PRIVATE KEY" in content:
        raise CertificateError("a private key is in it, which nobody may send: ask for a new one")
    return leaf_first(read_certificates(content))


def read_own_bundle(
    content: bytes, key: bytes, password: bytes | None
) -> tuple[OwnKey, list[Certificate]]:
    """A key of ours and its certificates, its own first: PKCS#12, or PEM with the key in it or in
    `key`. Raises CertificateError, PasswordError."""
    try:
        if not key and b"-----BEGIN" not in content:
            return read_pkcs12(content, password)
        found = leaf_first(read_certificates(content))
        if not key and b"PRIVATE KEY" not in content:
            raise CertificateError("there is no private key in it: name its file with --key")
        return read_own_key(key or content, found[0], password), found
    except CertificateError as fault:
        sealed = key or content
        if b"ENCRYPTED" in sealed or b"-----BEGIN" not in sealed:
            raise PasswordError(str(fault)) from fault
        raise
