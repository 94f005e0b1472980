"""Whether a file ends as its own kind ends: the cheapest proof that its writer was done."""

from __future__ import annotations

import re

# More than the longest trailer with a wrapped line and padding behind it.
TAIL_BYTES = 256
HEAD_BYTES = 16

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# what is left behind a trailer by wrapping, padding and old transfer programs
_PADDING = b" \t\r\n\x00\x1a"
# X12.5 IEA, ISO 9735-1 UNZ: tag, separator, count, the same separator, control reference
_TRAILER = re.compile(rb"(?:IEA|UNZ)([^A-Za-z0-9\s])\s*\d{1,6}\s*\1.{1,40}\Z", re.DOTALL)
_CLOSINGS = {b"{": b"}", b"[": b"]", b"<": b">"}


def is_complete(head: bytes, tail: bytes) -> bool:
    """Whether the last bytes close what the first ones open.

    JSON and XML end with their closing sign, an interchange with IEA or UNZ and a terminator.
    """
    opening = head.removeprefix(_BYTE_ORDER_MARK).lstrip(_PADDING)[:1]
    ending = tail.rstrip(_PADDING)
    if opening in _CLOSINGS:
        return ending.endswith(_CLOSINGS[opening])
    unwrapped = ending.replace(b"\r", b"").replace(b"\n", b"")
    terminated = len(ending) < len(tail) or not unwrapped[-1:].isalnum()
    return terminated and _TRAILER.search(unwrapped) is not None
