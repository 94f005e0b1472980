"""Segments to loops: each segment is given its place in the structure of its set.

Forward only and innermost first (X12.6, ISO 9735-1): a segment repeats the use it stands at, or
takes the next place of its tag in the innermost open loop, or repeats that loop, or the same in
the loop around it, and so on. A place that skips nothing mandatory wins over one that does. Each
step looks at the open loops only, so time is linear in the segments.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.edi.finding import Position
from gateway.edi.segment import Segment
from gateway.guide.guide import Guide
from gateway.guide.structure import Loop
from gateway.guide.structure import SegmentUse
from gateway.guide.structure import trigger


class Occurrence(NamedTuple):
    """A segment in its place. `ordinal` counts in the set, ST or UNH is 1."""

    use: SegmentUse
    segment: Segment
    ordinal: int


@dataclass(slots=True)
class LoopOccurrence:
    """One pass through a loop, its segments and inner loops in wire order, the trigger first."""

    loop: Loop
    items: list[Occurrence | LoopOccurrence]

    def walk(self) -> Iterator[tuple[Loop, Occurrence]]:
        """Every segment inside with the loop it stands in, in wire order."""
        for item in self.items:
            if isinstance(item, LoopOccurrence):
                yield from item.walk()
            else:
                yield self.loop, item


def head_of(item: Occurrence | LoopOccurrence) -> Occurrence:
    """The segment itself, or the trigger of the loop."""
    while isinstance(item, LoopOccurrence):
        item = item.items[0]
    return item


def match(guide: Guide, segments: list[Segment]) -> tuple[LoopOccurrence, list[Finding]]:
    """The tree of a set's segments and what is wrong with their order and number.

    A segment that has no place is left out of the tree and has a finding. A trailer that never
    came is the envelope's finding, not ours. Positions have no interchange, group and set yet.
    """
    matcher = _Matcher(guide)
    for ordinal, segment in enumerate(segments, start=1):
        matcher.place(segment, ordinal)
    matcher.close_all(segments[-1] if segments else None, len(segments))
    return matcher.root, matcher.findings


Place = tuple[int, ...]
"""Where a segment stands in the structure: the index of its loop in the loop around it, outermost
first, then its own; that of a trigger is 0."""


def next_place(guide: Guide, place: Place, tag: str) -> Place | None:
    """Where a segment with this tag stands after one at `place` (() before the first), None when
    that is a fault. A use that may repeat is taken to be there for the first time."""
    matcher = _Matcher(guide)
    matcher.open_at(place)
    matcher.place(Segment(tag, []), 1)
    return None if matcher.findings else tuple(level.index for level in matcher.open)


@dataclass(slots=True)
class _Level:
    """An open loop: the index of the item last used in it, and how often in a row."""

    occurrence: LoopOccurrence
    loop: Loop
    index: int
    count: int


class _Spot(NamedTuple):
    """A place for a segment: the open loop (0 is the root), the index of the item in it, and what
    is wrong with standing there."""

    depth: int
    item: int
    fault: Code | None = None


class _Matcher:
    """The open loops, outermost first, while a set is being matched."""

    def __init__(self, guide: Guide) -> None:
        self.guide = guide
        self.root = LoopOccurrence(guide.root, [])
        self.open = [_Level(self.root, guide.root, -1, 0)]
        self.findings: list[Finding] = []

    def open_at(self, place: Place) -> None:
        """Opens the loops around a place."""
        for depth, index in enumerate(place):
            level = self.open[depth]
            level.index, level.count = index, 1
            item = level.loop.items[index]
            if isinstance(item, Loop):
                self.open.append(_Level(LoopOccurrence(item, []), item, 0, 1))
        del self.open[max(len(place), 1) :]

    def place(self, segment: Segment, ordinal: int) -> None:
        spot = self._find_spot(segment.tag) or self._find_excess(segment.tag)
        if spot is None:
            self._report(self._why_misplaced(segment.tag), segment, ordinal)
            return
        self._advance(spot, segment, ordinal)
        level = self.open[-1]
        item = level.loop.items[spot.item]
        if spot.fault:
            self._report(spot.fault, segment, ordinal, level.loop, item)
        if isinstance(item, Loop):
            inner = LoopOccurrence(item, [])
            level.occurrence.items.append(inner)
            level = _Level(inner, item, 0, 1)
            self.open.append(level)
            item = item.items[0]
        level.occurrence.items.append(Occurrence(item, segment, ordinal))  # type: ignore[arg-type]

    def close_all(self, last: Segment | None, ordinal: int) -> None:
        """Reports what is still missing when the segments have ended, save the set's trailer."""
        end = Segment("", [], last.offset + last.size if last else 0)
        trailer = len(self.guide.root.items) - 1
        for depth in range(len(self.open) - 1, -1, -1):
            until = len(self.open[depth].loop.items) if depth else trailer
            self._report_skipped(self.open[depth], until, end, ordinal + 1)

    def _find_spot(self, tag: str) -> _Spot | None:
        """The first place forward that skips nothing mandatory, else the first place at all."""
        first: _Spot | None = None
        clean = True
        for depth in range(len(self.open) - 1, -1, -1):
            level = self.open[depth]
            required = level.loop.next_required[level.index + 1]
            for index in level.loop.places.get(tag, ()):
                if index < level.index:
                    continue
                used = level.count if index == level.index else 0
                if used < level.loop.items[index].max:
                    if clean and required >= index:
                        return _Spot(depth, index)
                    first = first or _Spot(depth, index)
                    break
            clean = clean and required == len(level.loop.items)
        return first

    def _find_excess(self, tag: str) -> _Spot | None:
        """The place of a segment that is one too many, or that the partner does not use."""
        for depth in range(len(self.open) - 1, -1, -1):
            level = self.open[depth]
            for index in level.loop.places.get(tag, ()):
                item = level.loop.items[index]
                if index >= level.index and item.max == 0:
                    return _Spot(depth, index, Code.SEGMENT_NOT_USED)
                if index == level.index and (index or not depth):  # a trigger opens its loop anew
                    is_loop = isinstance(item, Loop)
                    over = Code.LOOP_OVER_MAXIMUM if is_loop else Code.SEGMENT_OVER_MAXIMUM
                    return _Spot(depth, index, over)
        return None

    def _why_misplaced(self, tag: str) -> Code:
        if any(tag in level.loop.places for level in self.open):
            return Code.SEGMENT_OUT_OF_ORDER
        if tag in self.guide.root.tags:
            return Code.SEGMENT_UNEXPECTED
        known = tag in self.guide.dictionary
        return Code.SEGMENT_NOT_IN_SET if known else Code.SEGMENT_UNKNOWN

    def _advance(self, spot: _Spot, segment: Segment, ordinal: int) -> None:
        """Closes the loops inside the spot's and moves that loop to the spot."""
        while len(self.open) - 1 > spot.depth:
            level = self.open.pop()
            self._report_skipped(level, len(level.loop.items), segment, ordinal)
        level = self.open[-1]
        if spot.item == level.index:
            level.count += 1
            return
        self._report_skipped(level, spot.item, segment, ordinal)
        level.index, level.count = spot.item, 1

    def _report_skipped(self, level: _Level, until: int, before: Segment, ordinal: int) -> None:
        index = level.loop.next_required[level.index + 1]
        while index < until:
            item = level.loop.items[index]
            missing = Segment(trigger(item), [], before.offset)
            self._report(Code.SEGMENT_MISSING, missing, ordinal, level.loop, item)
            index = level.loop.next_required[index + 1]

    def _report(
        self,
        code: Code,
        segment: Segment,
        ordinal: int,
        loop: Loop | None = None,
        item: SegmentUse | Loop | None = None,
    ) -> None:
        """Notes a fault of `item` in `loop`; a loop's own fault names that loop (AK303)."""
        position = Position(segment=ordinal, tag=segment.tag, offset=segment.offset)
        detail: dict[str, str] = {}
        if code is Code.SEGMENT_NOT_IN_SET:
            detail["dialect"] = self.guide.dialect.name
        if item is not None:
            missing = code is Code.SEGMENT_MISSING
            detail["expected"] = segment.tag if missing else str(item.max)
        named = item if isinstance(item, Loop) else loop
        if named and named.id:
            detail["loop"] = named.id
        self.findings.append(Finding(code, position=position, detail=detail))
