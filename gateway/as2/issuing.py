"""A key of ours and its self-signed certificate, which partners agree on as it is (RFC 5280)."""

from __future__ import annotations

from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID


def issue(
    name: str,
    password: bytes,
    *,
    start: datetime,
    end: datetime,
    hosts: tuple[str, ...] = (),
    bits: int = 3072,
) -> tuple[bytes, bytes]:
    """A fresh RSA key, encrypted, and its certificate, both PEM. `hosts`: the DNS names of our
    server, where it serves TLS too. Raises ValueError for names that fit no certificate."""
    key = rsa.generate_private_key(65537, bits)
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
        names = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
        builder = builder.add_extension(names, critical=False)
    certificate = builder.sign(key, hashes.SHA256())
    encrypted = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(password),
    )
    return encrypted, certificate.public_bytes(serialization.Encoding.PEM)
