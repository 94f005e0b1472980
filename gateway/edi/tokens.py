"""Bytes in, segments out: one tokenizer for both dialects, fed in pieces of any size.

It knows delimiters and release characters and where an interchange begins and ends, nothing of
what segments mean. It performs no I/O and holds at most one unfinished segment.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Generator
from collections.abc import Iterable
from collections.abc import Iterator
from itertools import accumulate
from itertools import chain
from itertools import pairwise

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
from gateway.edi.segment import Element
from gateway.edi.segment import Segment
from gateway.edi.splitting import splitter
from gateway.edi.whole import SetCutter
from gateway.edi.whole import WholeSet

LONGEST_SEGMENT = 1 << 20
"""One segment of more than 1 MiB is taken for a lost terminator: memory stays flat."""

_BLOCK = 1 << 16
"""What is left of a block is looked at again after each interchange: small, so that a file of many
takes no more time than one of few."""
_BETWEEN = BLANK + b"\xef\xbb\xbf"
"""Between interchanges a byte order mark means as little as a blank, and so does a terminator."""
_OPENING_LETTERS = (b"I", b"U")
_LONGEST_START = 16
"""More bytes than are needed to tell that an interchange begins."""

Token = Opening | Segment | WholeSet | Finding


class Tokenizer:
    """`read` all pieces, or `feed` each and then `close`: yields an Opening for each interchange,
    its Segments, and Findings for what is neither. With `whole`, sets that can be cut out come as
    a WholeSet. `offset` is where the first byte stands in its file."""

    def __init__(self, *, whole: bool = False, offset: int = 0) -> None:
        self._whole = whole
        self._cutter: SetCutter | None = None
        self._buffer = b""
        self._offset = offset
        self._opening: Opening | None = None
        self._stray: tuple[int, bytes] | None = None
        self._between = _BETWEEN
        self._split: Callable[[str], tuple[str, list[Element]]] | None = None
        self._skipping = False
        self._enough = 0
        self.cut = False
        """Whether what comes now is of a segment that the input ended in."""

    def read(self, chunks: Iterable[bytes]) -> Iterator[Token]:
        return chain(chain.from_iterable(map(self.feed, chunks)), self.close())

    def feed(self, data: bytes) -> Iterator[Token]:
        for at in range(0, len(data), _BLOCK):
            self._buffer += data[at : at + _BLOCK]
            if len(self._buffer) >= self._enough:
                self._enough = 0
                yield from self._read(final=False)

    def close(self) -> Iterator[Token]:
        """Ends the input: what is unfinished is yielded as it stands."""
        yield from self._read(final=True)
        if self._opening is not None:
            self.cut = True
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
        kept = 0 if final else _LONGEST_START
        edge = found.start() if found else max(0, len(self._buffer) - kept)
        self._note_stray(self._buffer[:edge])
        self._drop(edge)
        if not found:
            return False
        opening = read_opening(self._buffer, self._offset, final=final)
        if opening is None:
            return False
        yield from self._flush_stray()
        self._opening = opening
        self._between = _BETWEEN + opening.delimiters.segment.encode("latin-1")
        self._split = splitter(opening.delimiters)
        whole = self._whole and opening.delimiters.are_ascii()
        self._cutter = SetCutter(opening) if whole else None
        self._drop(opening.skip)
        yield opening
        return True

    def _note_stray(self, data: bytes) -> None:
        if self._stray is not None:
            offset, seen = self._stray
            self._stray = (offset, seen + data[: 40 - len(seen)])
        elif data.strip(self._between):
            lead = len(data) - len(data.lstrip(self._between))
            self._stray = (self._offset + lead, data[lead : lead + 40])

    def _flush_stray(self) -> Iterator[Finding]:
        if self._stray is not None:
            offset, data = self._stray
            position = Position(offset=offset)
            yield Finding(Code.NOT_EDI, Severity.ERROR, position, data.decode("latin-1"))
            self._stray = None

    def _segments(self, opening: Opening, *, final: bool) -> Generator[Token, None, bool]:
        """Every complete segment in the buffer; True when an interchange ended or began anew, or
        there is more to be read."""
        end = yield from self._whole_sets(final=final)
        if end < 0:
            return False
        size = len(self._buffer)
        if (yield from self._each(opening, self._buffer[:end], final=final)):
            return True
        if end < size:
            if len(self._buffer) == size:  # the next set only seemed to begin there
                return (yield from self._each(opening, self._buffer, final=final))
            return True
        if self._reopens(self._buffer, opening, self._offset):
            self._opening = None  # whose terminator may be another
            return True
        if len(self._buffer) > LONGEST_SEGMENT:
            yield from self._too_long(self._offset)
            # Of what is passed over, only a release character still says how to go on.
            release = opening.delimiters.release.encode("latin-1")
            kept = release if _is_released(self._buffer, opening) else b""
            self._offset += len(self._buffer) - len(kept)
            self._buffer = kept
        elif len(self._buffer) >= _BLOCK:
            # Looked at again when it has doubled: a long segment takes no more than linear time.
            self._enough = min(2 * len(self._buffer), LONGEST_SEGMENT + 1)
        return False

    def _whole_sets(self, *, final: bool) -> Generator[Token, None, int]:
        """Yields the whole sets at the start of the buffer. Up to where the rest is to be read by
        segments; -1 while a set has not all come."""
        if self._cutter is None or self._skipping:
            return len(self._buffer)
        at = 0
        while True:
            found = self._cutter.find(self._buffer, at, self._offset, final=final)
            if isinstance(found, int):
                break
            yield found
            end = found.offset - self._offset + len(found.raw)
            if not found.taken:
                self._drop(at)
                return end - at
            at = end
        self._drop(at)
        return found - at if found >= 0 else -1

    def _each(self, opening: Opening, data: bytes, *, final: bool) -> Generator[Token, None, bool]:
        """The complete segments at the start of the buffer, of which these are the first bytes;
        True when an interchange ended or began anew."""
        terminator = opening.delimiters.segment.encode("latin-1")
        parts = data.split(terminator)
        if opening.dialect is X12 and holds_binary(data):
            parts = rejoin(parts, opening.delimiters, final=final)
        release = opening.delimiters.release.encode("latin-1")
        ends = (terminator, b"\n", b"\r") if opening.wrapped else (terminator,)
        if release not in (b"", terminator) and any(release + end in data for end in ends):
            parts = _split_unreleased(data, opening, terminator)
        at = 0
        for part in parts[:-1]:
            if self._reopens(part, opening, self._offset + at):
                self._drop(at)
                self._opening = None
                return True
            ended = yield from self._segment(part, self._offset + at)
            at += len(part) + 1
            if ended:
                self._drop(at)
                self._opening = None
                return True
        self._drop(at)
        return False

    def _reopens(self, raw: bytes, opening: Opening, offset: int) -> bool:
        """Whether the segment, of which not all may be here yet, is another interchange's first."""
        body = raw.lstrip(BLANK)
        if self._skipping or body[:1] not in _OPENING_LETTERS:
            return False
        header = offset + len(raw) - len(body) == opening.offset + opening.skip
        return not header and OPENING.match(body) is not None

    def _too_long(self, offset: int) -> Iterator[Finding]:
        if not self._skipping:
            position = Position(offset=offset)
            detail = {"expected": f"no segment longer than {LONGEST_SEGMENT} bytes"}
            yield Finding(Code.FILE_TOO_LARGE, Severity.ERROR, position, None, detail)
        self._skipping = True

    def _segment(self, raw: bytes, offset: int) -> Generator[Token, None, bool]:
        """The segment, unless there is none or it is too long; True if it ends its interchange."""
        assert self._opening is not None  # noqa: S101
        assert self._split is not None  # noqa: S101
        if len(raw) > LONGEST_SEGMENT:
            yield from self._too_long(offset)
        if self._skipping:
            self._skipping = False
            return False
        body = raw.lstrip(BLANK)
        offset += len(raw) - len(body)
        dialect, marks = self._opening.dialect, self._opening.delimiters
        binary = split_binary(body, marks) if dialect is X12 else None
        if marks.segment == "\n" and not binary:
            body = body.rstrip(b"\r")
        if not body:
            return False
        size = len(body)
        broken = self._opening.wrapped and (b"\n" in body or b"\r" in body)
        if broken:
            body = _SPLIT_CHARACTER.sub(rb"\2\1", body)
        text, wrong = decode(body, self._opening.charset)
        unwrapped = text.translate(_LINE_BREAKS) if broken else text
        if binary:
            text, tag, elements = binary
            size = len(text)
        elif unwrapped.startswith("ISA") and dialect is X12:
            fields = unwrapped.split(marks.element)
            tag, elements = fields[0], list[Element](fields[1:])  # ISA11, ISA16 are delimiters
        else:
            tag, elements = self._split(unwrapped)
        yield Segment(tag, elements, offset, text, size)
        if wrong is not None:
            position = Position(tag=tag, offset=offset + wrong)
            detail = {"expected": self._opening.charset}
            yield Finding(Code.INVALID_CHARACTER, Severity.WARNING, position, None, detail)
        return tag == dialect.interchange.trailer


