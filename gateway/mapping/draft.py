"""One segment being written: values taken from a scope become element texts.

A draft changes nothing: what it takes and what is wrong with it count only when it is used.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field
from itertools import repeat
from typing import Any

from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.edi.segment import Delimiters
from gateway.edi.segment import Element
from gateway.mapping.codec import Texts
from gateway.mapping.codec import Unfit
from gateway.mapping.form import join_path
from gateway.mapping.path import Scope
from gateway.mapping.path import find_at
from gateway.mapping.plan import Field
from gateway.mapping.plan import Place


@dataclass(slots=True)
class Draft:
    """`taken` are the paths of list items it carries, `waived` those of values that need not come
    back: source codes that no longer fit their word, and what absence says as well. `has_data`: it
    carries something of the document."""

    key: str
    texts: dict[Place, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    waived: list[str] = field(default_factory=list)
    has_data: bool = False

    def elements(self) -> list[Element]:
        """The element list, trailing empties left out; a composite of one component is simple."""
        found: dict[int, list[list[str]]] = {}
        for (element, component, *later), text in sorted(self.texts.items()):
            repetitions = found.setdefault(element, [])
            number = later[0] if later else 1
            repetitions.extend([""] for _ in range(number - len(repetitions)))
            parts = repetitions[number - 1]
            parts.extend("" for _ in range(component - len(parts)))
            parts[component - 1] = text
        return [_element(found.get(at, [])) for at in range(1, max(found, default=0) + 1)]


def _element(repetitions: list[list[str]]) -> Element:
    if len(repetitions) > 1:
        return repetitions
    parts = repetitions[0] if repetitions else [""]
    return parts[0] if len(parts) == 1 else parts


@dataclass(frozen=True, slots=True)
class Source:
    """A scope being written: an object of the document and its path."""

    data: Scope
    path: str = ""


NOT_TEXT = Unfit(Code.VALUE_UNWRITABLE, "text")
NOT_OBJECT = Unfit(Code.VALUE_UNWRITABLE, "an object with fields")


class FieldWriter:
    """Writes fields into drafts, for one interchange's delimiters."""

    def __init__(self, delimiters: Delimiters) -> None:
        self.mark = delimiters.decimal
        service = (delimiters.segment, delimiters.element, delimiters.component)
        released = "" if delimiters.release else "".join((*service, delimiters.repetition))
        self.repetition = delimiters.repetition
        self.forbidden = frozenset(released)

    def write(
        self, bound: Field, source: Source, picks: dict[str, int | None], draft: Draft
    ) -> None:
        """Puts a field's texts into the draft; `picks` has the item each list's `[]` stands for."""
        items = [picks.get(path.listed) for path in bound.paths]
        values = tuple(map(find_at, repeat(source.data), bound.paths, items))
        if not any(value is not None for value in values):
            return
        paths = [
            join_path(source.path, path.at(item) if path.new else path.text)
            for path, item in zip(bound.paths, items, strict=True)
        ]
        texts = self.texts(bound, values)
        if isinstance(texts, Unfit):
            value = next(value for value in values if value is not None)
            draft.findings.append(unwritable(texts, bound.names[0], paths[0], value))
            draft.has_data = True
            return
        draft.texts.update((p, t) for p, t in zip(bound.places, texts, strict=True) if t)
        draft.has_data = draft.has_data or any(texts)
        if bound.otherwise and texts[0] == bound.otherwise:
            draft.waived.append(paths[0])  # what absence says already
        if bound.codec.source and values[1] is not None:
            again = bound.codec.read(texts)
            if isinstance(again, tuple) and again[1] != values[1]:
                draft.waived.append(paths[1])

    def texts(self, bound: Field, values: tuple[Any, ...]) -> Texts | Unfit:
        if not all(value is None or isinstance(value, str) for value in values):
            return NOT_TEXT
        texts = bound.codec.write(values, self.mark)
        return texts if isinstance(texts, Unfit) else self.check(texts)

    def check(self, texts: Texts) -> Texts | Unfit:
        """A service character without a release character, and any control character, would
        change the segment (X12.6, ISO 9735-1)."""
        for text in texts:
            if not self.forbidden.isdisjoint(text) or any(char < " " for char in text):
                return Unfit(Code.VALUE_UNWRITABLE, "text without delimiters or control characters")
        return texts


def unwritable(unfit: Unfit, reference: str, path: str, value: Any) -> Finding:
    """`value-unwritable`, with the path it stands at and the element it was meant for."""
    detail = {"path": path, "expected": unfit.expected, "reference": reference}
    return Finding(unfit.code, value=str(value)[:99], detail=detail)
