"""Transaction sets cut out of an interchange whole, as one text, without looking at their segments.

Whoever knows what a right set looks like can take it so, which is many times faster than segment
by segment. A set that nobody takes whole is read like anything else.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from gateway.edi.opening import Opening
from gateway.edi.opening import find_unassigned
from gateway.edi.segment import Delimiters

LONGEST_SET = 1 << 24
"""A set of more than 16 MiB is read by segments: memory stays flat."""

_STAND_INS = "\x80\x81\x82\x83\x84"
"""Control characters that stand for released ones while a text is split and matched."""


@dataclass(slots=True)
class WholeSet:
    """What looks like a set, from its header to the terminator of its trailer. Unless it is `taken`
    by then, it is read by segments when the next token is asked for."""

    raw: bytes
    offset: int
    opening: Opening
    taken: bool = False

    @property
    def end(self) -> int:
        """The file offset after its last segment, before the terminator."""
        return self.offset + len(self.raw[:-1].rstrip(b"\r"))

    def text(self) -> str | None:
        """The set as a text without line breaks, each segment with its terminator; released
        characters have stand-ins (`restorer`). None where it cannot be told, or bytes are not of
        the charset."""
        marks, charset = self.opening.delimiters, self.opening.charset
        try:
            text = self.raw.decode("utf-8" if charset == "x12" else charset)
        except UnicodeDecodeError:
            return None
        if find_unassigned(text, charset) is not None:
            return None
        if marks.release and not text.isascii() and any(one in text for one in _STAND_INS):
            return None  # a stand-in that stands for nothing
        if marks.release and marks.release in text:
            stood_in = _stand_in(text, marks)
            if stood_in is None:
                return None
            text = stood_in
        return _without_breaks(text, marks.segment) if "\n" in text else text


def _without_breaks(text: str, terminator: str) -> str:
    """The text of a set of which each segment stands on a line of its own."""
    if terminator == "\n":
        return text.replace("\r\n", "\n")
    return text.replace(terminator + "\r\n", terminator).replace(terminator + "\n", terminator)


def _stand_in(text: str, marks: Delimiters) -> str | None:
    """The text with a stand-in for each released character; None where something is released that
    need not be."""
    stand_ins = _stand_ins(marks)
    first, *parts = text.split(marks.release)
    made = [first]
    free = False
    for part in parts:
        if free:  # the second of two release characters
            made.append(part)
            free = False
            continue
        released = part[:1] or marks.release
        if released not in stand_ins:
            return None
        made.append(stand_ins[released] + part[1:])
        free = not part
    return None if free else "".join(made)


@lru_cache(maxsize=64)
def _stand_ins(marks: Delimiters) -> dict[str, str]:
    """What stands in for each character that may be released."""
    marked = (marks.release, marks.segment, marks.element, marks.component, marks.repetition)
    return {mark: one for mark, one in zip(marked, _STAND_INS, strict=True) if mark}


def restorer(marks: Delimiters) -> Callable[[str], str]:
    """A function that puts characters in place of their stand-ins."""
    pairs = [(stand_in, mark) for mark, stand_in in _stand_ins(marks).items()]

    def restore(text: str) -> str:
        for stand_in, mark in pairs:
            if stand_in in text:
                text = text.replace(stand_in, mark)
        return text

    return restore


def stood_in(text: str, marks: Delimiters) -> str:
    """A text that no service character separates yet, with stand-ins for those in it."""
    for mark, stand_in in _stand_ins(marks).items():
        if mark in text:
            text = text.replace(mark, stand_in)
    return text


def released(text: str, marks: Delimiters) -> str:
    """The text with released characters in place of their stand-ins (ISO 9735-1 §6.1)."""
    if not text.isascii():
        for mark, stand_in in _stand_ins(marks).items():
            text = text.replace(stand_in, marks.release + mark)
    return text


class SetCutter:
    """Finds whole sets in the bytes of one interchange."""

    def __init__(self, opening: Opening) -> None:
        marks, dialect = opening.delimiters, opening.dialect
        self._opening = opening
        self._terminator = marks.segment.encode("latin-1")
        self._release = marks.release.encode("latin-1")
        element = marks.element.encode("latin-1")
        between = rb"[ \t\r\n\x00\x1a]*"
        header = dialect.set.header.encode() + element
        self._trailer = dialect.set.trailer.encode() + element
        released = b"(?<!%b)" % re.escape(self._release) if self._release else b""
        end = released + re.escape(self._terminator) + between
        self._head = re.compile(between + b"(%b)" % re.escape(header))
        self._next = re.compile(end + re.escape(header))
        self._searched = 0

    def find(self, data: bytes, at: int, base: int, *, final: bool) -> WholeSet | int:
        """The whole set that begins at `at`; else the end of what is to be read by segments before
        the next one may begin, or -1 while the set has not all come. `base` is the file offset of
        the data."""
        head = self._head.match(data, at)
        if head is None:
            return self._following(data, at)
        start = head.start(1)
        # Its lines break as they did before it, or it is not looked at as a whole.
        trailer = self._terminator + data[at:start] + self._trailer
        tail = data.find(trailer, max(start, self._searched - base))
        end = data.find(self._terminator, tail + len(trailer)) if tail >= 0 else -1
        if end < 0:
            if not final and len(data) - start < LONGEST_SET:
                self._searched = base + (tail if tail >= 0 else len(data) - len(trailer))
                return -1
            return self._following(data, head.end())
        self._searched = 0
        raw = data[start : end + 1]
        if self._release and self._release in (data[tail - 1 : tail], data[end - 1 : end]):
            return self._following(data, head.end())
        return WholeSet(raw, base + start, self._opening)

    def _following(self, data: bytes, at: int) -> int:
        """Where the next header of a set begins; the end of the data if there is none."""
        found = self._next.search(data, at)
        return found.start() + 1 if found else len(data)
