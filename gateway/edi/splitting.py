"""A segment's text taken apart: its tag and its elements, for the delimiters of one interchange."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from gateway.edi.segment import Delimiters
from gateway.edi.segment import Element


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
    pieces = text.split(mark)
    parts: list[str] = []
    first = 0
    for at, piece in enumerate(pieces):
        released = piece.endswith(release) and (len(piece) - len(piece.rstrip(release))) % 2
        if not released or at + 1 == len(pieces):
            parts.append(mark.join(pieces[first : at + 1]))
            first = at + 1
    return parts
