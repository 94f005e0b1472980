"""Segments against their definitions, as findings with exact positions."""

from __future__ import annotations

from dataclasses import replace

from gateway.edi.finding import Finding
from gateway.edi.finding import Position
from gateway.edi.place import locate
from gateway.edi.segment import Delimiters
from gateway.edi.segment import Segment
from gateway.guide.demands import check_demands
from gateway.guide.dictionary import CompositeDef
from gateway.guide.dictionary import ElementDef
from gateway.guide.dictionary import SegmentDef
from gateway.guide.faults import Fault
from gateway.guide.faults import find_faults
from gateway.guide.guide import Guide
from gateway.guide.levels import TAGS
from gateway.guide.levels import check_levels
from gateway.guide.match import LoopOccurrence

LONGEST_COPY = 99
"""Characters of a faulty value that are reported (X12 DE 724)."""


def check(
    guide: Guide, tree: LoopOccurrence, delimiters: Delimiters, charset: str
) -> list[Finding]:
    """What is wrong inside the segments of a matched set, in wire order, then with its levels, and
    what a partner misses in it."""
    findings: list[Finding] = []
    for loop, occurrence in tree.walk():
        findings += check_segment(
            guide.segment(occurrence.use),
            occurrence.segment,
            ordinal=occurrence.ordinal,
            delimiters=delimiters,
            charset=charset,
            loop=loop.id,
        )
    if not TAGS.isdisjoint(guide.root.places):
        findings += name_places(guide, tree, check_levels(tree, delimiters, charset))
    return [*findings, *check_demands(tree, guide.demands)]


def name_places(guide: Guide, tree: LoopOccurrence, findings: list[Finding]) -> list[Finding]:
    """Findings on elements of a matched set, with what an answer names beside their positions:
    the loop, and the element's id and name."""
    if not findings:
        return []
    found = {occurrence.ordinal: (loop, occurrence.use) for loop, occurrence in tree.walk()}
    named = []
    for finding in findings:
        loop, use = found[finding.position.segment or 0]
        detail = _named(_element(guide.segment(use), finding.position), loop.id)
        named.append(replace(finding, detail={**detail, **finding.detail}))
    return named


def _element(definition: SegmentDef, position: Position) -> ElementDef | CompositeDef:
    element = definition.elements[(position.element or 1) - 1].definition
    if isinstance(element, CompositeDef):
        return element.components[(position.component or 1) - 1].definition
    return element


def check_segment(
    definition: SegmentDef,
    segment: Segment,
    *,
    ordinal: int | None,
    delimiters: Delimiters,
    charset: str,
    loop: str = "",
) -> list[Finding]:
    """What is wrong inside one segment. `ordinal` is its number in the set, None in an envelope;
    `loop` the tag that triggers the loop it stands in. Interchange, group and set of the
    positions are the caller's to fill."""
    findings: list[Finding] = []
    for fault in find_faults(definition, segment):
        position = Position(
            segment=ordinal,
            tag=segment.tag,
            element=fault.element,
            component=fault.component,
            repetition=fault.repetition,
            offset=_offset(fault, segment, delimiters, charset),
        )
        value = fault.value[:LONGEST_COPY] or None
        findings.append(Finding(fault.code, fault.severity, position, value, _detail(fault, loop)))
    return findings


def _offset(fault: Fault, segment: Segment, delimiters: Delimiters, charset: str) -> int:
    if fault.element is None:
        return segment.offset
    component, repetition = fault.component or 1, fault.repetition or 1
    return locate(segment, delimiters, charset, fault.element, component, repetition)


def _detail(fault: Fault, loop: str) -> dict[str, str]:
    expected = {"expected": fault.expected} if fault.expected else {}
    return expected | _named(fault.definition, loop)


def _named(definition: ElementDef | CompositeDef | None, loop: str) -> dict[str, str]:
    named = {"loop": loop}
    if definition:
        named |= {"element_id": definition.id, "name": definition.name}
    return {word: text for word, text in named.items() if text}
