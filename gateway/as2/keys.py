"""Our keys and our partners' certificates, in order and each with the window it is used in.

On the day a certificate changes several are held at once: what others send is read with any that
its window allows, what we send is made with the one whose window began last.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509 import load_pem_x509_certificates

from gateway.as2.certificate import Certificate
from gateway.as2.certificate import CertificateError
from gateway.as2.certificate import read_certificate

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class Window:
    """When something is in use: from `start`, until just before `end`; None is without limit."""

    start: datetime | None = None
    end: datetime | None = None

    def holds(self, at: datetime) -> bool:
        return (self.start is None or self.start <= at) and (self.end is None or at < self.end)


ALWAYS = Window()


@dataclass(frozen=True, slots=True)
class Pinned:
    """A partner's certificate and when we rely on it."""

    certificate: Certificate
    window: Window = ALWAYS


@dataclass(frozen=True, slots=True)
class OwnKey:
    """A private key of ours, its certificate, and when we use it. Never shown: `repr` hides it."""

    private_key: PrivateKey
    certificate: Certificate
    window: Window = ALWAYS

    def __repr__(self) -> str:
        return f"OwnKey({self.certificate.subject!r})"


Held = TypeVar("Held", Pinned, OwnKey)


def usable(held: Iterable[Held], at: datetime) -> list[Held]:
    """Those whose window holds the moment, the one whose window began last first; among equals
    the order given. Read and verify with any of them."""
    able = [one for one in held if one.window.holds(at)]
    return sorted(able, key=_started, reverse=True)


def current(held: Iterable[Held], at: datetime) -> Held:
    """The one to sign or encrypt with at a moment: the last begun whose certificate is in date,
    else the last begun. Raises CertificateError when none is in use."""
    able = usable(held, at)
    if not able:
        raise CertificateError("no key or certificate is in use now")
    return next((one for one in able if one.certificate.in_date(at)), able[0])


def _started(held: Pinned | OwnKey) -> float:
    start = held.window.start
    return start.timestamp() if start else float("-inf")


def read_certificates(content: bytes) -> list[Certificate]:
    """The certificates of a file: PEM, one or several, or one in DER. Raises CertificateError."""
    if b"-----BEGIN" not in content:
        return [read_certificate(content)]
    try:
        found = load_pem_x509_certificates(content)
    except ValueError as fault:
        raise CertificateError(f"not a PEM certificate: {fault}") from fault
    return [read_certificate(one.public_bytes(serialization.Encoding.DER)) for one in found]


def read_own_key(
    key: bytes, certificate: Certificate, password: bytes | None = None, window: Window = ALWAYS
) -> OwnKey:
    """A private key in PEM or DER, encrypted or not, which must be its certificate's. Raises
    CertificateError; the reason never holds key material."""
    load = (
        serialization.load_pem_private_key
        if b"-----BEGIN" in key
        else serialization.load_der_private_key
    )
    try:
        return _own(load(key, password), certificate, window)
    except (ValueError, TypeError, UnsupportedAlgorithm) as fault:
        raise CertificateError(f"the private key cannot be used: {fault}") from fault


def read_pkcs12(content: bytes, password: bytes | None, window: Window = ALWAYS) -> OwnKey:
    """The key and certificate of a PKCS#12 file (RFC 7292). Raises CertificateError."""
    try:
        key, found, _ = pkcs12.load_key_and_certificates(content, password)
    except (ValueError, UnsupportedAlgorithm) as fault:
        raise CertificateError(f"the PKCS#12 file cannot be read: {fault}") from fault
    if key is None or found is None:
        raise CertificateError("the PKCS#12 file lacks a key or its certificate")
    encoded = found.public_bytes(serialization.Encoding.DER)
    return _own(key, read_certificate(encoded), window)


def _own(key: object, certificate: Certificate, window: Window) -> OwnKey:
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise CertificateError("the private key is neither RSA nor EC")
    if key.public_key() != certificate.public_key:
        raise CertificateError("the private key is not the certificate's")
    return OwnKey(key, certificate, window)
