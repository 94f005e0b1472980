"""What the levels of a ship notice tell that a person should look at."""

from __future__ import annotations

from gateway.edi.finding import Code
from gateway.guide.match import LoopOccurrence
from gateway.guide.match import Occurrence
from gateway.mapping.form import block_key
from gateway.mapping.levels.declare import SHIPMENT
from gateway.mapping.levels.declare import Hierarchy
from gateway.mapping.levels.fold import Remarks
from gateway.mapping.plan import Place
from gateway.mapping.record import Record
from gateway.mapping.record import components


def warn_unknown(record: Record, tree: LoopOccurrence, hierarchy: Hierarchy) -> None:
    """`level-unknown` at the code of each level that has no place in a document, and says something
    that is lost with it: its code is none of the map's, or it is a second shipment."""
    holds, shipments = hierarchy.holds, 0
    for loop in _loops_by_ordinal(tree).values():
        head = next(loop.walk())[1]
        code = head.segment.value(3)
        if head.use.tag != hierarchy.tag or holds.get(code, SHIPMENT) != SHIPMENT:
            continue
        shipments += code in holds
        lost = code not in holds or shipments > 1
        if holds and lost and len(loop.items) > 1:
            expected = "one level " + code if code in holds else f"one of {', '.join(holds)}"
            record.warn(Code.LEVEL_UNKNOWN, head, (3, 1), code, expected=expected)


def warn_folded(record: Record, tree: LoopOccurrence, remarks: Remarks) -> None:
    """What was remarked while levels were folded, each at the number it is about."""
    form = record.reading.form
    loops = _loops_by_ordinal(tree)
    for path, (code, number) in remarks.items():
        loop = loops[form.order[block_key(form.homes[path], path, 1)]]
        occurrence, place = _find(loop, number)
        value = occurrence.segment.value(*place)
        record.warn(code, occurrence, place, value, path=path)


def _loops_by_ordinal(tree: LoopOccurrence) -> dict[int, LoopOccurrence]:
    """The loops below the set's own, and the lines in those of levels without codes."""
    loops = [item for item in tree.items if isinstance(item, LoopOccurrence)]
    loops += [item for one in loops for item in one.items if isinstance(item, LoopOccurrence)]
    return {next(loop.walk())[1].ordinal: loop for loop in loops}


def _find(loop: LoopOccurrence, number: str) -> tuple[Occurrence, Place]:
    """Where an SSCC, maybe after its identifier, or a serial number stands; the level itself where
    it is in a range, or there is none."""
    for _, occurrence in loop.walk() if number else ():
        for place, _, value in components(occurrence.segment):
            if value.endswith(number):
                return occurrence, place
    return next(loop.walk())[1], (1, 1)
