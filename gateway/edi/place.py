"""Where in the file a part of a segment stands."""

from __future__ import annotations

from gateway.edi.segment import Delimiters
from gateway.edi.segment import Segment


def locate(
    segment: Segment,
    delimiters: Delimiters,
    charset: str,
    element: int,
    component: int = 1,
    repetition: int = 1,
) -> int:
    """The file offset of an element's first byte, positions counted from 1.

    A part that is not there has the offset where it should stand: the end of what is there.
    """
    text = segment.text
    at = _index(text, delimiters, (element, repetition, component))
    value = segment.value(element, component, repetition)
    while text[at : at + 1] in ("\r", "\n") and not value.startswith(text[at]):
        at += 1  # lines are wrapped here: the break is no data
    if segment.size == len(text):
        return segment.offset + at  # a byte a character
    return segment.offset + byte_length(text[:at], charset)


def byte_length(text: str, charset: str) -> int:
    """The bytes the text takes on the wire. X12 declares no charset and is UTF-8 where it can be;
    text that its charset cannot hold was read as Latin-1, a byte a character."""
    if text.isascii():
        return len(text)
    try:
        return len(text.encode("utf-8" if charset == "x12" else charset))
    except UnicodeEncodeError:
        return len(text)


def _index(text: str, delimiters: Delimiters, wanted: tuple[int, int, int]) -> int:
    """The index at which the wanted (element, repetition, component) starts or would start."""
    reached = (0, 1, 1)
    released = False
    for index, character in enumerate(text):
        if released:
            released = character in "\r\n"  # of a wrapped line, between the two
            continue
        if character == delimiters.element:
            following = (reached[0] + 1, 1, 1)
        elif character == delimiters.repetition:
            following = (reached[0], reached[1] + 1, 1)
        elif character == delimiters.component:
            following = (reached[0], reached[1], reached[2] + 1)
        else:
            released = character == delimiters.release
            continue
        if following > wanted:
            return index
        if following == wanted:
            return index + 1
        reached = following
    return len(text)
