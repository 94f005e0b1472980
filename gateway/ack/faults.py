"""The findings of one set, in the order and grouping in which acknowledgments tell them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gateway.ack.codes import find_code
from gateway.ack.codes import is_told
from gateway.edi.finding import Code
from gateway.edi.finding import Finding

_HEADERS_AND_TRAILERS = frozenset({"ST", "SE", "UNH", "UNT"})


@dataclass(frozen=True, slots=True)
class SegmentFaults:
    """One segment by its ordinal (ST or UNH is 1): faults of its own, then of its elements.

    A missing segment has the ordinal of the segment that stands in its place.
    """

    ordinal: int
    tag: str
    loop: str
    own: tuple[Finding, ...]
    elements: tuple[Finding, ...]


def tag_of(finding: Finding) -> str:
    """The tag the finding is about; for a missing segment the one that was expected."""
    if finding.code is Code.SEGMENT_MISSING and "expected" in finding.detail:
        return finding.detail["expected"]
    return finding.position.tag or ""


def envelope_faults(findings: Iterable[Finding]) -> list[Finding]:
    """The faults of header and trailer, and those that point at no segment."""
    return [finding for finding in findings if is_told(finding) and _in_envelope(finding)]


def segment_faults(findings: Iterable[Finding]) -> list[SegmentFaults]:
    """The faults of the segments between, by ordinal and tag, each segment once."""
    segments: dict[tuple[int, str], list[Finding]] = {}
    for finding in findings:
        if is_told(finding) and not _in_envelope(finding):
            at = (finding.position.segment or 0, tag_of(finding))
            segments.setdefault(at, []).append(finding)
    ordered = sorted(segments.items(), key=lambda item: item[0][0])
    return [_segment(ordinal, tag, members) for (ordinal, tag), members in ordered]


def _segment(ordinal: int, tag: str, members: list[Finding]) -> SegmentFaults:
    loop = next((member.detail["loop"] for member in members if "loop" in member.detail), "")
    elements = tuple(member for member in members if _in_element(member))
    own = tuple(member for member in members if not _in_element(member))
    return SegmentFaults(ordinal, tag, loop, own, elements)


def _in_envelope(finding: Finding) -> bool:
    if finding.position.segment is None or tag_of(finding) in _HEADERS_AND_TRAILERS:
        return True
    return not any(find_code(finding.code, column) for column in ("AK304", "AK403"))


def _in_element(finding: Finding) -> bool:
    return bool(finding.position.element and find_code(finding.code, "AK403"))
