"""Binary data inside X12: BIN02 and BDS03, whose bytes may be delimiters.

The element before the data counts its bytes (data element 784), so the segment ends where the
count ends. A count is believed when a terminator follows the data; otherwise the segment ends at
the next terminator like any other. In the text one character (Latin-1) stands for one byte.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import accumulate

from gateway.edi.segment import BLANK
from gateway.edi.segment import Delimiters
from gateway.edi.segment import Element

LONGEST_DATA = 1_000_000
"""A larger count is taken for a wrong one: memory stays flat."""

_DATA = {"BIN": 2, "BDS": 3}
_TAGS = tuple(tag.encode() for tag in _DATA)
_COUNT = re.compile(rb"\d{1,7}")


def is_binary(tag: str, element: int | None) -> bool:
    """Whether this element of an X12 segment holds binary data."""
    return tag in _DATA and _DATA[tag] == element


def segment_charset(tag: str, charset: str) -> str:
    """The charset a segment is written in: Latin-1 where it has binary data, a byte a character."""
    return "latin-1" if tag in _DATA else charset


def holds_binary(data: bytes) -> bool:
    """Whether a segment with binary data may be among these bytes."""
    return any(tag in data for tag in _TAGS)


def split_binary(body: bytes, marks: Delimiters) -> tuple[str, str, list[Element]] | None:
    """Text, tag and elements of a segment whose data is as long as counted; None for others."""
    size = _counted_size(body, marks.element.encode("latin-1"))
    if size is None or not _ends_at(body, size, marks):
        return None
    text = body[:size].decode("latin-1")
    tag, *elements = text.split(marks.element, _DATA[text[:3]])
    return text, tag, list(elements)


def rejoin(parts: list[bytes], marks: Delimiters, *, final: bool) -> list[bytes]:
    """The parts between terminators, those put together again that one count holds.

    The last part is unfinished, also afterwards: data that has not all arrived becomes part of
    it, unless no more will come (`final`).
    """
    element, terminator = marks.element.encode("latin-1"), marks.segment.encode("latin-1")
    starts = list(accumulate((len(part) + 1 for part in parts), initial=0))
    joined: list[bytes] = []
    at = 0
    while at < len(parts):
        last = at
        body = parts[at].lstrip(BLANK)
        size = _counted_size(body, element)
        if size is not None and size > len(body):
            end = starts[at] + len(parts[at]) - len(body) + size
            last = max(at, _last_part(parts, starts, end, marks, final=final))
        joined.append(terminator.join(parts[at : last + 1]))
        at = last + 1
    return joined


def _counted_size(body: bytes, element: bytes) -> int | None:
    """The bytes from the tag to the end of the data, as the count says; None without a count."""
    if not body.startswith(_TAGS) or body[3:4] != element:
        return None
    number = _DATA[body[:3].decode()]
    fields = body.split(element, number)
    if len(fields) <= number or not _COUNT.fullmatch(fields[number - 1]):
        return None
    count = int(fields[number - 1])
    return len(body) - len(fields[number]) + count if count <= LONGEST_DATA else None


def _ends_at(body: bytes, size: int, marks: Delimiters) -> bool:
    """Whether nothing follows the data but the CR of a CR LF."""
    return len(body) == size or (marks.segment == "\n" and body[size:] == b"\r")


def _last_part(
    parts: list[bytes], starts: list[int], end: int, marks: Delimiters, *, final: bool
) -> int:
    """The part with which data ends that is counted up to offset `end`; -1 if none can be it."""
    unfinished = len(parts) - 1
    if end >= starts[unfinished]:
        return -1 if final and end != starts[-1] - 1 else unfinished
    last = bisect_left(starts, end + 1) - 1
    return last if _ends_at(parts[last], end - starts[last], marks) else -1
