"""Parts to be written: header fields and bodies, multiparts, and the signature around a part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.as2.mic import Mic
from gateway.as2.mic import spelling
from gateway.as2.octets import Octets
from gateway.as2.octets import Scratch
from gateway.as2.policy import Style
from gateway.as2.signing import Signer
from gateway.as2.signing import sign_detached
from gateway.as2.transfer import to_base64

FieldList = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Part:
    """Header fields and a body on the way to become octets."""

    fields: FieldList
    body: Octets

    def octets(self) -> Octets:
        lines = "".join(f"{name}: {checked(value)}\r\n" for name, value in self.fields)
        return Octets.of(lines.encode("ascii") + b"\r\n", self.body)


def multipart(boundary: str, parts: Sequence[Octets]) -> Octets:
    """A multipart body without preamble and with nothing after the last delimiter's line."""
    pieces: list[bytes | Octets] = []
    for part in parts:
        pieces += [f"--{boundary}\r\n".encode(), part, b"\r\n"]
    return Octets.of(*pieces, f"--{boundary}--\r\n".encode())


def sign_part(signed: Octets, mic: Mic, style: Style, signer: Signer | None, boundary: str) -> Part:
    """multipart/signed around a part of which `mic` is the digest (RFC 8551 3.5.3)."""
    if signer is None:
        raise ValueError("a signature needs a key")
    signature = Octets.of(sign_detached(mic, signer, style))
    second = Part(
        [
            ("Content-Type", 'application/pkcs7-signature; name="smime.p7s"'),
            ("Content-Transfer-Encoding", style.signature_encoding),
            ("Content-Disposition", 'attachment; filename="smime.p7s"'),
        ],
        encoded(signature, style.signature_encoding, None),
    )
    micalg = spelling(mic.algorithm, plain=style.plain_micalg)
    kind = (
        f'multipart/signed; protocol="application/pkcs7-signature"; micalg="{micalg}";'
        f' boundary="{boundary}"'
    )
    return Part([("Content-Type", kind)], multipart(boundary, [signed, second.octets()]))


def encoded(body: Octets, encoding: str, scratch: Scratch | None) -> Octets:
    """The body in base64, or as it is for every other encoding a part may name."""
    return to_base64(body, scratch) if encoding == "base64" else body


def checked(value: str) -> str:
    """A field value that cannot end its line and begin another."""
    if not value.isascii() or not value.isprintable():
        raise ValueError(f"a header field cannot say {value!r}")
    return value
