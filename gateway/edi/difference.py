"""Where two interchanges differ first, for a person who decides which of them is meant."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from gateway.edi.segment import Segment
from gateway.edi.tokens import Tokenizer

_SHOWN = 100
_BEFORE = 40
"""Characters shown of a long segment, and how many of them before the difference."""


@dataclass(frozen=True, slots=True)
class Difference:
    """`segment` counts from 1, with both texts as received; a text is empty where that one has
    ended already."""

    segment: int
    first: str
    second: str

    def shown(self) -> tuple[str, str]:
        """Both texts cut to a sensible length around what differs."""
        pairs = enumerate(zip(self.first, self.second, strict=False))
        shorter = min(len(self.first), len(self.second))
        at = next((index for index, (one, other) in pairs if one != other), shorter)
        long = max(len(self.first), len(self.second)) > _SHOWN
        start = max(0, at - _BEFORE) if long else 0
        return _cut(self.first, start), _cut(self.second, start)


def first_difference(first: Iterable[bytes], second: Iterable[bytes]) -> Difference | None:
    """The first segment that differs, or None where only what stands between segments does."""
    pairs = zip_longest(_texts(first), _texts(second), fillvalue="")
    for number, (one, other) in enumerate(pairs, start=1):
        if one != other:
            return Difference(number, one, other)
    return None


def _texts(blocks: Iterable[bytes]) -> Iterator[str]:
    return (token.text for token in Tokenizer().read(blocks) if isinstance(token, Segment))


def _cut(text: str, start: int) -> str:
    """What is no printable character, such as a line end within a segment, is a dot."""
    end = start + _SHOWN
    shown = "".join(mark if mark.isprintable() else "·" for mark in text[start:end])
    return f"{'…' if start else ''}{shown}{'…' if len(text) > end else ''}"
