"""Segments as patterns: one regular expression that only a right segment matches.

It says what `gateway.guide.faults` says, for segments without any finding: usage, types, lengths
and separators, and the relational notes of two neighbours. Code lists, dates and the other notes
are left to whoever takes the captured values. What a pattern refuses is not wrong yet: the exact
check decides, and explains.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field

from gateway.edi.segment import Delimiters
from gateway.guide.dictionary import CompositeDef
from gateway.guide.dictionary import ElementDef
from gateway.guide.dictionary import Note
from gateway.guide.dictionary import SegmentDef
from gateway.guide.dictionary import Use
from gateway.guide.spots import Spot
from gateway.guide.values import find_fault

_CLOCK = "(?:[01][0-9]|2[0-3])[0-5][0-9]"


@dataclass(frozen=True, slots=True)
class Run:
    """Elements `first` to `last` in rows of `width`, captured as one text: `*VN*123*UK*456`."""

    first: int
    last: int
    width: int


@dataclass(slots=True)
class SegmentPattern:
    """`text` is the expression for a whole segment; `spots` what its groups capture, in order, the
    run last. `filled` are the captured spots that are never empty. `notes` are still to be checked,
    of elements, and those of composites in `inner`."""

    text: str
    spots: list[Spot] = field(default_factory=list)
    filled: set[Spot] = field(default_factory=set)
    notes: list[Note] = field(default_factory=list)
    inner: list[tuple[int, Note]] = field(default_factory=list)
    run: Run | None = None


def segment_pattern(
    definition: SegmentDef,
    marks: Delimiters,
    wanted: Mapping[Spot, Collection[str] | None],
    run: Run | None = None,
    present: Collection[Spot] = (),
) -> SegmentPattern | None:
    """The pattern of segments that have nothing but the wanted spots, each any value or one of the
    texts given ("" for absence), and all those `present`. None where that cannot be said, or no
    segment can be so."""
    return _Writer(definition, marks, wanted, run, frozenset(present)).write()


class _Unsaid(Exception):  # noqa: N818 -- no fault: the exact check is asked instead
    """No pattern says this."""


class _Writer:
    def __init__(
        self,
        definition: SegmentDef,
        marks: Delimiters,
        wanted: Mapping[Spot, Collection[str] | None],
        run: Run | None,
        present: frozenset[Spot],
    ) -> None:
        self.definition = definition
        self.present = present
        self.wanted = {spot: texts for spot, texts in wanted.items() if texts is None or any(texts)}
        self.run = run
        used = (marks.segment, marks.element, marks.component, marks.repetition, marks.release)
        self.marks = "".join(used)
        self.any = rf"[^{re.escape(self.marks)}\x00-\x1f\x7f]"
        self.mark = re.escape(marks.element)
        self.inner_mark = re.escape(marks.component)
        self.end = re.escape(marks.segment)
        self.made = SegmentPattern("", run=run)
        self.paired = self.pairs()

    def write(self) -> SegmentPattern | None:
        try:
            self.made.text = self.segment()
        except _Unsaid:
            return None
        return self.made

    def pairs(self) -> set[int]:
        """The first of each two neighbouring elements that are both there or both not (P0607)."""
        uses = self.definition.elements
        found = set()
        for note in self.definition.notes:
            first, second = note.elements[0], note.elements[-1]
            near = note.kind == "P" and len(note.elements) == 2 and second == first + 1
            simple = near and all(
                isinstance(uses[number - 1].definition, ElementDef)
                and not uses[number - 1].required
                and (number, 1) in self.wanted
                and (number, 1) not in self.present
                for number in (first, second)
            )
            if simple and self.wanted[first, 1] is None and self.wanted[second, 1] is None:
                found.add(first)
        return found

    def segment(self) -> str:
        uses = self.definition.elements
        ends = [element for element, _ in self.wanted]
        last = max(ends, default=0)
        needed = max((n for n, use in enumerate(uses, 1) if use.required), default=1)
        needed = max(needed, *(element for element, _ in self.present), 1)
        if self.run is None and needed > last:
            raise _Unsaid
        cells: list[str] = []
        number = 1
        while number <= last:
            if number in self.paired and number > needed:
                cells.append(self.pair(number))
                number += 2
                continue
            cells.append(self.mark + self.element(number, uses[number - 1]))
            number += 1
        rows = self.rows(self.run) if self.run is not None else ""
        text = re.escape(self.definition.tag) + _in_a_row(cells, needed, rows)
        self.made.notes = [note for note in self.definition.notes if self.is_open(note)]
        sure = self.run is None and any(spot[0] == last for spot in self.made.filled)
        return text if sure and needed >= last else f"{text}(?<!{self.mark})"

    def is_open(self, note: Note) -> bool:
        """Whether a note is still to be checked: not where its elements cannot be there."""
        if note.elements[0] in self.paired and note.kind == "P" and len(note.elements) == 2:
            return False
        if self.run and all(self.run.first <= number <= self.run.last for number in note.elements):
            return False
        there = {element for element, _ in self.wanted}
        return note.kind in "RCL" or not there.isdisjoint(note.elements)

    def pair(self, number: int) -> str:
        uses = self.definition.elements
        first, second = (self.value(uses[at - 1]) for at in (number, number + 1))
        self.made.spots += [(number, 1), (number + 1, 1)]
        return f"{self.mark}(?:({first}){self.mark}({second})|{self.mark})"

    def rows(self, run: Run) -> str:
        """The run as one group. All its rows are alike, and none is kept by a note but as pairs."""
        uses = self.definition.elements
        count = (run.last - run.first + 1) // run.width
        model = uses[run.first - 1 : run.first - 1 + run.width]
        for row in range(count):
            start = run.first - 1 + row * run.width
            if uses[start : start + run.width] != model or any(use.required for use in model):
                raise _Unsaid
        pairs = 0
        for note in self.definition.notes:
            inside = [number for number in note.elements if run.first <= number <= run.last]
            if inside:
                whole = (inside[0] - run.first) % run.width == 0 and run.width == 2
                if note.kind != "P" or inside != list(note.elements) or not whole:
                    raise _Unsaid
                pairs += 1
        if pairs not in (0, count):
            raise _Unsaid
        cells = [f"(?:{self.value(use)})" for use in model]
        if pairs:
            row_text = self.mark + f"(?:{cells[0]}{self.mark}{cells[1]}|{self.mark})"
        elif run.width == 1:
            row_text = f"{self.mark}(?:{cells[0]}|)"
        else:
            raise _Unsaid
        return f"((?:{row_text}){{0,{count}}}+)"

    def element(self, number: int, use: Use) -> str:
        """The pattern of an element, with its groups; empty where nothing is wanted."""
        if isinstance(use.definition, CompositeDef):
            return self.composite(number, use)
        needed = use.required or (number, 1) in self.present
        return self.cell(use, (number, 1), needed=needed)

    def cell(self, use: Use, spot: Spot, *, needed: bool) -> str:
        """A simple element or a component: a captured value, or nothing."""
        if spot not in self.wanted:
            if needed:
                raise _Unsaid
            return ""
        literals = self.wanted[spot]
        if literals is not None:
            return self.literal(use, spot, literals, needed=needed)
        value = self.value(use)
        self.made.spots.append(spot)
        if needed:
            self.made.filled.add(spot)
            return f"({value})"
        return f"({value}|)"

    def literal(self, use: Use, spot: Spot, literals: Collection[str], *, needed: bool) -> str:
        element = use.definition
        if not isinstance(element, ElementDef) or not use.repeat:
            raise _Unsaid
        right = [text for text in literals if text and not find_fault(element, text)]
        right = [text for text in right if not any(mark in text for mark in self.marks if mark)]
        empty = "" in literals
        if needed and not right:
            raise _Unsaid
        if not right:
            if empty:
                return ""
            raise _Unsaid
        self.made.spots.append(spot)
        text = "|".join(re.escape(one) for one in sorted(right, key=len, reverse=True))
        if empty and not needed:
            return f"({text}|)"
        self.made.filled.add(spot)
        return f"({text})"

    def composite(self, number: int, use: Use) -> str:
        """The components up to the last one wanted; the whole may be empty unless it is needed."""
        assert isinstance(use.definition, CompositeDef)  # noqa: S101
        parts = use.definition.components
        last = max((c for e, c in self.wanted if e == number), default=0)
        if not last:
            if use.required:
                raise _Unsaid
            return ""
        if not use.repeat or last > len(parts):
            raise _Unsaid
        there = {at for element, at in self.present if element == number}
        there |= {at for at, part in enumerate(parts, 1) if part.required}
        needed = max(there, default=1)
        if needed > last:
            raise _Unsaid
        cells = []
        for at in range(1, last + 1):
            cell = self.cell(parts[at - 1], (number, at), needed=at in there)
            cells.append((self.inner_mark if at > 1 else "") + cell)
        text = _in_a_row(cells, needed)
        self.made.inner += [(number, note) for note in use.definition.notes]
        text += "" if needed == last and there else f"(?<!{self.inner_mark})"
        if any(element == number for element, _ in self.present):
            return text
        if use.required:
            return text if there else f"(?!{self.mark}|{self.end}|\\Z){text}"
        self.made.filled -= {(number, at) for at in range(1, last + 1)}
        return f"(?:{text}|)"

    def value(self, use: Use) -> str:
        element = use.definition
        if not isinstance(element, ElementDef) or not use.repeat:
            raise _Unsaid
        least, most = max(element.min, 1), element.max
        kind = element.type
        if kind in ("AN", "ID", "an"):
            return f"{self.any}{{{least},{most}}}+"
        if kind == "DT":
            sizes = [size for size in (8, 6) if least <= size <= most]
            return "|".join(f"[0-9]{{{size}}}+" for size in sizes) or self.refuse()
        if kind == "TM":
            sizes = [size for size in (8, 7, 6, 4) if least <= size <= most]
            tails = {4: "", 6: "[0-5][0-9]", 7: "[0-5][0-9][0-9]", 8: "[0-5][0-9][0-9]{2}"}
            return "|".join(_CLOCK + tails[size] for size in sizes) or self.refuse()
        if kind == "a":
            letters = "".join(chr(c) for c in range(32, 127) if not chr(c).isdigit())
            letters = "".join(c for c in letters if c not in self.marks)
            return f"[{re.escape(letters)}]{{{least},{most}}}+"
        return self.number(element, least)

    def number(self, element: ElementDef, least: int) -> str:
        """Sign and decimal mark do not count in the length (X12.5, ISO 9735-1 §10)."""
        kind, most = element.type, element.max
        if element.implied_places is not None:
            return f"-?+[0-9]{{{least},{most}}}+"
        if kind not in ("R", "n"):
            self.refuse()
        mark = r"\." if kind == "R" else ",." if "." not in self.marks else ","
        mark = f"[{mark}]"
        digits = mark.replace("[", "[0-9")
        part = f"(?:{mark}[0-9]++(?<!{digits}{{{most + 2}}}))?+"
        whole = f"[0-9]{{{least},{most}}}+{part}"
        return (
            f"-?+(?:{whole}|\\.[0-9]{{1,{most}}}+)" if kind == "R" and least == 1 else f"-?+{whole}"
        )

    def refuse(self) -> str:
        raise _Unsaid


def _in_a_row(cells: list[str], needed: int, rest: str = "") -> str:
    """Cells one after the other, of which the first ones must be there, and of the others each
    only after the one before it. So none is taken for another that is wrong."""
    text = rest
    for cell in reversed(cells[needed:]):
        text = f"(?:{cell}{text})?+"
    return "".join(cells[:needed]) + text
