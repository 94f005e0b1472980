"""Signed parts of every shape, encoding and header style (matrix row D): their octets count.

The messages are put together by hand, since many of these shapes we would never write ourselves.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import itertools

import pytest
from as2_kit import NOW
from as2_kit import content_of
from as2_kit import open_entity
from as2_kit import ours
from as2_kit import posted

from gateway.as2 import Octets
from gateway.as2 import Signer
from gateway.as2 import Style
from gateway.as2.mic import mic_of
from gateway.as2.signing import sign_detached

BODIES = {
    "crlf": b"ISA*00~\r\nIEA*1~\r\n",
    "lf": b"ISA*00~\nIEA*1~\n",
    "cr": b"ISA*00~\rIEA*1~\r",
    "mixed": b"ISA*00~\r\nGS*PO~\nGE*1~\rIEA*1~\n\r\n",
    "no final newline": b"ISA*00~\r\nIEA*1~",
    "empty": b"",
    "boundary-like line": b"ISA~\r\n--edge\r\n --edge-out\r\n--edge-outer\r\n--edge-out- x\r\nIE~",
    "8-bit": "NTE*ADD*Grüße, 北京~\r\n".encode(),
    "all 256 bytes": bytes(range(256)) * 3,
}
ENCODINGS = ("none", "7bit", "8bit", "binary", "base64", "quoted-printable")
HEADERS = ("plain", "folded", "extra blanks", "odd case", "lower case")
CASES = list(itertools.product(BODIES, ENCODINGS, HEADERS))


def encoded(body: bytes, encoding: str) -> bytes:
    if encoding == "base64":
        return base64.encodebytes(body).replace(b"\n", b"\r\n")
    if encoding == "quoted-printable":
        return binascii.b2a_qp(body, istext=False)
    return body


def written(fields: list[tuple[str, str]], style: str) -> bytes:
    """Header fields as some partner writes them."""
    lines = []
    for name, value in fields:
        if style == "folded":
            lines.append(f"{name}:\r\n {value.replace('; ', f';{chr(13)}{chr(10)}{chr(9)}')}")
        elif style == "extra blanks":
            lines.append(f"{name} : \t {value.replace('; ', ' ;   ')}  \t")
        elif style == "odd case":
            lines.append(f"{name.swapcase()}: {value}")
        else:
            lines.append(f"{name.lower() if style == 'lower case' else name}: {value}")
    return "".join(f"{line}\r\n" for line in lines).encode()


def signed_by_hand(body: bytes, encoding: str, style: str) -> tuple[bytes, bytes, bytes]:
    """The HTTP header, its body, and the octets that were signed."""
    fields = [("Content-Type", 'application/EDI-X12; charset="utf-8"')]
    if encoding != "none":
        fields.append(("Content-Transfer-Encoding", encoding))
    part = written(fields, style) + b"\r\n" + encoded(body, encoding)
    signer = Signer(ours(), NOW)
    signature = sign_detached(mic_of(Octets.of(part), "sha-256"), signer, Style())
    second = [
        ("Content-Type", 'application/pkcs7-signature; name="smime.p7s"'),
        ("Content-Transfer-Encoding", "base64"),
    ]
    outer = [
        ("AS2-From", "NORTHFIELD"),
        ("AS2-To", "HARBOR"),
        ("Message-ID", "<by-hand@northfield.example>"),
        (
            "Content-Type",
            'multipart/signed; protocol="application/pkcs7-signature"; boundary="edge-out"',
        ),
    ]
    armour = base64.encodebytes(signature).replace(b"\n", b"\r\n")
    pieces = (b"--edge-out\r\n", part, b"\r\n--edge-out\r\n", written(second, style), b"\r\n")
    return written(outer, style), b"".join(pieces) + armour + b"--edge-out--\r\n", part


@pytest.mark.parametrize("shape, encoding, style", CASES)
def test_row_d_the_mic_is_over_the_octets_as_sent(shape, encoding, style):
    head, body, part = signed_by_hand(BODIES[shape], encoding, style)
    opened = open_entity(posted(head, body))
    assert opened.mic.digest == hashlib.sha256(part).digest()
    assert content_of(opened) == BODIES[shape]


def test_the_row_has_270_cases():
    assert len(CASES) == 270
