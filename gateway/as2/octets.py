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
from itertools import chain
from typing import BinaryIO

CHUNK = 1 << 16
"""How many octets are in memory at a time: large enough that a chunk's fixed cost is nothing."""

Scratch = Callable[[], BinaryIO]
"""Makes an empty, seekable binary file. Its owner deletes it when the message is done."""


@dataclass(slots=True)
class Span:
    """`size` octets of a source from `start`. Never changed; not frozen, since freezing doubles
    what the many of a message cost."""

    source: bytes | BinaryIO
    start: int
    size: int

    def read(self, start: int, size: int) -> bytes:
        """`size` octets of the span from `start`; OSError where a file has become shorter."""
        start += self.start
        if isinstance(self.source, bytes):
            return self.source[start : start + size]
        self.source.seek(start)
        octets = self.source.read(size)
        if len(octets) != size:
            raise OSError("a file became shorter while it was read")
        return octets


class Octets:
    """Octets as a chain of spans. `octets[a:b]` reads bytes, `cut` refers to the same source.
    Short runs in memory, most of all there are, are plain bytes and copied."""

    __slots__ = ("_short", "_size", "_spans")

    def __init__(self, spans: Iterable[Span] = (), short: bytes | None = None) -> None:
        self._spans: tuple[Span, ...] = ()
        if short is None:
            self._spans = tuple([span for span in spans if span.size])
            self._size = sum([span.size for span in self._spans])
            self._short = None if self._spans else b""
        else:
            self._size = len(short)
            self._short = short

    @classmethod
    def of(cls, *parts: bytes | Octets) -> Octets:
        """The parts one after the other; long ones are not copied."""
        pieces, size = [], 0
        for part in parts:
            piece = part if isinstance(part, bytes) else part._short
            if piece is None:
                break
            pieces.append(piece)
            size += len(piece)
        else:
            if size <= CHUNK:
                return cls(short=b"".join(pieces))
        spans: list[Span] = []
        for part in parts:
            if isinstance(part, bytes):
                spans.append(Span(part, 0, len(part)))
            elif part._short is not None:
                spans.append(Span(part._short, 0, part._size))
            else:
                spans += part._spans
        return cls(spans)

    @classmethod
    def in_file(cls, file: BinaryIO, start: int = 0, size: int | None = None) -> Octets:
        """A seekable binary file from `start`, to its end unless `size` is given; little of it is
        read at once."""
        if size is None:
            size = file.seek(0, 2) - start
        span = Span(file, start, size)
        return cls((span,)) if size > CHUNK else cls(short=span.read(0, size))

    def __len__(self) -> int:
        return self._size

    def __bytes__(self) -> bytes:
        return b"".join(self.chunks()) if self._short is None else self._short

    def __getitem__(self, wanted: slice) -> bytes:
        if self._short is not None:
            return self._short[wanted]
        start, end, _ = wanted.indices(self._size)
        if len(self._spans) == 1:
            return self._spans[0].read(start, max(0, end - start))
        return b"".join(span.read(0, span.size) for span in self._cut(start, end))

    def cut(self, start: int, end: int | None = None) -> Octets:
        """The octets from `start` to before `end`, as another run over the same source."""
        if self._short is not None:
            return Octets(short=self._short[start:end])
        return Octets(self._cut(start, self._size if end is None else end))

    def chunks(self, size: int = CHUNK) -> Iterator[bytes]:
        """The octets in order, at most `size` at a time."""
        if self._short:
            for start in range(0, self._size, size):
                yield self._short[start : start + size]
        for span in self._spans:
            for start in range(0, span.size, size):
                yield span.read(start, min(size, span.size - start))

    def find(self, needle: bytes, start: int = 0) -> int:
        """The offset of the first `needle` at or after `start`, or -1."""
        if self._short is not None:
            return self._short.find(needle, start)
        kept, at = b"", start
        for chunk in self.cut(start).chunks():
            window = kept + chunk
            found = window.find(needle)
            if found >= 0:
                return at - len(kept) + found
            at += len(chunk)
            kept = window[1 - len(needle) :] if len(needle) > 1 else b""
        return -1

    def _cut(self, start: int, end: int) -> list[Span]:
        spans, at = [], 0
        for span in self._spans:
            low, high = max(start - at, 0), min(end - at, span.size)
            if low < high:
                spans.append(Span(span.source, span.start + low, high - low))
            at += span.size
        return spans


def lay_down(chunks: Iterable[bytes], scratch: Scratch | None) -> Octets:
    """The chunks as a run: in a fresh scratch file where they are many and there is one."""
    coming, kept, size = iter(chunks), [], 0
    for chunk in coming:
        kept.append(chunk)
        size += len(chunk)
        if size > CHUNK and scratch is not None:
            break
    else:
        return Octets.of(b"".join(kept))
    file = scratch()
    file.writelines(chain(kept, coming))
    return Octets.in_file(file)
