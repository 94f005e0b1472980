"""A segment as read from the wire, and the characters that separate its parts."""

from __future__ import annotations

from dataclasses import astuple
from dataclasses import dataclass
from typing import NamedTuple

Element = str | list[str] | list[list[str]]
"""A simple element is a string, a composite a list of components, a repeated element a list of
such lists, one for each repetition."""


BLANK = b" \t\r\n\x00\x1a"
"""Bytes that may stand between segments without meaning anything."""


@dataclass(frozen=True, slots=True)
class Delimiters:
    """Service characters of one interchange; `repetition` and `release` are "" where unused."""

    segment: str
    element: str
    component: str
    repetition: str = ""
    release: str = ""
    decimal: str = "."

    def are_ascii(self) -> bool:
        """Whether no byte of another character's UTF-8 can be taken for one of them."""
        return all(mark.isascii() for mark in astuple(self))


class Segment(NamedTuple):
    """One segment: `elements[0]` is element 01; `offset` is the file byte of the tag's first
    character; `text` is the segment as received (decoded, release characters in place), without
    terminator and without the white space before its tag; `size` its bytes on the wire."""

    tag: str
    elements: list[Element]
    offset: int = 0
    text: str = ""
    size: int = 0

    def repetitions(self, element: int) -> list[list[str]]:
        """The element as a list of repetitions, each a list of components; [] when absent."""
        if not 0 < element <= len(self.elements):
            return []
        value = self.elements[element - 1]
        if isinstance(value, str):
            return [[value]] if value else []
        if value and isinstance(value[0], list):
            return value
        return [value]  # type: ignore[list-item]

    def value(self, element: int, component: int = 1, repetition: int = 1) -> str:
        """The text at a position counted from 1; "" when there is none."""
        if component == repetition == 1 and 0 < element <= len(self.elements):
            simple = self.elements[element - 1]
            if isinstance(simple, str):
                return simple
        repetitions = self.repetitions(element)
        if repetition > len(repetitions):
            return ""
        components = repetitions[repetition - 1]
        return components[component - 1] if component <= len(components) else ""
