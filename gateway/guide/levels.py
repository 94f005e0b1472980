"""The hierarchy of a ship notice: each level's parent is known, comes first and is no child of it.

X12 HL01 and HL02, EDIFACT CPS01 and CPS02 (7164, 7166). Parents are found by number, never by
order, so a level that stands before its parent still has its place; it is only noted.
"""

from __future__ import annotations

from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.edi.finding import Position
from gateway.edi.finding import Severity
from gateway.edi.place import locate
from gateway.edi.segment import Delimiters
from gateway.guide.match import LoopOccurrence
from gateway.guide.match import Occurrence
from gateway.guide.match import head_of

TAGS = frozenset({"HL", "CPS"})
"""Segments whose first element numbers a level and whose second names its parent."""


def check_levels(tree: LoopOccurrence, delimiters: Delimiters, charset: str) -> list[Finding]:
    """`hierarchy-broken`, with what is expected: an error where a level has no place in the tree
    (its number is taken, its parent unknown or below it), a warning where it is before its
    parent."""
    heads = [head_of(item) for item in tree.items if isinstance(item, LoopOccurrence)]
    levels = [head for head in heads if head.use.tag in TAGS]
    parents: dict[str, str] = {}
    for level in levels:
        parents.setdefault(level.segment.value(1), level.segment.value(2))
    cyclic = _find_cycles(parents)
    seen: set[str] = set()
    findings = []
    for level in levels:
        fault = _find_fault(level, parents, cyclic, seen)
        if fault:
            element, severity, expected = fault
            position = Position(
                segment=level.ordinal,
                tag=level.segment.tag,
                element=element,
                offset=locate(level.segment, delimiters, charset, element),
            )
            value = level.segment.value(element)
            detail = {"expected": expected}
            findings.append(Finding(Code.HIERARCHY_BROKEN, severity, position, value, detail))
        seen.add(level.segment.value(1))
    return findings


def _find_fault(
    level: Occurrence, parents: dict[str, str], cyclic: set[str], seen: set[str]
) -> tuple[int, Severity, str] | None:
    """The element to blame, how much it matters and what should stand there."""
    number, parent = level.segment.value(1), level.segment.value(2)
    if number in seen:
        return 1, Severity.ERROR, "a number of its own"
    if not parent:
        return None
    if parent not in parents:
        return 2, Severity.ERROR, "the number of a level"
    if number in cyclic:
        return 2, Severity.ERROR, "a level that is not below this one"
    if parent not in seen:
        return 2, Severity.WARNING, "a level that stands before this one"
    return None


def _find_cycles(parents: dict[str, str]) -> set[str]:
    """The numbers that are their own ancestors. Each number is walked over once."""
    cyclic: set[str] = set()
    done: set[str] = set()
    for start in parents:
        path: dict[str, int] = {}
        at = start
        while at in parents and at not in done and at not in path:
            path[at] = len(path)
            at = parents[at]
        if at in path:
            cyclic.update(list(path)[path[at] :])
        done.update(path)
    return cyclic
