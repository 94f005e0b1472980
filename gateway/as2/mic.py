"""The message integrity check: a digest and its algorithm, and which octets it is over.

RFC 4130 7.3.1 and RFC 5402 4: over what was signed, headers included; else, when encrypted or
compressed, over the innermost part with its headers; else over the body alone.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes

from gateway.as2.octets import Octets
from gateway.as2.oids import DIGESTS

_SPELLING = re.compile(r"(?:rsa-|id-)?sha[-_]?(?:2-)?(1|224|256|384|512)")


@dataclass(frozen=True, slots=True)
class Mic:
    """A digest and the algorithm's name as in DIGESTS. Equal only when both are."""

    digest: bytes
    algorithm: str

    def __str__(self) -> str:
        return self.field(plain=False)

    def field(self, *, plain: bool) -> str:
        """Received-content-MIC: `base64, sha-256`; `plain` spells `sha256`."""
        return f"{b64encode(self.digest).decode()}, {spelling(self.algorithm, plain=plain)}"


def mic_of(content: Octets, algorithm: str) -> Mic:
    return Mic(digest_of(content, algorithm), algorithm)


def digest_of(content: Octets, algorithm: str) -> bytes:
    """The hash over a run of octets, chunk by chunk; `algorithm` is a key of DIGESTS."""
    hasher = hashes.Hash(DIGESTS[algorithm].make())
    for chunk in content.chunks():
        hasher.update(chunk)
    return hasher.finalize()


def read_algorithm(word: str) -> str | None:
    """A digest's name from any of its spellings (sha256, SHA-256, sha2-256, rsa-sha1), or None."""
    found = _SPELLING.fullmatch(word.strip().strip('"').lower())
    return f"sha-{found[1]}" if found else None


def spelling(algorithm: str, *, plain: bool) -> str:
    """What is written for an algorithm: `sha-256`, as RFC 8551 3.5.3.2 has it, or `sha256`. SHA-1
    is always `sha1`, the only form older partners know."""
    return algorithm.replace("-", "") if plain or algorithm == "sha-1" else algorithm


def read_mic(value: str) -> Mic | None:
    """A Received-content-MIC field; None when it is none. The algorithm stays as it was written
    where we do not know it, and then equals no MIC of ours."""
    encoded, _, word = value.partition(",")
    try:
        digest = b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    if not digest:
        return None
    return Mic(digest, read_algorithm(word) or word.strip().lower())


def first_allowed(words: Iterable[str], allowed: Iterable[str]) -> str | None:
    """The first algorithm of a signed-receipt-micalg list that we allow (rfc4130bis 8.3)."""
    allowed = set(allowed)
    return next((name for word in words if (name := read_algorithm(word)) in allowed), None)
