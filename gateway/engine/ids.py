"""Ids that sort by time: 48 bits of milliseconds and 80 random bits in 26 Crockford characters."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from datetime import UTC
from datetime import datetime

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def make_id(at: datetime, randomness: int) -> str:
    """The id of an instant and 80 bits of randomness."""
    number = (int(at.timestamp() * 1000) << 80) | (randomness & ((1 << 80) - 1))
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(125, -1, -5))


class Ids:
    """Fresh ids in strictly rising order, also within one millisecond and for several threads."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._last = ""
        self._turn = threading.Lock()

    def __call__(self) -> str:
        with self._turn:
            fresh = make_id(self._clock(), secrets.randbits(80))
            if fresh <= self._last:
                fresh = _successor(self._last)
            self._last = fresh
            return fresh


def _successor(text: str) -> str:
    head, last = text[:-1], text[-1]
    if last == _ALPHABET[-1]:
        return _successor(head) + _ALPHABET[0]
    return head + _ALPHABET[_ALPHABET.index(last) + 1]


def utc_now() -> datetime:
    return datetime.now(UTC)


def new_message_id(unique: str, name: str) -> str:
    """A Message-ID (RFC 5322 3.6.4) with our AS2 name where a domain stands."""
    domain = "".join(sign if sign.isalnum() else "-" for sign in name).strip("-").lower()
    return f"<{unique}@{domain or 'as2'}>"
