"""ContentInfo (RFC 5652 3): which kind of CMS content some octets are, in DER, BER or base64."""

from __future__ import annotations

from gateway.as2 import der
from gateway.as2 import oids
from gateway.as2.der import DerError
from gateway.as2.der import Element
from gateway.as2.mime import Entity
from gateway.as2.mime import MimeError
from gateway.as2.mime import read_entity
from gateway.as2.mime import split_multipart
from gateway.as2.octets import Octets
from gateway.as2.octets import Scratch
from gateway.as2.transfer import decode

_ARMOUR = b"-----BEGIN"


def read_content_info(body: Octets, scratch: Scratch | None = None) -> tuple[bytes, Element]:
    """The content type and the content. Whether the body is base64 is seen from the body, since
    partners' Content-Transfer-Encoding headers are wrong or missing too often: DER and BER begin
    with 0x30, base64 of them with M. Raises DerError."""
    if not body:
        raise DerError("an empty CMS body")
    if body[:1] != b"\x30":
        body = decode(_without_armour(body), "base64", scratch)
    kind, explicit = der.read(body).expect(der.SEQUENCE).children()
    content = explicit.expect(der.context(0)).inner().expect(der.SEQUENCE)
    return kind.expect(der.OBJECT_IDENTIFIER).raw, content


def read_signed(
    entity: Entity, headers: int = 65_536, scratch: Scratch | None = None
) -> tuple[Octets, Element]:
    """What a multipart/signed (RFC 1847 2.1) is over, and its SignedData; `headers` is how long the
    signature's header may be. Raises MimeError, DerError."""
    signed, second = split_multipart(entity, 2)
    kind, data = read_content_info(read_entity(second, headers).body, scratch)
    if kind != oids.SIGNED_DATA:
        raise MimeError("a signature that is none")
    return signed, data


def _without_armour(body: Octets) -> Octets:
    """The base64 between the lines that PEM puts around it."""
    if body[:10] != _ARMOUR:
        return body
    start = body.find(b"\n") + 1
    end = body.find(b"-----END", start)
    if end < 0:
        raise DerError("PEM without its last line")
    return body.cut(start, end)
