"""Signature algorithms of SignerInfo: RSA PKCS#1 v1.5 and PSS (RFC 4055), ECDSA (RFC 5754).

Both ways side by side: `choose` and `sign` write what `read_scheme` and `verify` read.
"""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from gateway.as2 import der
from gateway.as2 import oids
from gateway.as2.certificate import PublicKey
from gateway.as2.der import DerError
from gateway.as2.der import Element
from gateway.as2.keys import PrivateKey
from gateway.as2.oids import DIGEST_BY_OID
from gateway.as2.oids import DIGESTS
from gateway.as2.oids import Digest

_MOST_SALT = 512


@dataclass(frozen=True, slots=True)
class Scheme:
    """How a digest is signed: `kind` is pkcs1, pss or ecdsa; `mask` and `salt` are PSS's."""

    kind: str
    digest: Digest
    mask: Digest
    salt: int = 0

    def encoded(self) -> bytes:
        """The signatureAlgorithm of a SignerInfo."""
        if self.kind == "ecdsa":
            return der.sequence(self.digest.ecdsa)
        if self.kind == "pkcs1":
            return der.sequence(self.digest.rsa, der.null())
        hash_ = der.sequence(self.digest.oid)
        mask = der.sequence(oids.MGF1, der.sequence(self.mask.oid))
        return der.sequence(
            oids.PSS,
            der.sequence(
                der.encode(der.context(0), hash_),
                der.encode(der.context(1), mask),
                der.encode(der.context(2), der.integer(self.salt)),
            ),
        )

    def padding(self) -> padding.PSS | padding.PKCS1v15:
        if self.kind == "pkcs1":
            return padding.PKCS1v15()
        return padding.PSS(padding.MGF1(self.mask.make()), self.salt)


def choose(key: PrivateKey, digest: Digest, *, pss: bool) -> Scheme:
    """The scheme for one of our keys; PSS takes a salt as long as its digest (RFC 4055 3.1)."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return Scheme("ecdsa", digest, digest)
    return Scheme("pss" if pss else "pkcs1", digest, digest, digest.make().digest_size)


def sign(key: PrivateKey, scheme: Scheme, hashed: bytes) -> bytes:
    """The signature over what hashes to `hashed`."""
    ready = Prehashed(scheme.digest.make())
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(hashed, ec.ECDSA(ready))
    return key.sign(hashed, scheme.padding(), ready)


def read_scheme(algorithm: Element, digest: Digest) -> Scheme:
    """The scheme of a signatureAlgorithm, `digest` being the SignerInfo's own. Raises DerError."""
    kind, *parameters = algorithm.expect(der.SEQUENCE).children()
    if kind.raw == oids.RSA:
        return Scheme("pkcs1", digest, digest)
    if kind.raw == oids.EC_PUBLIC_KEY:
        return Scheme("ecdsa", digest, digest)
    if kind.raw == oids.PSS:
        return _read_pss(parameters)
    if found := oids.RSA_SIGNATURES.get(kind.raw):
        return Scheme("pkcs1", found, found)
    if found := oids.ECDSA_SIGNATURES.get(kind.raw):
        return Scheme("ecdsa", found, found)
    raise DerError("a signature algorithm that is not RSA, PSS or ECDSA")


def _read_pss(parameters: list[Element]) -> Scheme:
    """RSASSA-PSS-params (RFC 4055 3.1): what is absent is SHA-1 and 20 octets of salt."""
    digest = mask = DIGESTS["sha-1"]
    salt = 20
    for field in parameters[0].expect(der.SEQUENCE).children() if parameters else ():
        inner = field.inner()
        if field.tag == der.context(0):
            digest = read_digest(inner)
        elif field.tag == der.context(1):
            function, hash_ = inner.children()
            if function.raw != oids.MGF1:
                raise DerError("a mask function that is not MGF1")
            mask = read_digest(hash_)
        elif field.tag == der.context(2):
            salt = inner.integer
        elif inner.integer != 1:
            raise DerError("an unknown PSS trailer")
    if not 0 <= salt <= _MOST_SALT:
        raise DerError("an absurd PSS salt")
    return Scheme("pss", digest, mask, salt)


def read_digest(algorithm: Element) -> Digest:
    """A digest's AlgorithmIdentifier. Raises DerError for one that is not in DIGESTS."""
    kind = algorithm.expect(der.SEQUENCE).children()
    found = DIGEST_BY_OID.get(kind[0].raw) if kind else None
    if found is None:
        raise DerError("an unknown digest algorithm")
    return found


def verify(key: PublicKey, scheme: Scheme, signature: bytes, hashed: bytes) -> bool:
    """Whether the signature over what hashes to `hashed` was made with the key's private half."""
    ready = Prehashed(scheme.digest.make())
    try:
        if isinstance(key, rsa.RSAPublicKey):
            if scheme.kind == "ecdsa":
                return False
            key.verify(signature, hashed, scheme.padding(), ready)
        else:
            if scheme.kind != "ecdsa":
                return False
            key.verify(signature, hashed, ec.ECDSA(ready))
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, OverflowError):
        return False
    return True
