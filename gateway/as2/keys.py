"""Our keys and our partners' certificates, in order and each with the window it is used in.

On the day a certificate changes several are held at once: what others send is read with any that
its window allows, what we send is made with the one whose window began last.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.hazmat.primitives.serialization import pkcs12

from gateway.as2 import oids
from gateway.as2.certificate import UNREADABLE
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


class InUse(Protocol):
    """A certificate, perhaps with its key, and when it is used."""

    @property
    def certificate(self) -> Certificate: ...

    @property
    def window(self) -> Window: ...


Held = TypeVar("Held", bound=InUse)


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


def _started(held: InUse) -> float:
    start = held.window.start
    return start.timestamp() if start else float("-inf")


def read_certificates(content: bytes) -> list[Certificate]:
    """The certificates of a file: PEM, one or several, one in DER, or the bundle of a .p7b file
    (RFC 5652 5.1, without a signer) in either. Raises CertificateError."""
    try:
        found = _load_certificates(content)
    except UNREADABLE as fault:
        raise CertificateError("not a certificate in PEM, DER or PKCS#7") from fault
    return [_read(one) for one in found]


def _load_certificates(content: bytes) -> list[x509.Certificate]:
    if b"-----BEGIN PKCS7" in content:
        return pkcs7.load_pem_pkcs7_certificates(content)
    if b"-----BEGIN" in content:
        return x509.load_pem_x509_certificates(content)
    if oids.SIGNED_DATA in content[:64]:
        return pkcs7.load_der_pkcs7_certificates(content)
    return [x509.load_der_x509_certificate(content)]


def _read(found: x509.Certificate) -> Certificate:
    return read_certificate(found.public_bytes(serialization.Encoding.DER))


def write_certificates(certificates: Iterable[Certificate]) -> bytes:
    """As PEM, in this order (RFC 7468 5.1)."""
    found = (x509.load_der_x509_certificate(one.encoded) for one in certificates)
    return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in found)


def bundle_certificates(certificates: Iterable[Certificate]) -> bytes:
    """As a .p7b file in DER: a SignedData without a signer (RFC 5652 5.1)."""
    found = [x509.load_der_x509_certificate(one.encoded) for one in certificates]
    return pkcs7.serialize_certificates(found, serialization.Encoding.DER)


def leaf_first(certificates: Iterable[Certificate]) -> list[Certificate]:
    """The same, the one that issued none of the others first: bundles have no order."""
    found = list(certificates)
    issuers = {one.issued_by for one in found if one.issued_by != one.subject}
    return sorted(found, key=lambda one: one.subject in issuers)


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


def read_pkcs12(content: bytes, password: bytes | None) -> tuple[OwnKey, list[Certificate]]:
    """The key of a PKCS#12 file (RFC 7292), and its certificate with those of the chain. Raises
    CertificateError."""
    try:
        key, found, chain = pkcs12.load_key_and_certificates(content, password)
    except UNREADABLE as fault:
        raise CertificateError(f"the PKCS#12 file cannot be read: {fault}") from fault
    if key is None or found is None:
        raise CertificateError("the PKCS#12 file lacks a key or its certificate")
    own = _own(key, _read(found), ALWAYS)
    return own, [own.certificate, *(_read(one) for one in chain)]


def _own(key: object, certificate: Certificate, window: Window) -> OwnKey:
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise CertificateError("the private key is neither RSA nor EC")
    if key.public_key() != certificate.public_key:
        raise CertificateError("the private key is not the certificate's")
    return OwnKey(key, certificate, window)
