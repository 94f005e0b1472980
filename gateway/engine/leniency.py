"""Where a fault in what a partner sent is told, yet refuses nothing."""

from __future__ import annotations

from dataclasses import replace

from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.edi.finding import Severity

_LENGTHS = {Code.ELEMENT_TOO_SHORT, Code.ELEMENT_TOO_LONG}


def lenient(finding: Finding) -> Finding:
    """An acknowledgment is read for what it says: partners strip and pad the numbers in it."""
    mild = finding.code in _LENGTHS and finding.severity is Severity.ERROR
    return replace(finding, severity=Severity.WARNING) if mild else finding


_CLOCKS = {("ISA", 9), ("ISA", 10), ("GS", 4), ("GS", 5), ("UNB", 4), ("UNG", 4)}
_QUALIFIERS = {("ISA", number) for number in (1, 3, 5, 7, 11, 12, 14)}


def milder(finding: Finding) -> Finding:
    """A clock or a code that is wrong in a header harms nobody, as its identifiers and numbers
    decide: the partner is told, nothing is refused. Only ISA15 leaves test or production open."""
    place = finding.position.tag, finding.position.element
    code = place in _QUALIFIERS and finding.code is Code.CODE_INVALID
    mild = (place in _CLOCKS or code) and finding.severity is Severity.ERROR
    return replace(finding, severity=Severity.WARNING) if mild else finding


def is_repetition_mark(finding: Finding) -> bool:
    """ISA11 announces a repetition separator, as from release 00402 on, though ISA12 is older."""
    place = finding.position
    at_isa11 = (place.tag, place.element) == ("ISA", 11) and finding.code is Code.CODE_INVALID
    return at_isa11 and not (finding.value or "").isalnum()
