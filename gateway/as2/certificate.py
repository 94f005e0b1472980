"""X.509 certificates as AS2 uses them: pinned, told apart by issuer and serial or by key id.

No chains are built: a partner's certificate is trusted because it was agreed, for as long as its
own dates and the agreed window say (rfc4130bis 9).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric import rsa

from gateway.as2 import der
from gateway.as2.der import DerError

UNREADABLE = (ValueError, UnsupportedAlgorithm, x509.InvalidVersion, x509.DuplicateExtension)
"""What the library raises for octets that are no certificate."""
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey


class CertificateError(ValueError):
    """The octets are no certificate or key we can use; `str()` says why."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate read once: `issuer` is its encoded Name, `key_id` the subject key identifier
    (from the extension, else by RFC 5280 4.2.1.2 method 1)."""

    encoded: bytes
    issuer: bytes
    serial: int
    key_id: bytes
    public_key: PublicKey
    not_before: datetime
    not_after: datetime
    subject: str
    issued_by: str
    fingerprint: str
    """SHA-256 over the certificate, in lower-case hexadecimal."""

    @property
    def bits(self) -> int:
        """The key's size: modulus or field, in bits."""
        return self.public_key.key_size

    @property
    def is_rsa(self) -> bool:
        return isinstance(self.public_key, rsa.RSAPublicKey)

    def in_date(self, at: datetime) -> bool:
        return self.not_before <= at <= self.not_after

    def has_issuer(self, name: der.Element, serial: int) -> bool:
        """Whether an issuerAndSerialNumber means this certificate. Encoders disagree about the
        string types and the case in a Name, so those are not compared (RFC 5280 7.1)."""
        if serial != self.serial:
            return False
        return name.raw == self.issuer or _words(name) == _words(der.read(self.issuer))


def read_certificate(encoded: bytes) -> Certificate:
    """A DER certificate; raises CertificateError."""
    try:
        found = x509.load_der_x509_certificate(encoded)
        public_key = found.public_key()
        issuer = _issuer(found)
    except UNREADABLE as fault:
        raise CertificateError(f"not a certificate: {fault}") from fault
    if not isinstance(public_key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        raise CertificateError("the certificate's key is neither RSA nor EC")
    return Certificate(
        encoded=encoded,
        issuer=issuer,
        serial=found.serial_number,
        key_id=_key_id(found, public_key),
        public_key=public_key,
        not_before=found.not_valid_before_utc,
        not_after=found.not_valid_after_utc,
        subject=found.subject.rfc4514_string(),
        issued_by=found.issuer.rfc4514_string(),
        fingerprint=found.fingerprint(hashes.SHA256()).hex(),
    )


def _issuer(found: x509.Certificate) -> bytes:
    """The issuer's Name as it stands in the certificate, not encoded again."""
    fields = der.read(found.tbs_certificate_bytes).children()
    at = 3 if fields[0].tag == der.context(0) else 2
    if len(fields) <= at:
        raise DerError("a certificate without an issuer")
    return fields[at].raw


def _key_id(found: x509.Certificate, public_key: PublicKey) -> bytes:
    try:
        return found.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    except (x509.ExtensionNotFound, *UNREADABLE):
        return x509.SubjectKeyIdentifier.from_public_key(public_key).digest


def _words(name: der.Element) -> list[tuple[bytes, bytes]]:
    """A Name as pairs of attribute and value, without case, spare blanks and string types."""
    pairs = []
    for relative in name.expect(der.SEQUENCE).children():
        for attribute in relative.expect(der.SET).children():
            kind, value = attribute.children()[:2]
            pairs.append((kind.raw, b" ".join(value.content.lower().split())))
    return pairs
