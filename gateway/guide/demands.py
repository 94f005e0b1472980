"""Segments that a partner requires by what they say: a ship-to (`N1(ST)`), our line's number under
each line (`PO1/REF(LI)`), a bill of lading in the shipment (`HL(S)/REF(BM)`)."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator

from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.edi.finding import Position
from gateway.guide.match import LoopOccurrence
from gateway.guide.match import Occurrence
from gateway.guide.match import head_of
from gateway.guide.narrowing import Demand
from gateway.guide.narrowing import Step
from gateway.guide.structure import Loop


def check_demands(tree: LoopOccurrence, demands: Iterable[Demand]) -> Iterator[Finding]:
    """`segment-missing` where the loop that should hold a demanded segment does not."""
    for *around, wanted in demands:
        loops = [tree]
        for step in around:
            inside = [item for loop in loops for item in loop.items if _fits(step, item)]
            loops = [item for item in inside if isinstance(item, LoopOccurrence)]
        for loop in loops:
            if not any(_fits(wanted, item) for item in loop.items):
                yield _missing(tree, loop, wanted)


def _fits(step: Step, item: Occurrence | LoopOccurrence) -> bool:
    head = head_of(item)
    if head.use.tag != step.tag:
        return False
    return not step.values or head.segment.value(step.qualifier) in step.values


def _missing(tree: LoopOccurrence, loop: LoopOccurrence, wanted: Step) -> Finding:
    """Missed at the end of its loop, at the set's trailer where it belongs to the set itself. A
    missing loop names itself (AK303)."""
    *_, (_, last) = loop.walk()
    ordinal, offset = last.ordinal, last.segment.offset
    if loop is not tree:
        ordinal, offset = ordinal + 1, offset + last.segment.size
    position = Position(segment=ordinal, tag=wanted.tag, offset=offset)
    detail = {"expected": wanted.tag, "qualifier": " or ".join(sorted(wanted.values))}
    own = any(isinstance(item, Loop) and item.id == wanted.tag for item in loop.loop.items)
    detail["loop"] = wanted.tag if own else loop.loop.id
    told = {word: text for word, text in detail.items() if text}
    return Finding(Code.SEGMENT_MISSING, position=position, detail=told)
