"""A key of ours and its self-signed certificate, which partners agree on as it is (RFC 5280)."""

from __future__ import annotations

from datetime import datetime
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from gateway.as2.keys import PrivateKey

_CURVES = {"p-256": ec.SECP256R1, "p-384": ec.SECP384R1}
_BITS = {"rsa-3072": 3072, "rsa-2048": 2048, "rsa-4096": 4096}
KINDS = (*_BITS, *_CURVES)
"""Kinds of keys that are made, the usual one first."""


def issue(
    name: str,
    password: bytes,
    *,
    start: datetime,
    end: datetime,
    hosts: tuple[str, ...] = (),
    kind: str = KINDS[0],
) -> tuple[bytes, bytes]:
    """A fresh key, encrypted, and its certificate, both PEM. `hosts`: the names or addresses of our
    server, where it serves TLS too; `kind` is one of KINDS. Raises ValueError for names that fit no
    certificate."""
    key = _generate(kind)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if hosts:
        names = x509.SubjectAlternativeName([_host(host) for host in hosts])
        builder = builder.add_extension(names, critical=False)
    certificate = builder.sign(key, hashes.SHA256())
    return seal_key(key, password), certificate.public_bytes(serialization.Encoding.PEM)


def _host(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _generate(kind: str) -> PrivateKey:
    if kind in _CURVES:
        return ec.generate_private_key(_CURVES[kind]())
    return rsa.generate_private_key(65537, _BITS[kind])


def seal_key(key: PrivateKey, password: bytes) -> bytes:
    """The key as encrypted PEM (PKCS#8, RFC 5958)."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(password),
    )