_LINE_BREAKS = {ord("\r"): None, ord("\n"): None}
_SPLIT_CHARACTER = re.compile(rb"([\r\n]+)([\x80-\xbf]+)")
"""A line that ends inside a character of UTF-8."""


def _split_unreleased(data: bytes, opening: Opening, terminator: bytes) -> list[bytes]:
    """The parts between the terminators that no release character stands before."""
    release = re.escape(opening.delimiters.release.encode("latin-1"))
    released = rb"[\r\n]*[^\r\n]" if opening.wrapped else rb"[\x00-\xff]"
    pairs = rb"(?:" + release + released + rb")++"
    hidden = re.sub(pairs, lambda found: found[0][:1] * len(found[0]), data)
    ends = accumulate(len(part) + 1 for part in hidden.split(terminator))
    return [data[start : end - 1] for start, end in pairwise(chain([0], ends))]


def _is_released(raw: bytes, opening: Opening) -> bool:
    """Whether what follows these bytes is data, since a release character stands before it."""
    release = opening.delimiters.release.encode("latin-1")
    if not release or release not in raw:
        return False
    if opening.wrapped and raw.rstrip(b"\r\n").endswith(release):
        raw = raw.translate(None, b"\r\n")
    return raw.endswith(release) and (len(raw) - len(raw.rstrip(release))) % 2 == 1
