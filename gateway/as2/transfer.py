"""Content-Transfer-Encoding (RFC 2045 6), both ways, in chunks."""

from __future__ import annotations

import binascii
from base64 import b64encode
from collections.abc import Iterator

from gateway.as2.octets import Octets
from gateway.as2.octets import Scratch
from gateway.as2.octets import lay_down

_BLANKS = b" \t\r\n\v\f"
_LINE = 57
"""Octets that make a base64 line of 76 characters."""
_LONGEST_LINE = 1 << 20
"""A quoted-printable line has at most 76 characters; nobody's has a million."""


class TransferError(ValueError):
    """The body is not in the encoding its header names."""


def decode(body: Octets, encoding: str, scratch: Scratch | None = None) -> Octets:
    """The body without its transfer encoding; 7bit, 8bit and binary (or none) are no encoding and
    change nothing. Raises TransferError."""
    encoding = encoding.strip().strip('"').lower()
    if encoding in ("", "7bit", "8bit", "binary"):
        return body
    if encoding == "base64":
        return lay_down(_from_base64(body), scratch)
    if encoding == "quoted-printable":
        return lay_down(_from_quoted(body), scratch)
    raise TransferError("an unknown Content-Transfer-Encoding")


def to_base64(body: Octets, scratch: Scratch | None = None) -> Octets:
    """The body as base64 lines of 76 characters, each ended by CRLF."""
    return lay_down(_to_lines(body), scratch)


def _to_lines(body: Octets) -> Iterator[bytes]:
    size = _LINE * 1024
    for at in range(0, len(body), size):
        text = b64encode(body[at : at + size])
        yield b"".join(text[start : start + 76] + b"\r\n" for start in range(0, len(text), 76))


def _from_base64(body: Octets) -> Iterator[bytes]:
    kept, ended = b"", False
    for chunk in body.chunks():
        text = kept + chunk.translate(None, _BLANKS)
        whole = len(text) // 4 * 4
        text, kept = text[:whole], text[whole:]
        if text and ended:
            raise TransferError("base64 goes on after its end")
        ended = text.endswith(b"=")
        yield _strict(text)
    if kept:
        raise TransferError("base64 is cut short")


def _strict(text: bytes) -> bytes:
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except binascii.Error as fault:
        raise TransferError(f"not base64: {fault}") from fault


def _from_quoted(body: Octets) -> Iterator[bytes]:
    kept = b""
    for chunk in body.chunks():
        text = kept + chunk
        end = text.rfind(b"\n") + 1
        if len(text) - end > _LONGEST_LINE:
            raise TransferError("a quoted-printable line without end")
        yield binascii.a2b_qp(text[:end])
        kept = text[end:]
    yield binascii.a2b_qp(kept)
