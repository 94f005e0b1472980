"""A run of octets in memory or in a file, read by offsets and never copied whole.

Layers of a message are cut out of each other and put together again as runs that refer to the
same source, so a message of any size needs only the chunk being worked on. New octets (decrypted,
inflated, encrypted ...) are laid down in a scratch file the caller provides, or in memory.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

CHUNK = 1 << 16
"""How many octets are in memory at a time: large enough that a chunk's fixed cost is nothing."""

Scratch = Callable[[], BinaryIO]
"""Makes an empty, seekable binary file. Its owner deletes it when the message is done."""


@dataclass(frozen=True, slots=True)
class Span:
    """`size` octets of a source from `start`."""

    source: bytes | BinaryIO
    start: int
    size: int

    def read(self, start: int, size: int) -> bytes:
        """Octets `start` to `start + size` of this span, fewer where it ends before."""
        size = min(size, self.size - start)
        if isinstance(self.source, bytes):
            return self.source[self.start + start : self.start + start + size]
        self.source.seek(self.start + start)
        return self.source.read(size)

    def cut(self, start: int, end: int) -> Span:
        return Span(self.source, self.start + start, end - start)


class Octets:
    """Octets as a chain of spans. `octets[a:b]` reads bytes, `cut` refers to the same source."""

    __slots__ = ("_size", "_spans")

    def __init__(self, spans: Iterable[Span]) -> None:
        self._spans = tuple(span for span in spans if span.size)
        self._size = sum(span.size for span in self._spans)

    @classmethod
    def of(cls, *parts: bytes | Octets) -> Octets:
        """The parts one after the other. Nothing is copied but short runs in memory, which are
        cheaper whole."""
        spans: list[Span] = []
        for part in parts:
            spans += [Span(part, 0, len(part))] if isinstance(part, bytes) else part._spans
        if len(spans) > 1:
            spans = _joined(spans)
        return cls(spans)

    @classmethod
    def in_file(cls, file: BinaryIO, start: int = 0, size: int | None = None) -> Octets:
        """A seekable binary file from `start`, to its end unless `size` is given."""
        if size is None:
            size = file.seek(0, 2) - start
        return cls([Span(file, start, size)])

    def __len__(self) -> int:
        return self._size

    def __bytes__(self) -> bytes:
        return b"".join(self.chunks())

    def __getitem__(self, wanted: slice) -> bytes:
        start, end, _ = wanted.indices(self._size)
        if end <= start:
            return b""
        if len(self._spans) == 1:
            return self._spans[0].read(start, end - start)
        return b"".join(self.cut(start, end).chunks())

    def cut(self, start: int, end: int | None = None) -> Octets:
        """The octets from `start` to before `end`, as another run over the same source."""
        end = self._size if end is None else min(end, self._size)
        if start >= end:
            return Octets(())
        if len(self._spans) == 1:
            return Octets((self._spans[0].cut(start, end),))
        spans = []
        at = 0
        for span in self._spans:
            low, high = max(start - at, 0), min(end - at, span.size)
            if low < high:
                spans.append(span.cut(low, high))
            at += span.size
        return Octets(spans)

    def chunks(self, size: int = CHUNK) -> Iterator[bytes]:
        """The octets in order, at most `size` at a time."""
        for span in self._spans:
            for start in range(0, span.size, size):
                yield span.read(start, size)

    def find(self, needle: bytes, start: int = 0) -> int:
        """The offset of the first `needle` at or after `start`, or -1."""
        if len(self._spans) == 1 and isinstance(self._spans[0].source, bytes):
            span = self._spans[0]
            found = self._spans[0].source.find(needle, span.start + start, span.start + span.size)
            return found - span.start if found >= 0 else -1
        kept = b""
        at = start
        for chunk in self.cut(start).chunks():
            window = kept + chunk
            found = window.find(needle)
            if found >= 0:
                return at - len(kept) + found
            at += len(chunk)
            kept = window[1 - len(needle) :] if len(needle) > 1 else b""
        return -1


def _joined(spans: list[Span]) -> list[Span]:
    if sum(span.size for span in spans) > CHUNK:
        return spans
    if not all(isinstance(span.source, bytes) for span in spans):
        return spans
    whole = b"".join([span.read(0, span.size) for span in spans])
    return [Span(whole, 0, len(whole))]


def lay_down(chunks: Iterable[bytes], scratch: Scratch | None) -> Octets:
    """The chunks as a run: in a fresh scratch file, or in memory where there is none."""
    if scratch is None:
        return Octets.of(b"".join(chunks))
    file = scratch()
    file.writelines(chunks)
    return Octets.in_file(file)
