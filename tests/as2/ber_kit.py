"""DER rewritten as the BER that streaming encoders make, for the tests."""

from __future__ import annotations

from gateway.as2 import der
from gateway.as2.der import Element


def as_ber(encoded: bytes, piece: int = 100, keep: int = 12) -> bytes:
    """The same element with indefinite lengths and octet strings in pieces. `keep` is how deep:
    signed attributes, which are hashed, stay hashed as DER whatever they are sent as."""
    return _rewrite(der.read(encoded), piece, keep)


def _rewrite(element: Element, piece: int, keep: int) -> bytes:
    if element.tag == der.OCTET_STRING and element.end - element.start > piece:
        return _pieces(der.OCTET_STRING, element.content, piece)
    if element.tag == 0x80 and element.end - element.start > piece:
        return _pieces(0x80, element.content, piece)
    if not element.tag & der.CONSTRUCTED or keep == 0:
        return element.raw
    inner = b"".join(_rewrite(child, piece, keep - 1) for child in element.children())
    return bytes((element.tag, 0x80)) + inner + b"\0\0"


def _pieces(tag: int, content: bytes, piece: int) -> bytes:
    pieces = [content[at : at + piece] for at in range(0, len(content), piece)]
    inner = b"".join(der.octet_string(one) for one in pieces)
    return bytes((tag | der.CONSTRUCTED, 0x80)) + inner + b"\0\0"
