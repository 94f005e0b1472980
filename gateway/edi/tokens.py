"""Bytes in, segments out: one tokenizer for both dialects, fed in pieces of any size.

It knows delimiters and release characters and where an interchange begins and ends, nothing of
what segments mean. It performs no I/O and holds at most one unfinished segment.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Generator
from collections.abc import Iterator
from functools import lru_cache

from gateway.edi.binary import holds_binary
from gateway.edi.binary import rejoin
from gateway.edi.binary import split_binary
from gateway.edi.dialect import X12
from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.edi.finding import Position
from gateway.edi.finding import Severity
from gateway.edi.opening import OPENING
from gateway.edi.opening import Opening
from gateway.edi.opening import decode
from gateway.edi.opening import read_opening
from gateway.edi.segment import BLANK
from gateway.edi.segment import Delimiters
from gateway.edi.segment import Element
from gateway.edi.segment import Segment

LONGEST_SEGMENT = 1 << 20
"""One segment of more than 1 MiB is taken for a lost terminator: memory stays flat."""

_BOM = b"\xef\xbb\xbf"
_REOPENING = (b"ISA", b"UNA", b"UNB")

Token = Opening | Segment | Finding


class Tokenizer:
    """`feed` bytes, then `close`: yields an Opening for each interchange, its Segments, and
    Findings for what is neither."""

    def __init__(self) -> None:
        self._buffer = b""
        self._offset = 0
        self._opening: Opening | None = None
        self._stray: tuple[int, bytes] | None = None
        self._split: Callable[[str], tuple[str, list[Element]]] | None = None
        self._skipping = False

    def feed(self, data: bytes) -> Iterator[Token]:
        self._buffer += data
        if self._offset == 0 and len(self._buffer) >= 3 and self._buffer.startswith(_BOM):
            self._drop(3)
        yield from self._read(final=False)

    def close(self) -> Iterator[Token]:
        """Ends the input: what is unfinished is yielded as it stands."""
        yield from self._read(final=True)
        if self._opening is not None:
            rest = self._buffer.strip(BLANK)
            if rest:
                yield from self._segment(self._buffer, self._offset)
            self._drop(len(self._buffer))
        yield from self._flush_stray()

    def _drop(self, count: int) -> None:
        self._buffer = self._buffer[count:]
        self._offset += count

    def _read(self, *, final: bool) -> Iterator[Token]:
        progress = True
        while progress and self._buffer:
            if self._opening is None:
                progress = yield from self._open(final=final)
            else:
                progress = yield from self._segments(self._opening, final=final)

    def _open(self, *, final: bool) -> Generator[Token, None, bool]:
        """Looks for the next interchange; True when one was opened."""
        found = OPENING.search(self._buffer)
        # The bytes that may yet turn out to begin a header are kept.
        edge = found.start() if found else max(0, len(self._buffer) - (0 if final else 8))
        self._note_stray(self._buffer[:edge])
        self._drop(edge)
        if not found:
            return False
        opening = read_opening(self._buffer, self._offset, final=final)
        if opening is None:
            return False
        yield from self._flush_stray()
        self._opening = opening
        self._split = splitter(opening.delimiters)
        self._drop(opening.skip)
        yield opening
        return True

    def _note_stray(self, data: bytes) -> None:
        if self._stray is not None:
            offset, seen = self._stray
            self._stray = (offset, seen + data[: 40 - len(seen)])
        elif data.strip(BLANK):
            lead = len(data) - len(data.lstrip(BLANK))
            self._stray = (self._offset + lead, data[lead : lead + 40])

    def _flush_stray(self) -> Iterator[Finding]:
        if self._stray is not None:
            offset, data = self._stray
            position = Position(offset=offset)
            yield Finding(Code.NOT_EDI, Severity.ERROR, position, data.decode("latin-1"))
            self._stray = None

    def _segments(self, opening: Opening, *, final: bool) -> Generator[Token, None, bool]:
        """Every complete segment in the buffer; True when an interchange ended or began anew."""
        terminator = opening.delimiters.segment.encode("latin-1")
        release = opening.delimiters.release.encode("latin-1")
        parts = self._buffer.split(terminator)
        if opening.dialect is X12 and holds_binary(self._buffer):
            parts = rejoin(parts, opening.delimiters, final=final)
        rest = parts.pop()
        at = 0
        held = b""
        for part in parts:
            raw = held + part if held else part
            if release and raw.endswith(release) and _odd(raw, release):
                held = raw + terminator
                continue
            held = b""
            body = raw.lstrip(BLANK)
            start = at + len(raw) - len(body)
            if body.startswith(_REOPENING) and self._reopens(body, opening, self._offset + start):
                self._drop(start)
                self._opening = None
                return True
            yield from self._segment(body, self._offset + start)
            at += len(raw) + 1
            if self._ends(body, opening):
                self._drop(at)
                self._opening = None
                return True
        self._drop(at)
        if len(rest) + len(held) > LONGEST_SEGMENT:
            yield from self._too_long()
        return False

    def _reopens(self, body: bytes, opening: Opening, offset: int) -> bool:
        header = offset == opening.offset + opening.skip
        return not header and OPENING.match(body) is not None

    def _ends(self, body: bytes, opening: Opening) -> bool:
        trailer = opening.dialect.interchange.trailer.encode()
        mark = body[3:4].decode("latin-1")
        return body.startswith(trailer) and mark in ("", opening.delimiters.element)

    def _too_long(self) -> Iterator[Finding]:
        if not self._skipping:
            position = Position(offset=self._offset)
            detail = {"expected": f"no segment longer than {LONGEST_SEGMENT} bytes"}
            yield Finding(Code.FILE_TOO_LARGE, Severity.ERROR, position, None, detail)
        self._skipping = True
        self._drop(len(self._buffer))

    def _segment(self, raw: bytes, offset: int) -> Iterator[Token]:
        assert self._opening is not None  # noqa: S101
        assert self._split is not None  # noqa: S101
        body = raw.lstrip(BLANK)
        offset += len(raw) - len(body)
        marks = self._opening.delimiters
        binary = split_binary(body, marks) if self._opening.dialect is X12 else None
        if marks.segment == "\n" and not binary:
            body = body.rstrip(b"\r")
        size, whole = len(body), body
        if self._opening.wrapped and not binary:
            body = body.translate(None, b"\r\n")
        if self._skipping or not body:
            self._skipping = False
            return
        text, wrong = decode(body, self._opening.charset)
        if binary:
            text, tag, elements = binary
            size = len(text)
        elif text.startswith("ISA") and self._opening.dialect is X12:
            fields = text.split(marks.element)
            tag, elements = fields[0], list[Element](fields[1:])  # ISA11, ISA16 are delimiters
        else:
            tag, elements = self._split(text)
        yield Segment(tag, elements, offset, text, size)
        if wrong is not None:
            _, wrong = decode(whole, self._opening.charset)
            position = Position(tag=tag, offset=offset + (wrong or 0))
            detail = {"expected": self._opening.charset}
            yield Finding(Code.INVALID_CHARACTER, Severity.WARNING, position, None, detail)


def _odd(raw: bytes, release: bytes) -> bool:
    return (len(raw) - len(raw.rstrip(release))) % 2 == 1


@lru_cache(maxsize=64)
def splitter(delimiters: Delimiters) -> Callable[[str], tuple[str, list[Element]]]:
    """A function from a segment's text to its tag and elements, for these delimiters."""
    element, component = delimiters.element, delimiters.component
    repetition, release = delimiters.repetition, delimiters.release
    escaped = re.compile(re.escape(release) + "(.)", re.DOTALL) if release else None

    def plain(text: str) -> Element:
        if repetition and repetition in text:
            return [part.split(component) for part in text.split(repetition)]
        return text.split(component) if component in text else text

    def released(text: str) -> Element:
        if escaped is None or release not in text:
            return plain(text)
        texts = _cut(text, repetition, release) if repetition else [text]
        parts = [
            [escaped.sub(r"\1", part) for part in _cut(piece, component, release)]
            for piece in texts
        ]
        if len(parts) > 1:
            return parts
        return parts[0] if len(parts[0]) > 1 else parts[0][0]

    def split(text: str) -> tuple[str, list[Element]]:
        if release and release in text:
            fields = _cut(text, element, release)
            return fields[0], [released(field) for field in fields[1:]]
        fields = text.split(element)
        if component in text or (repetition and repetition in text):
            return fields[0], [plain(field) for field in fields[1:]]
        return fields[0], fields[1:]  # type: ignore[return-value]

    return split


def _cut(text: str, mark: str, release: str) -> list[str]:
    """Splits at marks that no release character precedes; release characters stay in place."""
    parts: list[str] = []
    held = ""
    for piece in text.split(mark):
        whole = held + piece
        if (len(whole) - len(whole.rstrip(release))) % 2:
            held = whole + mark
        else:
            parts.append(whole)
            held = ""
    if held:
        parts.append(held[: -len(mark)])
    return parts
